/// A PostgreSQL database, or one that speaks its protocol, which is only ever read.
public struct PostgresSource: Source {
    /// Which server answers, where they differ.
    public enum Dialect: Sendable {
        /// PostgreSQL itself; rows come as a binary `COPY (query) TO STDOUT`.
        case postgresql
        /// Amazon Redshift, whose `COPY` does something else; rows come one by one in
        /// single-row mode.
        case redshift
    }

    /// The connection's name in the job.
    public let name: String
    /// Which server it is.
    public let dialect: Dialect
    /// `postgresql://user:password@host:port/database?…` or `host=… port=… dbname=…`; a secret.
    let conninfo: String
    /// How long the server may work on one statement, all rows of a query; nil is what it says.
    let statementTimeout: Duration?

    /// How long one attempt to connect may take, where the connection string says nothing.
    static let connectTimeoutSeconds = 10
    /// The waits between attempts while nobody answers, or the server is still starting.
    static let retryMilliseconds: [UInt32] = [100, 200, 400, 800]

    /// The database that libpq reaches by this connection string; nothing is opened yet.
    ///
    /// What the string leaves out comes from libpq's environment variables and password file.
    public init(
        name: String, conninfo: String, dialect: Dialect = .postgresql,
        statementTimeout: Duration? = nil
    ) {
        (self.name, self.conninfo, self.dialect) = (name, conninfo, dialect)
        self.statementTimeout = statementTimeout
    }

    /// Connects, begins a read-only transaction and starts the query.
    ///
    /// The transaction sees one state of the database (repeatable read). Columns of types that
    /// have no rule of their own come as PostgreSQL's cast to text shows them. No error carries
    /// the password.
    public func open(query: String) throws(SourceError) -> any RowCursor {
        let text = QueryText(query)
        let connection = try PostgresConnection(source: self)
        let query = try PostgresQuery(text, dialect: dialect, on: connection)
        switch dialect {
        case .postgresql: return try PostgresCopyCursor(query, on: connection)
        case .redshift: return try PostgresRowCursor(query, on: connection)
        }
    }

    /// As ``open(query:)``, for that part of the rows, which come one by one in single-row mode.
    public func open(query: String, part: QueryPart) throws(SourceError) -> any RowCursor {
        let connection = try PostgresConnection(source: self)
        let query = try PostgresQuery(QueryText(query), dialect: dialect, on: connection, part)
        return try PostgresRowCursor(query, on: connection)
    }

    /// Connects, and lets the server parse the query.
    public func columns(of query: String) throws(SourceError) -> [SourceColumn] {
        let connection = try PostgresConnection(source: self)
        return try PostgresQuery(QueryText(query), dialect: dialect, on: connection).sourceColumns
    }
}
