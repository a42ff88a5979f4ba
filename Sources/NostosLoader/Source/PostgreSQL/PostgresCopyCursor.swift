// Part of the door to libpq (Postgres*.swift): no other file imports CPostgres.
//
// Unsafe: C calls on the connection's `PGconn`, which this object keeps alive; the stream's pieces
// are copied, by libpq or by the stream.
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
        let result = try connection.answer(toStatement: sql)
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
            var step = try read(into: &row)
            while step == .needsMore {
                guard try receive() else {
                    throw interrupted("the stream ended before its trailer")
                }
                step = try read(into: &row)
            }
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

    /// Reads a row through the decoder; an error names column and row.
    private func read(into row: inout Row) throws(SourceError) -> CopyStream.Step {
        do throws(PostgresRowError) {
            return try unsafe stream.next(into: &row, &decoder)
        } catch {
            throw connection.error(error, in: columns, row: rowCount + 1)
        }
    }

    /// Takes what the server has sent, and waits where that is nothing; false when it has sent all.
    private func receive() throws(SourceError) -> Bool {
        while true {
            var size = receiveRows()
            // Nothing, or an empty piece, after which there may be more.
            if size == 0 { size = try receivePiece() }
            if size > 0 { return true }
            guard size == 0 else {
                try checkEnd()
                return false
            }
            try connection.waitForInput(rows: rowCount)
        }
    }

    /// Takes all rows that libpq has whole, as far as there is room; returns their size, 0 where
    /// there may be more once the server has sent it, -1 at the end.
    ///
    /// `PQgetlineAsync` is an old function, and the only one that copies a row to a given place:
    /// `PQgetCopyData` allocates memory for each. A row that has no room comes in parts; before its
    /// last one this does not return 0.
    private func receiveRows() -> Int {
        let handle = unsafe connection.handle
        return unsafe stream.bytes.take { memory in
            let start = unsafe memory.baseAddress?.assumingMemoryBound(to: CChar.self)
            return Int(unsafe PQgetlineAsync(handle, start, Int32(clamping: memory.count)))
        }
    }

    /// Takes one piece; returns its size, as the other one does.
    private func receivePiece() throws(SourceError) -> Int {
        var piece: UnsafeMutablePointer<CChar>?
        let size = unsafe PQgetCopyData(connection.handle, &piece, 1)
        guard size != -2 else {
            throw unsafe connection.failure(PostgresResult(owning: nil), rows: rowCount)
        }
        if size > 0 {
            defer { unsafe PQfreemem(piece) }
            let bytes = unsafe UnsafeRawBufferPointer(start: piece, count: Int(size))
            unsafe stream.append(bytes.bindMemory(to: UInt8.self).span)
        }
        return Int(size)
    }

    /// Reads on after the trailer until the server reports its end.
    private func finish() throws(SourceError) {
        while try receive() { unsafe stream.skipAll() }
    }

    /// Checks the command's outcome: the server must have sent as many rows as were read.
    private func checkEnd() throws(SourceError) {
        let result = unsafe PostgresResult(owning: PQgetResult(connection.handle))
        guard result.status == PGRES_COMMAND_OK else {
            throw connection.failure(result, rows: rowCount)
        }
        guard result.rowCount == rowCount else {
            throw interrupted("the server says that it sent another number of rows")
        }
        try connection.finishCommand()
    }

    private func interrupted(_ reason: String) -> SourceError {
        .interrupted(source: connection.name, rows: rowCount, reason: reason)
    }
}

extension PostgresCopyCursor: EntryCursor {
    func appendEntries(of plain: PlainRows, limit: Int, to output: inout [UInt8]) -> Int {
        guard unsafe decoder.makesEntries, !isAtEnd else { return 0 }
        let taken = unsafe stream.appendEntries(
            of: plain, decoder.types, limit: limit, to: &output)
        rowCount += taken
        return taken
    }
}

extension PostgresQuery {
    /// The columns as sources report them.
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
