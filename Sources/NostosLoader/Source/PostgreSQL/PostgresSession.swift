// Part of the door to libpq (Postgres*.swift); it calls nothing of it itself.
import Nostos

/// One connection to a PostgreSQL server, on which queries run one after another in one
/// transaction.
final class PostgresSession: SourceSession {
    private let source: PostgresSource
    private var connection: PostgresConnection?

    init(_ source: PostgresSource) { self.source = source }

    func columns(
        of query: String, stated: [String: ValueType]
    ) throws(SourceError) -> [SourceColumn] {
        try prepare(query, on: ready()).sourceColumns
    }

    func open(
        query: String, stated: [String: ValueType]
    ) throws(SourceError) -> any RowCursor {
        let connection = try ready()
        let query = try prepare(query, on: connection)
        switch source.dialect {
        case .postgresql: return try PostgresCopyCursor(query, on: connection)
        case .redshift: return try PostgresRowCursor(query, on: connection)
        }
    }

    /// The rows come one by one in single-row mode: `COPY` takes no parameters.
    func open(
        query: String, part: QueryPart, stated: [String: ValueType]
    ) throws(SourceError) -> any RowCursor {
        let connection = try ready()
        return try PostgresRowCursor(prepare(query, on: connection, part), on: connection)
    }

    func rest() {
        guard let connection else { return }
        // The rest of a query that is not read on may be long: the connection is closed with it.
        if connection.isReading || !connection.endTransaction() { self.connection = nil }
    }

    private func prepare(
        _ query: String, on connection: PostgresConnection, _ part: QueryPart? = nil
    ) throws(SourceError) -> PostgresQuery {
        try PostgresQuery(QueryText(query), dialect: source.dialect, on: connection, part)
    }

    /// The connection, in its transaction and ready for a query.
    private func ready() throws(SourceError) -> PostgresConnection {
        if let connection {
            do throws(SourceError) {
                if connection.isInTransaction { try connection.finishCommand() }
                if connection.isUsable { return connection }
                // A transaction that an error has ended can only be ended.
                _ = connection.endTransaction()
                // The server, or something between, may have ended a connection that was idle.
                try connection.begin(source)
                return connection
            } catch {
                self.connection = nil
            }
        }
        let opened = try PostgresConnection(source: source)
        try opened.begin(source)
        connection = opened
        return opened
    }
}
