// The door to SQLite, with SQLiteConnection.swift: no other file imports CSQLite.
//
// Unsafe throughout: C calls on one `sqlite3_stmt`, which this object owns and which keeps its
// connection alive; text and blobs are copied before the next call on the statement frees them.
import CSQLite
import Nostos

/// The rows of one statement; owns a `sqlite3_stmt`.
@safe final class SQLiteCursor: RowCursor {
    let columns: [SourceColumn]
    private let connection: SQLiteConnection
    private let statement: OpaquePointer
    private let hints: [SQLiteHint]
    private var rowCount = 0
    private var isAtEnd = false

    /// Compiles the query and looks at its columns; reads no row.
    ///
    /// With a part, the query is compiled twice: alone, so that errors and names are its own, and
    /// wrapped.
    init(
        connection: SQLiteConnection, query: QueryText, part: QueryPart? = nil
    ) throws(SourceError) {
        let statement = unsafe try Self.prepare(query, on: connection)
        self.connection = connection
        let count = unsafe sqlite3_column_count(statement)
        hints = (0..<count).map { column in
            let type = unsafe sqlite3_column_decltype(statement, column)
            return SQLiteHint(declaredType: unsafe type.map { unsafe String(cString: $0) })
        }
        columns = zip(0..<count, hints).map { column, hint in
            let name = unsafe sqlite3_column_name(statement, column)
            return SourceColumn(
                name: unsafe name.map { unsafe String(cString: $0) } ?? "", type: hint.type)
        }
        guard let part else {
            unsafe self.statement = statement
            return
        }
        defer { unsafe sqlite3_finalize(statement) }
        let wrapped = Self.wrap(query, columnCount: columns.count, part)
        unsafe self.statement = try Self.prepare(wrapped, on: connection, part.parameters)
    }

    deinit {
        unsafe sqlite3_finalize(statement)
    }

    func next(into row: inout Row) throws(SourceError) -> Bool {
        row.removeAll()
        guard !isAtEnd else { return false }
        let code = unsafe sqlite3_step(statement)
        guard code == SQLITE_ROW else {
            isAtEnd = true
            guard code == SQLITE_DONE else { throw failure(code) }
            return false
        }
        rowCount += 1
        var column = 0
        while column < hints.count {
            do throws(ValueError) {
                try appendValue(of: Int32(truncatingIfNeeded: column), hint: hints[column], &row)
            } catch {
                throw badValue(error, column: column, &row)
            }
            row.ends.append(row.bytes.count)
            column += 1
        }
        return true
    }

    /// The error of a value that cannot be stored; completes the row, with NULL in its place.
    private func badValue(_ error: ValueError, column: Int, _ row: inout Row) -> SourceError {
        isAtEnd = true
        row.appendNull(insteadOfColumn: column)
        for next in (column + 1)..<max(column + 1, hints.count) {
            do throws(ValueError) {
                try appendValue(of: Int32(truncatingIfNeeded: next), hint: hints[next], &row)
                row.ends.append(row.bytes.count)
            } catch {
                row.appendNull(insteadOfColumn: next)
            }
        }
        return .badValue(row: rowCount, column: columns[column].name, error)
    }

    private func appendValue(
        of column: Int32, hint: SQLiteHint, _ row: inout Row
    ) throws(ValueError) {
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER:
            let value = unsafe sqlite3_column_int64(statement, column)
            if hint == .bool, value == 0 || value == 1 {
                EncodedValue.append(bool: value == 1, to: &row.bytes)
            } else {
                EncodedValue.append(int64: value, to: &row.bytes)
            }
        case SQLITE_FLOAT:
            let value = unsafe sqlite3_column_double(statement, column)
            try EncodedValue.append(double: value, to: &row.bytes)
        case SQLITE_TEXT:
            let start = unsafe sqlite3_column_text(statement, column)
            let size = unsafe sqlite3_column_bytes(statement, column)
            // No pointer: there was no memory to convert the text.
            guard unsafe start != nil else { throw .tooLarge(size: Int(size)) }
            let text = unsafe UnsafeBufferPointer(start: start, count: Int(size))
            try append(text: unsafe text.span, hint: hint, &row)
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(statement, column)
            let size = unsafe sqlite3_column_bytes(statement, column)
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(size))
            try EncodedValue.append(
                bytes: unsafe bytes.bindMemory(to: UInt8.self).span, to: &row.bytes)
        default:
            EncodedValue.appendNull(to: &row.bytes)
        }
    }

    /// Appends text as what its column declares when it fits that, and as text otherwise.
    private func append(
        text: Span<UInt8>, hint: SQLiteHint, _ row: inout Row
    ) throws(ValueError) {
        switch hint {
        case .timestamp:
            if let microseconds = TimestampText.parse(text) {
                return try EncodedValue.append(timestamp: microseconds, to: &row.bytes)
            }
        case .json:
            do throws(ValueError) {
                return try EncodedValue.append(json: text, to: &row.bytes)
            } catch {
                // No JSON, so it is text: falls through, as does what is too large for both.
            }
        default: break
        }
        try EncodedValue.append(string: text, to: &row.bytes)
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

extension SQLiteCursor {
    /// Compiles the one statement of the query.
    private static func prepare(
        _ query: QueryText, on connection: SQLiteConnection, _ parameters: [KeyPart] = []
    ) throws(SourceError) -> OpaquePointer {
        func refusal(_ reason: String, at offset: Int?) -> SourceError {
            let position = offset.map { query.position(ofByte: $0) }
            return .badQuery(
                source: connection.name, reason: reason, line: position?.line,
                column: position?.column)
        }
        if let zero = query.bytes.firstIndex(of: 0) {
            throw refusal("a 0x00 in the query", at: zero)
        }
        guard query.firstWord() != nil else {
            throw refusal("no statement; expected a SELECT", at: nil)
        }
        guard query.isSelect else { throw refusal("not a SELECT", at: query.firstWord()) }
        guard let size = Int32(exactly: query.bytes.count), size <= SQLiteSource.maxSize else {
            throw refusal("a query of \(query.bytes.count) bytes", at: nil)
        }
        var statement: OpaquePointer?
        var used = 0
        let code = unsafe query.bytes.withUnsafeBytes { bytes in
            let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            var tail: UnsafePointer<CChar>?
            let code = unsafe sqlite3_prepare_v2(
                connection.handle, start, size, &statement, &tail)
            if let start = unsafe start, let tail = unsafe tail { used = unsafe tail - start }
            return code
        }
        guard code == SQLITE_OK else { throw compileError(code, on: connection, refusal) }
        guard let statement = unsafe statement else {
            throw refusal("not a SELECT", at: query.firstWord())
        }
        do throws(SourceError) {
            if let second = query.firstWord(from: used) {
                throw refusal("a second statement; expected one SELECT", at: second)
            }
            guard
                unsafe sqlite3_column_count(statement) > 0,
                unsafe sqlite3_stmt_readonly(statement) != 0
            else { throw refusal("not a SELECT", at: query.firstWord()) }
            guard unsafe Int(sqlite3_bind_parameter_count(statement)) == parameters.count else {
                throw refusal("a parameter (?, :name, @name, $name), which has no value", at: nil)
            }
            for (index, parameter) in zip(Int32(1)..., parameters) {
                guard unsafe bind(parameter, at: index, of: statement) == SQLITE_OK else {
                    throw connection.unavailable()
                }
            }
        } catch {
            unsafe sqlite3_finalize(statement)
            throw error
        }
        return unsafe statement
    }

    /// The query as the only table of another one, its columns called `c0`, `c1` and so on.
    private static func wrap(
        _ query: QueryText, columnCount: Int, _ part: QueryPart
    ) -> QueryText {
        let names = (0..<columnCount).map { "c\($0)" }.joined(separator: ", ")
        let text = String(decoding: query.bytes[..<query.statementEnd], as: UTF8.self)
        return QueryText(
            "WITH nostos_rows(\(names)) AS (\n\(text)\n) SELECT * FROM nostos_rows"
                + part.clause { "?\($0)" })
    }

    private static func bind(
        _ value: KeyPart, at index: Int32, of statement: OpaquePointer
    ) -> Int32 {
        switch value {
        case .int64(let value): return unsafe sqlite3_bind_int64(statement, index, value)
        case .string(let text):
            // Unsafe: SQLite copies the text, as the destructor -1 (SQLITE_TRANSIENT) says.
            let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            let size = Int32(clamping: text.utf8.count)
            return unsafe sqlite3_bind_text(statement, index, text, size, transient)
        }
    }

    /// The error of a failed compilation, with its place where SQLite knows it.
    private static func compileError(
        _ code: Int32, on connection: SQLiteConnection,
        _ refusal: (String, Int?) -> SourceError
    ) -> SourceError {
        // SQLite 3.40 calls a query that it cannot parse a changed schema, when it is the first one
        // of its connection; one that did change it has read anew already.
        guard SQLiteConnection.isOfQuery(code) || code & 0xFF == SQLITE_SCHEMA else {
            return connection.unavailable()
        }
        let offset = unsafe sqlite3_error_offset(connection.handle)
        let message = connection.message
        let reason =
            code & 0xFF == SQLITE_AUTH ? "\(message): only a SELECT is allowed" : message
        return refusal(reason, offset < 0 ? nil : Int(offset))
    }
}
