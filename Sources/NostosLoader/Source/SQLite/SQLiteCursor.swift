// The door to SQLite, with SQLiteConnection.swift: no other file imports CSQLite.
//
// Unsafe throughout: C calls on one `sqlite3_stmt`, which this object owns and which keeps its
// connection alive.
import CSQLite
import Nostos

/// The rows of one statement; owns a `sqlite3_stmt`.
@safe final class SQLiteCursor: RowCursor {
    let columns: [SourceColumn]
    /// Columns whose declared type does not count, since the parts of a compound SELECT differ.
    let warnings: [String]
    // See docs/design.md, "A class around a structure". Unchecked: `next(into:)` is the only
    // access, and calls nothing that comes back here.
    @exclusivity(unchecked) private var state: SQLiteCursorState

    /// Compiles the query and reads its columns; reads no row.
    ///
    /// With a part, the query is compiled twice: alone, so that errors and names are its own, and
    /// wrapped.
    init(
        connection: SQLiteConnection, query: QueryText, part: QueryPart? = nil,
        statedTypes: [String: ValueType] = [:]
    ) throws(SourceError) {
        var statement = unsafe try Self.prepare(query, on: connection)
        let count = unsafe sqlite3_column_count(statement)
        let names = (0..<count).map { column in
            let name = unsafe sqlite3_column_name(statement, column)
            return unsafe name.map { unsafe String(cString: $0) } ?? ""
        }
        let declared = unsafe Self.hints(of: statement)
        let trusts = Self.partsAgree(query, on: connection)
        let hints = zip(names, declared).map { name, hint in
            let stated = statedTypes[name]
            return hint.converts && (!trusts || stated.map { $0 != hint.type } ?? false)
                ? SQLiteHint.none : hint
        }
        warnings = zip(names, zip(declared, hints)).compactMap { name, types in
            guard !trusts, types.0 != types.1, statedTypes[name] == nil, let type = types.0.type
            else { return nil }
            return """
                column \(quoted(name)): the parts of the query declare different types, and values \
                come as they are stored; say columns: {\(name): {type: \(type.name)}} if all are \
                \(type.name)
                """
        }
        columns = zip(names, hints).map { name, hint in
            SourceColumn(name: name, type: hint.type, isExact: false)
        }
        if let part {
            let alone = unsafe statement
            defer { unsafe sqlite3_finalize(alone) }
            let wrapped = Self.wrap(query, columnCount: columns.count, part)
            unsafe statement = try Self.prepare(wrapped, on: connection, part.parameters)
        }
        unsafe state = SQLiteCursorState(
            of: statement, connection: connection, names: columns.map(\.name), hints: hints)
    }

    func next(into row: inout Row) throws(SourceError) -> Bool {
        try unsafe state.next(into: &row)
    }
}

extension SQLiteCursor {
    /// The hints of a statement's columns.
    @unsafe private static func hints(of statement: OpaquePointer) -> [SQLiteHint] {
        (0..<(unsafe sqlite3_column_count(statement))).map { column in
            let type = unsafe sqlite3_column_decltype(statement, column)
            return SQLiteHint(declaredType: unsafe type.map { unsafe String(cString: $0) })
        }
    }

    /// Whether the parts of a compound SELECT declare the same types, so that the types of the
    /// first part, which SQLite reports, are those of all rows; true of another query.
    ///
    /// Each part is compiled alone, after the query's `WITH`. One that cannot be declares nothing.
    private static func partsAgree(_ query: QueryText, on connection: SQLiteConnection) -> Bool {
        guard let compound = SQLiteCompound(query) else { return true }
        let hints = compound.parts.map { part in
            declaredHints(compound.prefix + part, on: connection)
        }
        for column in 0..<(hints.map(\.count).max() ?? 0) {
            let types = Set(hints.map { $0.indices.contains(column) ? $0[column] : .none })
            if types.count > 1, types.contains(where: \.converts) { return false }
        }
        return true
    }

    /// The hints of a text that may be no query by itself; none then.
    private static func declaredHints(
        _ text: [UInt8], on connection: SQLiteConnection
    ) -> [SQLiteHint] {
        var statement: OpaquePointer?
        let code = unsafe text.withUnsafeBytes { bytes in
            let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            return unsafe sqlite3_prepare_v2(
                connection.handle, start, Int32(clamping: bytes.count), &statement, nil)
        }
        guard code == SQLITE_OK, let statement = unsafe statement else { return [] }
        defer { unsafe sqlite3_finalize(statement) }
        return unsafe hints(of: statement)
    }

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
            guard unsafe sqlite3_stmt_readonly(statement) != 0 else {
                throw refusal("not authorized: only a SELECT is allowed", at: nil)
            }
            guard unsafe sqlite3_column_count(statement) > 0 else {
                throw refusal("not a SELECT", at: query.firstWord())
            }
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
                + part.clause { ("c\($0)", "?\($1)") })
    }

    private static func bind(
        _ value: KeyPart, at index: Int32, of statement: OpaquePointer
    ) -> Int32 {
        switch value {
        case .int64(let value): return unsafe sqlite3_bind_int64(statement, index, value)
        case .string(let text):
            // Unsafe: SQLite copies the text, by the destructor -1 (SQLITE_TRANSIENT).
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
