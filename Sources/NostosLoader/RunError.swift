import Nostos

/// Why a run ended without a published version: one message for people, free of secrets, and the
/// kind of failure, which decides the exit code.
public struct RunError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds that people handle differently.
    public enum Kind: Sendable {
        /// The job file, its SQL or its data is wrong; exit 65.
        case badJob
        /// A source cannot be reached or broke off; exit 69.
        case unavailable
        /// A connection is missing or wrong; exit 78.
        case configuration
        /// The operating system refused: disk full, no permission; exit 74.
        case io
        /// Another run of the job is under way; exit 75.
        case busy
        /// A check failed: the version is rejected, and what was served still is; exit 2.
        case rejected
        /// Somebody stopped it; exit 1.
        case cancelled
        /// Anything else; exit 1.
        case failed
    }

    /// The kind.
    public let kind: Kind
    /// What was found, where, and what was expected.
    public let message: String

    /// The message.
    public var description: String { message }

    /// A failure of that kind.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The failure that an error of any layer is.
    init(_ error: any Error, _ mask: SecretMask) {
        let (kind, message) = Self.parts(of: error)
        self.init(kind, mask.mask(message))
    }

    private static func parts(of error: any Error) -> (Kind, String) {
        switch error {
        case let error as RunError: (error.kind, error.message)
        case let error as LocatedSourceError: (error.kind, error.description)
        case let error as ConnectionError: (.configuration, error.description)
        case let error as PlanError: (.badJob, error.description)
        case let error as ExtractionError: (.badJob, error.description)
        case let error as MergeError: (.badJob, error.description)
        case let error as SortError: (.io, error.description)
        case let error as TableError: (.io, error.description)
        case let error as CatalogError: (kind(of: error), error.description)
        case is CancellationError: (.cancelled, "stopped; nothing was published")
        default: (.failed, "\(error)")
        }
    }

    private static func kind(of error: CatalogError) -> Kind {
        switch error {
        case .busy, .locked: .busy
        case .noStore, .newerFormat, .networkFileSystem: .configuration
        case .badJobName, .badArgument: .badJob
        case .io, .damaged, .lost, .exists: .io
        default: .failed
        }
    }
}

/// A source's error, with the generator or check that asked it and the place of its SQL.
struct LocatedSourceError: Error, CustomStringConvertible {
    private let error: SourceError
    private let name: String
    /// What the source is: a connection, a file, a command.
    private let noun: String
    private let sql: SQLText?
    /// Lines that were sent before the SQL's first one.
    private let lineOffset: Int

    init(_ error: SourceError, _ generator: GeneratorSpec) {
        (self.error, name, lineOffset) = (error, generator.name, 0)
        switch generator.kind {
        case .sql(let text): (noun, sql) = ("connection", text)
        case .file: (noun, sql) = ("file", nil)
        case .command, .constant: (noun, sql) = ("command", nil)
        }
    }

    init(_ error: SourceError, name: String, sql: SQLText?, lineOffset: Int = 0) {
        (self.error, self.name, noun) = (error, name, "connection")
        (self.sql, self.lineOffset) = (sql, lineOffset)
    }

    var kind: RunError.Kind {
        switch error {
        case .unavailable, .interrupted: .unavailable
        case .badQuery, .badValue, .badInput: .badJob
        }
    }

    var description: String {
        switch error {
        case .unavailable(let source, let reason):
            return "\(name): \(noun) \(source) is not available: \(reason)"
        case .interrupted(let source, let rows, let reason):
            return "\(name): \(noun) \(source) broke off after \(rows) rows: \(reason)"
        case .badInput(let source, let line, let row, let reason):
            let lines = line.map { ", line \($0)" } ?? ""
            let rows = row.map { ", row \($0)" } ?? ""
            return "\(name): \(noun) \(source)\(lines)\(rows): \(reason)"
        case .badValue(let row, let column, let value):
            return "\(name): row \(row), column \(column): \(value.sentence)"
        case .badQuery(let source, let reason, let line, let column):
            return "\(place(line, column))\(name): connection \(source) refused the SQL: \(reason)"
        }
    }

    /// Where in the job or SQL file the fault lies.
    private func place(_ line: Int?, _ column: Int?) -> String {
        guard let sql else { return "" }
        let mark = line.map { sql.mark(line: $0 - lineOffset, column: column ?? 1) } ?? sql.mark
        return "\(sql.file):\(mark.line):\(mark.column): "
    }
}

extension ValueError {
    /// What was found and what was expected.
    var sentence: String {
        switch self {
        case .notFinite(let text): "found \(text), expected a number that JSON can write"
        case .notANumber(let text): "found \(text), expected a number"
        case .invalidUTF8(let offset):
            "found bytes that are not UTF-8 at offset \(offset), expected text"
        case .invalidJSON(let offset, let expected):
            "found JSON that is broken at offset \(offset), expected \(expected)"
        case .tooLarge(let size):
            "found a value of \(size) bytes, at most \(EncodedValue.maxSize) are stored"
        case .timestampOutOfRange(let text):
            "found the time \(text), expected one of the years 0001 to 9999"
        }
    }
}
