/// How rows are joined to records.
public struct MergeRules: Sendable, Hashable {
    /// What a second row of a key means in a generator that is not a set.
    public var onDuplicate: Job.DuplicatePolicy
    /// Whose keys become records.
    public var join: Job.Join

    /// Those rules; by default the job file's.
    public init(onDuplicate: Job.DuplicatePolicy = .error, join: Job.Join = .outer) {
        self.onDuplicate = onDuplicate
        self.join = join
    }
}

/// What became of one generator's rows: `rows` is the sum of what was used, `repeatedRows` and
/// `unjoinedRows`.
public struct MergeCounts: Sendable, Hashable {
    /// Rows seen by the merge.
    public internal(set) var rows = 0
    /// Keys with more than one row, where that is not a set.
    public internal(set) var repeatedKeys = 0
    /// Rows that lost against another of the same key.
    public internal(set) var repeatedRows = 0
    /// Rows whose key the first generator lacks, where the join asks for it.
    public internal(set) var unjoinedRows = 0
    /// One repeated key, as text.
    public internal(set) var repeatedExample: String?
}

/// Why rows do not make records.
public enum MergeError: Error, Sendable, Equatable {
    /// Two rows of one key in a generator that is not a set.
    case duplicateKey(generator: String, key: String, first: String, second: String)
    /// A set whose distinct values are above the limit, in bytes.
    case setTooLarge(generator: String, field: String, key: String, limit: Int)
}

extension MergeError: CustomStringConvertible {
    /// What was found, where, and what may be done.
    public var description: String {
        switch self {
        case .duplicateKey(let generator, let key, let first, let second):
            "\(generator): key \(key) has two rows, \(first) and \(second); expected one, or"
                + " is_set, or on_duplicate: first or last"
        case .setTooLarge(let generator, let field, let key, let limit):
            "\(generator): the set \"\(field)\" of key \(key) is above \(limit) bytes"
        }
    }
}
