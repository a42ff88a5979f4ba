// Part of the door to SQLite (SQLite*.swift): no other file imports CSQLite.
//
// Unsafe throughout: C calls on one `sqlite3_stmt`, which this structure owns; text and blobs are
// copied before the next call on the statement frees them.
import CSQLite
import Nostos

/// The state of a cursor; owns the `sqlite3_stmt`.
@safe struct SQLiteCursorState: ~Copyable {
    private let statement: OpaquePointer
    private let connection: SQLiteConnection
    private let names: [String]
    private let hints: [SQLiteHint]
    private var rowCount = 0
    private var isAtEnd = false
    private var values: RawRow
    private var scratch: [UInt8] = []

    /// The rows of a compiled statement, with the names of its columns and what they declare.
    @unsafe init(
        of statement: OpaquePointer, connection: SQLiteConnection, names: [String],
        hints: [SQLiteHint]
    ) {
        unsafe self.statement = statement
        (self.connection, self.names, self.hints) = (connection, names, hints)
        values = RawRow(columnCount: names.count)
    }

    deinit { unsafe sqlite3_finalize(statement) }

    /// Replaces `row` by the next row; see ``RowCursor``.
    mutating func next(into row: inout Row) throws(SourceError) -> Bool {
        guard !isAtEnd else {
            row.removeAll()
            return false
        }
        let code = unsafe sqlite3_step(statement)
        guard code == SQLITE_ROW else {
            isAtEnd = true
            row.removeAll()
            guard code == SQLITE_DONE else { throw failure(code) }
            return false
        }
        rowCount += 1
        values.removeAll()
        for column in hints.indices {
            do throws(ValueError) {
                try appendValue(of: column)
            } catch {
                throw badValue(error, column: column, &row)
            }
            values.endColumn()
        }
        values.move(to: &row)
        return true
    }

    /// The error of a value that cannot be stored; completes the row, with NULL in its place.
    private mutating func badValue(_ error: ValueError, column: Int, _ row: inout Row)
        -> SourceError
    {
        isAtEnd = true
        values.append(.null)
        values.endColumn()
        for next in (column + 1)..<max(column + 1, hints.count) {
            // Nothing is appended of a value that cannot be stored.
            do throws(ValueError) { try appendValue(of: next) } catch { values.append(.null) }
            values.endColumn()
        }
        values.move(to: &row)
        return .badValue(row: rowCount, column: names[column], error)
    }

    private mutating func appendValue(of column: Int) throws(ValueError) {
        let hint = hints[column]
        // Unsafe: an unprotected value, which is good until the next step, and used by this thread
        // only, as its connection is.
        let value = unsafe sqlite3_column_value(statement, Int32(truncatingIfNeeded: column))
        switch unsafe sqlite3_value_type(value) {
        case SQLITE_INTEGER:
            let integer = unsafe sqlite3_value_int64(value)
            if !hint.converts {
                values.append(int64: integer)
            } else if hint == .bool, integer == 0 || integer == 1 {
                values.append(integer == 1 ? .true : .false)
            } else {
                try append(number: hint) { bytes throws(ValueError) in
                    EncodedValue.append(int64: integer, to: &bytes)
                }
            }
        case SQLITE_FLOAT:
            let double = unsafe sqlite3_value_double(value)
            if hint.converts {
                try append(number: hint) { bytes throws(ValueError) in
                    try EncodedValue.append(double: double, to: &bytes)
                }
            } else {
                try append { bytes throws(ValueError) in
                    try EncodedValue.append(double: double, to: &bytes)
                }
            }
        case SQLITE_TEXT:
            // After a call for its size, a text is UTF-8, and its bytes can be read in place: as
            // text they would be copied for a zero after them.
            let size = unsafe Int(sqlite3_value_bytes(value))
            let start = unsafe sqlite3_value_blob(value)
            // No pointer: there was no memory to convert the text, or there are no bytes.
            guard unsafe start != nil || size == 0 else { throw .tooLarge(size: size) }
            let text = unsafe UnsafeRawBufferPointer(start: start, count: size)
            try append(text: unsafe text.bindMemory(to: UInt8.self).span, hint: hint)
        case SQLITE_BLOB:
            let start = unsafe sqlite3_value_blob(value)
            let size = unsafe sqlite3_value_bytes(value)
            let blob = unsafe UnsafeRawBufferPointer(start: start, count: Int(size))
            let span = unsafe blob.bindMemory(to: UInt8.self).span
            try append { bytes throws(ValueError) in
                try EncodedValue.append(bytes: span, to: &bytes)
            }
        default:
            values.append(.null)
        }
    }

    /// Appends a value that `body` encodes.
    private mutating func append(
        _ body: (inout [UInt8]) throws(ValueError) -> Void
    ) throws(ValueError) {
        scratch.removeAll(keepingCapacity: true)
        try body(&scratch)
        let encoded = scratch
        values.append(encoded: encoded.span)
    }

    /// Appends a number that `body` encodes, as what its column declares.
    private mutating func append(
        number hint: SQLiteHint, _ body: (inout [UInt8]) throws(ValueError) -> Void
    ) throws(ValueError) {
        var number: [UInt8] = []
        try body(&number)
        try append { bytes throws(ValueError) in
            try hint.append(number: number.span, to: &bytes)
        }
    }

    /// Appends text as what its column declares.
    private mutating func append(text: Span<UInt8>, hint: SQLiteHint) throws(ValueError) {
        guard hint.converts || !values.append(ascii: text) else { return }
        try append { bytes throws(ValueError) in
            try hint.append(text, to: &bytes)
        }
    }

    /// The error of a failed step.
    private func failure(_ code: Int32) -> SourceError {
        let reason = connection.message
        if SQLiteConnection.isOfQuery(code) {
            return .badQuery(
                source: connection.name,
                reason: "\(reason) (after \(Figures.count(rowCount, "row")))", line: nil,
                column: nil)
        }
        return .interrupted(source: connection.name, rows: rowCount, reason: reason)
    }
}
