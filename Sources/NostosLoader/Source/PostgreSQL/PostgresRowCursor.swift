// Part of the door to libpq (Postgres*.swift): no other file imports CPostgres.
//
// Unsafe: C calls on the connection's `PGconn`, which this object keeps alive.
import CPostgres
import Glibc
import Nostos

/// The rows of a query in libpq's single-row mode with binary values, for servers without
/// PostgreSQL's `COPY`.
final class PostgresRowCursor: RowCursor {
    let columns: [SourceColumn]
    private let connection: PostgresConnection
    private let query: PostgresQuery
    private var decoder: PostgresRowDecoder
    private var rowCount = 0
    private var isAtEnd = false

    /// Sends the query; waits for no row.
    init(_ query: PostgresQuery, on connection: PostgresConnection) throws(SourceError) {
        self.connection = connection
        self.query = query
        decoder = PostgresRowDecoder(columns: query.columns)
        columns = query.sourceColumns
        let handle = unsafe connection.handle
        guard unsafe Self.send(query, on: handle), unsafe PQsetSingleRowMode(handle) == 1
        else { throw connection.unavailable(connection.message) }
    }

    /// Sends the query with its parameters, whose types the server infers.
    private static func send(_ query: PostgresQuery, on handle: OpaquePointer) -> Bool {
        // Unsafe: the copies live until libpq has sent them.
        let copies = unsafe query.parameters.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        let values = unsafe copies.map { unsafe UnsafePointer<CChar>($0) }
        return unsafe PQsendQueryParams(
            handle, query.select, Int32(clamping: values.count), nil, values, nil, nil, 1) == 1
    }

    func next(into row: inout Row) throws(SourceError) -> Bool {
        row.removeAll()
        guard !isAtEnd else { return false }
        do throws(SourceError) {
            while unsafe PQisBusy(connection.handle) == 1 {
                try connection.waitForInput(rows: rowCount)
            }
            let result = unsafe PostgresResult(owning: PQgetResult(connection.handle))
            switch result.status {
            case PGRES_SINGLE_TUPLE: try read(result, into: &row)
            case PGRES_TUPLES_OK: try finish()
            default: throw failure(result)
            }
        } catch {
            isAtEnd = true
            if !error.isOfValue { row.removeAll() }
            throw error
        }
        return !isAtEnd
    }

    private func read(
        _ result: borrowing PostgresResult, into row: inout Row
    ) throws(SourceError) {
        do throws(PostgresRowError) {
            try append(result, to: &row)
        } catch {
            throw connection.error(error, in: columns, row: rowCount + 1)
        }
        rowCount += 1
    }

    private func append(
        _ result: borrowing PostgresResult, to row: inout Row
    ) throws(PostgresRowError) {
        guard result.columnCount == columns.count else {
            throw .malformed("a row of \(result.columnCount) columns; expected \(columns.count)")
        }
        decoder.beginRow()
        for column in columns.indices {
            try result.withValue(column) { value throws(PostgresRowError) in
                if let value {
                    try decoder.append(value, column: column)
                } else {
                    decoder.appendNull()
                }
            }
        }
        try decoder.finishRow(into: &row)
    }

    /// Reads on until libpq has nothing more: an error may still follow.
    private func finish() throws(SourceError) {
        let rest = unsafe PostgresResult(owning: PQgetResult(connection.handle))
        guard rest.isNone else { throw failure(rest) }
        isAtEnd = true
    }

    private func failure(_ result: borrowing PostgresResult) -> SourceError {
        connection.failure(result, rows: rowCount) {
            query.position(ofCharacter: $0, selectAt: 0)
        }
    }
}
