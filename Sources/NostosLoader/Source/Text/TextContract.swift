import Nostos

/// The job's statements about the columns of a text, before its first row is read.
struct TextContract: Sendable {
    /// The job's index columns.
    var keys: [String] = []
    /// The type of each of them; empty takes them from the rows.
    var keyTypes: [KeyType] = []
    /// The job's statements about single columns, in the job file's order.
    var columns: [ColumnContract] = []
    /// The delimiter, the texts that mean NULL, and the columns to take.
    var options = TextOptions()

    /// The index columns by the text's own names.
    var keyNames: [String] { keys.map(columns.sourceName(ofKey:)) }

    /// Whether the job names columns, so that they are known without a row.
    var namesColumns: Bool { !columns.isEmpty || !options.only.isEmpty }

    /// The names that the job states, index columns first, each once.
    var statedNames: [String] {
        var seen: Set<String> = []
        let names = keyNames + (options.only.isEmpty ? columns.map(\.name) : options.only)
        return names.filter { seen.insert($0).inserted }
    }

    /// The job's statement about a column, or nil.
    func column(_ name: String) -> ColumnContract? { columns.first { $0.name == name } }

    /// Whether a column becomes a part of the key.
    func isKey(_ name: String) -> Bool { keyNames.contains(name) }

    /// Whether a column is taken.
    func takes(_ name: String) -> Bool {
        options.only.isEmpty || options.only.contains(name) || isKey(name)
    }

    /// The type that the job states for a column, or nil.
    func type(of name: String) -> ValueType? {
        if let part = keyNames.firstIndex(of: name) {
            return keyTypes.isEmpty ? nil : keyTypes[part] == .int64 ? .int64 : .string
        }
        return column(name)?.type
    }

    /// The texts that mean NULL in a column.
    func nulls(of name: String) -> [[UInt8]] {
        (column(name)?.nulls ?? options.nulls).map { Array($0.utf8) }
    }
}
