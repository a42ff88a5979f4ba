/// The differences between two tables, in counts; as `nostos diff` and `/diff` show them.
public struct DiffSummary: Codable, Sendable, Hashable {
    /// Keys that only the newer table has.
    public let added: Int
    /// Keys that only the older table has.
    public let removed: Int
    /// Keys whose records differ.
    public let changed: Int
    /// Keys whose records are the same.
    public let unchanged: Int
    /// The changes of each field that both tables have, in the order of the newer one, among the
    /// keys that both have; empty where they were not counted.
    public let fields: [FieldDiff]
    /// The differences between the fields.
    public let schema: SchemaDiff

    /// Keys of the older table.
    public var from: Int { removed + changed + unchanged }
    /// Keys of the newer table.
    public var to: Int { added + changed + unchanged }
    /// Keys that were added, removed or changed.
    public var differences: Int { added + removed + changed }
    /// Whether a reader can tell the tables apart.
    public var isEmpty: Bool { differences == 0 && schema.isEmpty }

    /// Compares two tables to their ends.
    ///
    /// - Complexity: O(rows of both); memory for one record of each.
    public init(from old: TableReader, to new: TableReader) throws(DiffError) {
        var diff = try TableDiff(from: old, to: new)
        do throws(TableError) {
            while try diff.next() != nil {}
        } catch {
            throw .table(error)
        }
        self = diff.summary
    }

    init(
        added: Int, removed: Int, changed: Int, unchanged: Int, fields: [FieldDiff],
        schema: SchemaDiff
    ) {
        (self.added, self.removed) = (added, removed)
        (self.changed, self.unchanged) = (changed, unchanged)
        (self.fields, self.schema) = (fields, schema)
    }
}

/// The reason for which two tables cannot be compared.
public enum DiffError: Error, Sendable, CustomStringConvertible {
    /// Their keys have other columns or types: no key of the one can be looked for in the other.
    case keysDiffer(from: KeySchema, to: KeySchema)
    /// One of them is damaged or cannot be read.
    case table(TableError)

    /// The message.
    public var description: String {
        switch self {
        case .keysDiffer(let from, let to):
            "the keys differ: \(from.text) in the older table, \(to.text) in the newer one; "
                + "nothing can be compared"
        case .table(let error): "\(error)"
        }
    }
}
