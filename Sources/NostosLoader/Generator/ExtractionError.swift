public import Nostos

/// Why a row cannot become part of a record.
///
/// Rows count from 1, columns have the source's names.
public enum ExtractionError: Error, Sendable, Equatable {
    /// NULL in an index column.
    case nullKey(generator: String, row: Int, column: String)
    /// A value of another type than the key's.
    case badKey(generator: String, row: Int, column: String, expected: String, found: String)
    /// A key above the limit, in bytes of its encoded form.
    case keyTooLarge(generator: String, row: Int, size: Int, limit: Int)
    /// A list where one value is expected: a set of lists, or a list as a field.
    case listValue(generator: String, row: Int, column: String)
    /// A value that cannot be stored; the key as JSON shows it.
    case badValue(generator: String, row: Int, key: String, column: String, ValueError)
}

extension ExtractionError: CustomStringConvertible {
    /// What was found, where, and what was expected.
    public var description: String {
        switch self {
        case .nullKey(let generator, let row, let column):
            "\(generator): row \(row): NULL in index column \"\(column)\"; expected a key"
        case .badKey(let generator, let row, let column, let expected, let found):
            "\(generator): row \(row): index column \"\(column)\": found \(found), expected"
                + " \(expected)"
        case .keyTooLarge(let generator, let row, let size, let limit):
            "\(generator): row \(row): a key of \(size) bytes, the limit is \(limit)"
        case .listValue(let generator, let row, let column):
            "\(generator): row \(row): column \"\(column)\" is a list; expected one value a row,"
                + " unnest it or cast it to json"
        case .badValue(let generator, let row, let key, let column, let value):
            "\(generator): row \(row), key \(key), column \"\(column)\": \(value.sentence)"
        }
    }
}
