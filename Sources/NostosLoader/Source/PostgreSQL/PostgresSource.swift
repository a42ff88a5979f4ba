/// A PostgreSQL database, or one that speaks its protocol, which is only ever read.
public struct PostgresSource: Source {
    /// The kind of server, where they differ.
    public enum Dialect: Sendable {
        /// PostgreSQL itself; rows come as a binary `COPY (query) TO STDOUT`.
        case postgresql
        /// Amazon Redshift, whose `COPY` does something else; rows come one by one in
        /// single-row mode.
        case redshift
    }

    /// The connection's name in the job.
    public let name: String
    /// The kind of server.
    public let dialect: Dialect
    /// `postgresql://user:password@host:port/database?…` or `host=… port=… dbname=…`; a secret.
    let conninfo: String
    /// The time for which the server may work on one statement, all rows of a query; nil is its own
    /// setting.
    let statementTimeout: Duration?

    /// The time that one attempt to connect may take, where the connection string says nothing.
    static let connectTimeoutSeconds = 10
    /// The waits between attempts while no server answers, or while it is still starting.
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

    /// A session of one read-only transaction (repeatable read), which begins with the first query.
    ///
    /// Columns of types that have no rule of their own come as PostgreSQL's cast to text shows
    /// them. No error carries the password.
    public func session() -> any SourceSession { PostgresSession(self) }
}
