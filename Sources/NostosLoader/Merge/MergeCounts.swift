/// The counts of one generator's rows: `rows` is the sum of the used ones, `repeatedRows` and
/// `unjoinedRows`.
public struct MergeCounts: Sendable, Hashable {
    /// Rows seen by the merge.
    public internal(set) var rows = 0
    /// Keys with more than one row, where that is no aggregate.
    public internal(set) var repeatedKeys = 0
    /// Rows that lost against another of the same key, where that is no aggregate.
    public internal(set) var repeatedRows = 0
    /// Rows whose key the first generator lacks, where the join asks for it.
    public internal(set) var unjoinedRows = 0
    /// One repeated key, as text.
    public internal(set) var repeatedExample: String?
}

/// The reason for which rows do not make records.
public enum MergeError: Error, Sendable, Equatable {
    /// Two rows of one key in a generator that is no aggregate.
    case duplicateKey(generator: String, key: String, first: String, second: String)
    /// A set or list above the limit, in bytes.
    case tooLarge(generator: String, field: String, key: String, limit: Int)
    /// A sum of integers that does not fit an int64, or of doubles that is infinite.
    case sumOverflow(generator: String, field: String, key: String, sum: String)
}

extension MergeError: CustomStringConvertible {
    /// The message: the finding, its place, and the possible remedy.
    public var description: String {
        switch self {
        case .duplicateKey(let generator, let key, let first, let second):
            "\(generator): key \(key) has two rows, \(first) and \(second); expected one, or"
                + " is_set, an aggregate, or on_duplicate: first or last"
        case .tooLarge(let generator, let field, let key, let limit):
            "\(generator): key \(key): \"\(field)\" is above \(limit) bytes; limit_per_key cuts it"
        case .sumOverflow(let generator, let field, let key, let sum):
            "\(generator): key \(key): the sum \"\(field)\" is \(sum), beyond the range of numbers"
                + " that are stored; sum a numeric or a double instead"
        }
    }
}
