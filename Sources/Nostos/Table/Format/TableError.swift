public import SystemPackage

/// The reason for which a table cannot be read or written.
public enum TableError: Error, Sendable, Equatable {
    /// The file's bytes are damaged, at that offset; the detail says what was found instead.
    case corrupt(file: FilePath, part: TablePart, offset: Int, detail: String)
    /// A format version of a newer Nostos.
    case unsupportedVersion(file: FilePath, found: Int, known: Int)
    /// The operating system refused an operation.
    case io(file: FilePath, operation: String, Errno)
    /// A key that does not sort strictly after the one before it.
    case unsorted(file: FilePath, row: Int)
    /// A record that does not hold one encoded value for each field, or a key that is too large.
    case badRecord(file: FilePath, row: Int, detail: String)
}

extension TableError {
    /// The file that the error is about.
    public var file: FilePath {
        switch self {
        case .corrupt(let file, _, _, _), .unsupportedVersion(let file, _, _),
            .io(let file, _, _), .unsorted(let file, _), .badRecord(let file, _, _):
            file
        }
    }
}

extension TableError: CustomStringConvertible {
    /// The message for people: file, part, offset, found and expected.
    public var description: String {
        switch self {
        case .corrupt(let file, let part, let offset, let detail):
            "\(file): \(part) at offset \(offset): \(detail)"
        case .unsupportedVersion(let file, let found, let known):
            "\(file): format version \(found); this Nostos reads up to \(known)"
        case .io(let file, let operation, let errno):
            "\(file): \(operation): \(errno)"
        case .unsorted(let file, let row):
            "\(file): the key of row \(row) does not sort after the one before it"
        case .badRecord(let file, let row, let detail):
            "\(file): row \(row): \(detail)"
        }
    }
}
