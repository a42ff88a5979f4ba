import Nostos
public import SystemPackage

/// A SQLite database file, which is only ever read.
public struct SQLiteSource: Source {
    /// The connection's name in the job.
    public let name: String
    /// The database file; a relative path is relative to the working directory.
    public let path: FilePath

    /// The time for which a reader waits for a writer that has locked the database.
    static let busyTimeoutMilliseconds: Int32 = 10_000
    /// After how many steps of its virtual machine a query looks whether it is to end.
    static let stepsBetweenPolls: Int32 = 100_000
    /// The largest value, row or query that is read, in bytes.
    static let maxSize: Int32 = 256 << 20

    /// The database at that path; nothing is opened yet.
    public init(name: String, path: FilePath) {
        self.name = name
        self.path = path
    }

    /// A session that opens the file, read-only, with its first query.
    ///
    /// The connection cannot write, attach another file, load code or run anything but one
    /// `SELECT`. A double-quoted word is an identifier and never a string, so that a misspelled
    /// column is an error. The session holds SQLite's read lock from its first row on.
    public func session() -> any SourceSession { SQLiteSession(self) }
}

/// One connection to a SQLite file, whose queries are those of one read transaction.
final class SQLiteSession: SourceSession {
    private let source: SQLiteSource
    private var connection: SQLiteConnection?

    init(_ source: SQLiteSource) { self.source = source }

    func columns(
        of query: String, stated: [String: ValueType]
    ) throws(SourceError) -> [SourceColumn] {
        try open(query: query, stated: stated).columns
    }

    func open(
        query: String, stated: [String: ValueType]
    ) throws(SourceError) -> any RowCursor {
        try SQLiteCursor(
            connection: opened(), query: QueryText(query), statedTypes: stated)
    }

    func open(
        query: String, part: QueryPart, stated: [String: ValueType]
    ) throws(SourceError) -> any RowCursor {
        try SQLiteCursor(
            connection: opened(), query: QueryText(query), part: part, statedTypes: stated)
    }

    func rest() { connection = nil }

    private func opened() throws(SourceError) -> SQLiteConnection {
        if let connection { return connection }
        let opened = try SQLiteConnection(name: source.name, path: source.path)
        connection = opened
        return opened
    }
}
