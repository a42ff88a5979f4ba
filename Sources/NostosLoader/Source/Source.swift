public import Nostos

/// A place that rows come from, described but not opened.
public protocol Source: Sendable {
    /// The connection's name in the job, which errors carry.
    var name: String { get }

    /// A session that connects with its first query.
    func session() -> any SourceSession
}

/// One connection to a source, whose queries all see one state of it.
///
/// The state is that of the first query; ``rest()`` ends it. Queries run one after another: a
/// cursor ends when the next query begins. Not thread-safe.
public protocol SourceSession: AnyObject {
    /// The columns of the query's rows; the source compiles the query, and runs nothing of it.
    ///
    /// - Parameters:
    ///   - query: as for ``open(query:stated:)``.
    ///   - stated: the types that the job states, by column; a source whose columns have types of
    ///     their own does not need them.
    /// - Returns: the columns, in the query's order.
    /// - Throws: as ``open(query:stated:)``.
    func columns(
        of query: String, stated: [String: ValueType]
    ) throws(SourceError) -> [SourceColumn]

    /// Sends the query and hands over its rows as they come; no result set is held.
    ///
    /// - Parameters:
    ///   - query: one statement that reads: `SELECT`, `WITH … SELECT`, `VALUES`. A semicolon at its
    ///     end and comments are fine.
    ///   - stated: the types that the job states, by column.
    /// - Returns: a cursor before the first row; it keeps the connection.
    /// - Throws: ``SourceError/unavailable(source:reason:)`` when the source cannot be opened,
    ///   ``SourceError/badQuery(source:reason:line:column:)`` when it refuses the query.
    func open(
        query: String, stated: [String: ValueType]
    ) throws(SourceError) -> any RowCursor

    /// As ``open(query:stated:)``, but hands over only that part of the rows.
    ///
    /// - Throws: as ``open(query:stated:)``; places of errors are those of `query`.
    func open(
        query: String, part: QueryPart, stated: [String: ValueType]
    ) throws(SourceError) -> any RowCursor

    /// Ends the transaction, so that the source need not keep its state for the session.
    ///
    /// The next query sees the state of its own time. A connection that broke meanwhile is opened
    /// again.
    func rest()
}

extension SourceSession {
    /// As ``open(query:stated:)``, of a job that states no types.
    public func open(query: String) throws(SourceError) -> any RowCursor {
        try open(query: query, stated: [:])
    }

    /// As ``open(query:part:stated:)``, of a job that states no types.
    public func open(query: String, part: QueryPart) throws(SourceError) -> any RowCursor {
        try open(query: query, part: part, stated: [:])
    }

    /// As ``columns(of:stated:)``, of a job that states no types.
    public func columns(of query: String) throws(SourceError) -> [SourceColumn] {
        try columns(of: query, stated: [:])
    }
}

extension Source {
    /// The rows of the query over a connection of their own; see
    /// ``SourceSession/open(query:stated:)``.
    public func open(query: String) throws(SourceError) -> any RowCursor {
        try session().open(query: query)
    }

    /// A part of the query's rows over a connection of their own.
    public func open(query: String, part: QueryPart) throws(SourceError) -> any RowCursor {
        try session().open(query: query, part: part)
    }

    /// The query's columns, by a connection of their own.
    public func columns(of query: String) throws(SourceError) -> [SourceColumn] {
        try session().columns(of: query)
    }
}

/// The sessions of one run, plan or preview: one for each connection that it reads.
final class SourceSessions {
    private var sessions: [String: any SourceSession] = [:]

    /// The session of a source, made when it is first asked for.
    func session(of source: any Source) -> any SourceSession {
        if let session = sessions[source.name] { return session }
        let session = source.session()
        sessions[source.name] = session
        return session
    }

    /// Ends the transaction on the connection of that name.
    func rest(_ name: String) { sessions[name]?.rest() }

    /// Ends the transactions on all connections.
    func restAll() {
        for session in sessions.values { session.rest() }
    }
}
