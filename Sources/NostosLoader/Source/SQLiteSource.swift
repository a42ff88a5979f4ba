import Nostos
public import SystemPackage

/// A SQLite database file, which is only ever read.
public struct SQLiteSource: Source {
    /// The connection's name in the job.
    public let name: String
    /// The database file; a relative path is relative to the working directory.
    public let path: FilePath
    /// The types that the job states for columns; a column's declared type does not count then.
    let statedTypes: [String: ValueType]

    /// How long a reader waits for a writer that has locked the database.
    static let busyTimeoutMilliseconds: Int32 = 10_000
    /// After how many steps of its virtual machine a query looks whether it is to end.
    static let stepsBetweenPolls: Int32 = 100_000
    /// The largest value, row or query that is read, in bytes.
    static let maxSize: Int32 = 256 << 20

    /// The database at that path; nothing is opened yet.
    public init(name: String, path: FilePath) {
        self.init(name: name, path: path, statedTypes: [:])
    }

    /// The same, with the types that the job states for columns.
    init(name: String, path: FilePath, statedTypes: [String: ValueType]) {
        (self.name, self.path, self.statedTypes) = (name, path, statedTypes)
    }

    /// Opens the file, read-only, and prepares the query.
    ///
    /// The connection cannot write, attach another file, load code or run anything but one
    /// `SELECT`. A double-quoted word is an identifier and never a string, so that a misspelled
    /// column is an error. A cursor holds SQLite's read lock until it is released.
    public func open(query: String) throws(SourceError) -> any RowCursor {
        let connection = try SQLiteConnection(name: name, path: path)
        return try SQLiteCursor(
            connection: connection, query: QueryText(query), statedTypes: statedTypes)
    }

    /// Opens the file, read-only, and prepares that part of the query.
    public func open(query: String, part: QueryPart) throws(SourceError) -> any RowCursor {
        let connection = try SQLiteConnection(name: name, path: path)
        return try SQLiteCursor(
            connection: connection, query: QueryText(query), part: part, statedTypes: statedTypes)
    }

    /// Opens the file, read-only, and prepares the query.
    public func columns(of query: String) throws(SourceError) -> [SourceColumn] {
        try open(query: query).columns
    }
}
