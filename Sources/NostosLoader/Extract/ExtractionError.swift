public import Nostos

/// The reason for which a row cannot become part of a record.
///
/// Rows count from 1, columns have the source's names.
public enum ExtractionError: Error, Sendable, Equatable {
    /// NULL in an index column.
    case nullKey(generator: String, row: Int, column: String)
    /// A value of another type than the key's.
    case badKey(generator: String, row: Int, column: String, expected: String, found: String)
    /// A key above the limit, in bytes of its encoded form.
    case keyTooLarge(generator: String, row: Int, size: Int, limit: Int)
    /// A value that cannot be stored; the key as JSON shows it.
    case badValue(generator: String, row: Int, key: String, column: String, ValueError)
    /// A value that its column's contract, or what is made of it, does not allow.
    case unfitValue(at: ValuePlace, found: String, expected: String)
}

/// The place of a value: its generator, the row's number and key, and the column.
public struct ValuePlace: Sendable, Equatable {
    /// The generator's name.
    public let generator: String
    /// The row, from 1.
    public let row: Int
    /// The row's key, as people write it.
    public let key: String
    /// The column.
    public let column: String
}

extension ExtractionError: CustomStringConvertible {
    /// The message: the finding, its place, and the expectation.
    public var description: String {
        switch self {
        case .nullKey(let generator, let row, let column):
            "\(generator): row \(row): NULL in index column \"\(column)\"; expected a key"
        case .badKey(let generator, let row, let column, let expected, let found):
            "\(generator): row \(row): index column \"\(column)\": found \(found), expected"
                + " \(expected); cast it in SQL, or say key_type: string where the keys are text"
        case .keyTooLarge(let generator, let row, let size, let limit):
            "\(generator): row \(row): a key of \(size) bytes, the limit is \(limit)"
        case .badValue(let generator, let row, let key, let column, let value):
            "\(generator): row \(row), key \(key), column \"\(column)\": \(value.sentence)"
        case .unfitValue(let place, let found, let expected):
            "\(place.generator): row \(place.row), key \(place.key), column \"\(place.column)\":"
                + " found \(found), expected \(expected)"
        }
    }
}
