import Nostos

/// What the job says of the columns of a text, before its first row is read.
struct TextContract: Sendable {
    /// The job's index columns.
    var keys: [String] = []
    /// The type of each of them; empty takes them from the rows.
    var keyTypes: [KeyType] = []
    /// What other columns must be like, in the job file's order.
    var columns: [ColumnContract] = []

    /// The type that the job gives to a column, or nil.
    func type(of name: String) -> ValueType? {
        if let part = keys.firstIndex(of: name) {
            return keyTypes.isEmpty ? nil : keyTypes[part] == .int64 ? .int64 : .string
        }
        return columns.first { $0.name == name }?.type
    }
}

/// A column of a text: its name, what its values are, and who says so.
struct TextColumn {
    /// What the values are.
    enum Shape: Equatable {
        /// Single values of that type.
        case scalar(ValueType)
        /// JSON arrays of values of that type; of any, where it is `any`.
        case list(ValueType)
        /// JSON values, each of its own type.
        case free
    }

    /// The name.
    let name: String
    /// What the values are.
    let shape: Shape
    /// Whether the job says so; else the first rows do.
    let isStated: Bool
    /// Whether the column is part of the key.
    let isKey: Bool

    /// The column as everybody else sees it.
    var sourceColumn: SourceColumn {
        switch shape {
        case .scalar(let type): SourceColumn(name: name, type: type)
        case .list(let type):
            SourceColumn(name: name, type: type == .any ? nil : type, isList: true)
        case .free: SourceColumn(name: name, type: nil)
        }
    }

    /// What the values are, for messages.
    var typeName: String {
        switch shape {
        case .scalar(let type): type.name
        case .list(.any): "an array"
        case .list(let type): "an array of \(type.name)"
        case .free: "a JSON value"
        }
    }
}

extension TextColumn {
    /// Why a value is none of the column, and what may be done; `value` is as a message shows it.
    func refusal(of value: String, isNumber: Bool, sampleCount: Int) -> String {
        guard !isStated else {
            return "found \(value), expected \(example), as the job says"
        }
        let remedy =
            isKey
            ? "key_type: string"
            : "columns: {\(name): {type: \(widerType(isNumber: isNumber))}}"
        let sample = sampleCount == 1 ? "the first row" : "the first \(sampleCount) rows"
        return """
            found \(value), expected \(typeName), as in \(sample); if it is right, say \(remedy)
            """
    }

    /// The type that also takes a value that is a number, or not.
    private func widerType(isNumber: Bool) -> String {
        switch shape {
        case .list: "json"
        case .scalar(.int64) where isNumber: "number"
        default: "string"
        }
    }

    /// The type with an example of how it is written, where that is not plain.
    private var example: String {
        switch shape {
        case .scalar(.timestamp): "a timestamp such as 2026-01-31T08:05:00Z"
        case .scalar(.bytes): "base64"
        case .scalar(.bool): "true or false"
        default: typeName
        }
    }
}
