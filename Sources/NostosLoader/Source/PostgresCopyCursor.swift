// Part of the door to libpq (Postgres*.swift): no other file imports CPostgres.
//
// Unsafe: C calls on the connection's `PGconn`, which this object keeps alive; each piece of the
// stream is copied and freed before the next.
import CPostgres
import Nostos

/// The rows of a binary `COPY (query) TO STDOUT`.
final class PostgresCopyCursor: RowCursor {
    private static let prefix = "COPY ("

    let columns: [SourceColumn]
    private let connection: PostgresConnection
    // Unchecked for overlapping accesses: each is used in one place, and neither calls anything
    // that comes back here.
    @exclusivity(unchecked) private var stream = CopyStream()
    @exclusivity(unchecked) private var decoder: PostgresRowDecoder
    private var rowCount = 0
    private var isAtEnd = false

    /// Starts the query; reads no row.
    init(_ query: PostgresQuery, on connection: PostgresConnection) throws(SourceError) {
        self.connection = connection
        unsafe decoder = PostgresRowDecoder(columns: query.columns)
        columns = query.sourceColumns
        let sql = "\(Self.prefix)\(query.select)) TO STDOUT (FORMAT binary)"
        // With parameters, though there are none: that protocol takes one statement only.
        let result = try connection.answer {
            unsafe PQsendQueryParams(connection.handle, sql, 0, nil, nil, nil, nil, 0)
        }
        guard result.status == PGRES_COPY_OUT else {
            throw connection.failure(result, rows: nil) {
                query.position(ofCharacter: $0, selectAt: Self.prefix.utf8.count)
            }
        }
    }

    func next(into row: inout Row) throws(SourceError) -> Bool {
        guard !isAtEnd else {
            row.removeAll()
            return false
        }
        do throws(SourceError) {
            var step = try read { stream, decoder throws(PostgresRowError) in
                try stream.next(into: &row, &decoder)
            }
            while step == .needsMore { step = try receive(into: &row) }
            if step == .row {
                rowCount += 1
                return true
            }
            try finish()
            isAtEnd = true
            row.removeAll()
            return false
        } catch {
            isAtEnd = true
            if !error.isOfValue { row.removeAll() }
            throw error
        }
    }

    /// Reads through the decoder; an error names column and row.
    @inline(__always)
    private func read(
        _ body: (
            inout CopyStream, inout PostgresRowDecoder
        ) throws(PostgresRowError) -> CopyStream.Step
    ) throws(SourceError) -> CopyStream.Step {
        do throws(PostgresRowError) {
            return try unsafe body(&stream, &decoder)
        } catch {
            throw connection.error(error, in: columns, row: rowCount + 1)
        }
    }

    /// Takes the next piece of the stream and reads on.
    private func receive(into row: inout Row) throws(SourceError) -> CopyStream.Step {
        guard let piece = unsafe try receive() else {
            throw interrupted("the stream ended before its trailer")
        }
        defer { unsafe PQfreemem(piece.baseAddress) }
        let bytes = unsafe UnsafeRawBufferPointer(piece).bindMemory(to: UInt8.self)
        return try read { stream, decoder throws(PostgresRowError) in
            try stream.next(with: unsafe bytes.span, into: &row, &decoder)
        }
    }

    /// The next piece of the stream, to be freed; nil when the server has sent all.
    @unsafe private func receive() throws(SourceError) -> UnsafeMutableBufferPointer<CChar>? {
        var piece: UnsafeMutablePointer<CChar>?
        var size = unsafe PQgetCopyData(connection.handle, &piece, 1)
        while size == 0 {
            try connection.waitForInput(rows: rowCount)
            size = unsafe PQgetCopyData(connection.handle, &piece, 1)
        }
        guard size > 0 else {
            guard size == -1 else {
                throw unsafe connection.failure(PostgresResult(owning: nil), rows: rowCount)
            }
            try checkEnd()
            return nil
        }
        return unsafe UnsafeMutableBufferPointer(start: piece, count: Int(size))
    }

    /// Reads on behind the trailer until the server says how it ended.
    private func finish() throws(SourceError) {
        while let piece = unsafe try receive() { unsafe PQfreemem(piece.baseAddress) }
    }

    /// Looks at the command's outcome: the server must have sent as many rows as were read.
    private func checkEnd() throws(SourceError) {
        let result = unsafe PostgresResult(owning: PQgetResult(connection.handle))
        guard result.status == PGRES_COMMAND_OK else {
            throw connection.failure(result, rows: rowCount)
        }
        guard result.rowCount == rowCount else {
            throw interrupted("the server says that it sent another number of rows")
        }
    }

    private func interrupted(_ reason: String) -> SourceError {
        .interrupted(source: connection.name, rows: rowCount, reason: reason)
    }
}

extension PostgresQuery {
    /// The columns as everybody else sees them.
    var sourceColumns: [SourceColumn] {
        columns.map { column in
            SourceColumn(
                name: column.name, type: column.type.element.type, isList: column.type.isArray)
        }
    }
}

extension PostgresConnection {
    /// The error of a row that cannot be handed over; `row` counts from 1.
    func error(
        _ error: PostgresRowError, in columns: [SourceColumn], row: Int
    ) -> SourceError {
        switch error {
        case .malformed(let what):
            return .interrupted(source: name, rows: row - 1, reason: "protocol error: \(what)")
        case .value(let column, .value(let error)):
            return .badValue(row: row, column: columns[column].name, error)
        case .value(let column, .malformed(let what)):
            let reason = "protocol error: column \(columns[column].name): \(what)"
            return .interrupted(source: name, rows: row - 1, reason: reason)
        case .value(let column, .dimensions(let count)):
            let column = columns[column].name
            return badQuery(
                """
                row \(row), column \(column): an array of \(count) dimensions; expected one \
                (or to_jsonb(\(column)))
                """, at: nil)
        }
    }
}
