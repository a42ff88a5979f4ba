import Nostos

/// The hint of a column's declared type about its values, which SQLite itself does not enforce.
enum SQLiteHint: Sendable {
    case none, int64, number, string, bytes
    case bool, timestamp, date, json

    /// The hint of a declared type such as `VARCHAR(20)`; nil for an expression.
    ///
    /// `BOOLEAN`, `DATE`, `DATETIME`, `TIMESTAMP…` and `JSON` are names of their own; everything
    /// else goes by SQLite's rules for affinity (“Datatypes In SQLite”, 3.1).
    init(declaredType: String?) {
        guard let declaredType else {
            self = .none
            return
        }
        let type = declaredType.uppercased()
        let word = type.prefix { $0 != "(" && $0 != " " }
        switch word {
        case "BOOL", "BOOLEAN": self = .bool
        case "DATE": self = .date
        case "DATETIME", "DATE-TIME", "TIMESTAMP", "TIMESTAMPTZ": self = .timestamp
        case "JSON": self = .json
        default: self = Self.affinity(of: type)
        }
    }

    private static func affinity(of type: String) -> SQLiteHint {
        func has(_ parts: String...) -> Bool { parts.contains { type.contains($0) } }
        if has("INT") { return .int64 }
        if has("CHAR", "CLOB", "TEXT") { return .string }
        if has("BLOB") { return .bytes }
        if has("REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL") { return .number }
        return .none
    }

    /// The type that the column declares, or nil.
    var type: ValueType? {
        switch self {
        case .none: nil
        case .bool: .bool
        case .int64: .int64
        case .number: .number
        case .string, .date: .string
        case .timestamp: .timestamp
        case .json: .json
        case .bytes: .bytes
        }
    }

    /// Whether values become what the column declares, or are an error: one field has one form.
    ///
    /// The other hints say what values are expected; those that differ stay as they are stored.
    var converts: Bool {
        switch self {
        case .bool, .timestamp, .date, .json: true
        case .none, .int64, .number, .string, .bytes: false
        }
    }
}
