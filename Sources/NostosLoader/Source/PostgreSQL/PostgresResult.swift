// Part of the door to libpq (Postgres*.swift): no other file imports CPostgres.
//
// Unsafe: C calls on one `PGresult`, which this type owns and frees once; strings are copied, and
// the bytes of a value are lent only while the result lives. libpq takes a null pointer for a
// result that is a fatal error and has nothing in it.
import CPostgres

/// The answer of the server; owns a `PGresult`, or none.
@safe struct PostgresResult: ~Copyable {
    private let handle: OpaquePointer?

    /// Takes a result over.
    init(owning handle: OpaquePointer?) {
        unsafe self.handle = handle
    }

    deinit { unsafe PQclear(handle) }

    /// Whether libpq has no result, or none any more.
    var isNone: Bool { unsafe handle == nil }

    /// The status; a fatal error when there is no result.
    var status: ExecStatusType { unsafe PQresultStatus(handle) }

    /// The number of rows that the server reports as sent; nil when it reports none.
    var rowCount: Int? { Int(unsafe String(cString: PQcmdTuples(handle))) }

    var parameterCount: Int { Int(unsafe PQnparams(handle)) }

    /// Names and type OIDs of the columns, from left to right.
    var columns: [(name: String, type: UInt32)] {
        (0..<Int32(truncatingIfNeeded: columnCount)).map { column in
            let name = unsafe PQfname(handle, column)
            return unsafe (name.map { unsafe String(cString: $0) } ?? "", PQftype(handle, column))
        }
    }

    var columnCount: Int { Int(unsafe PQnfields(handle)) }

    /// The number of rows that came whole.
    var tupleCount: Int { Int(unsafe PQntuples(handle)) }

    /// A value that came as text; empty for NULL.
    func text(row: Int, column: Int) -> String {
        let value = unsafe PQgetvalue(
            handle, Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column))
        return unsafe value.map { unsafe String(cString: $0) } ?? ""
    }

    /// Calls `body` with the value of a column in the first row; nil for NULL.
    func withValue<Failure: Error>(
        _ column: Int, _ body: (Span<UInt8>?) throws(Failure) -> Void
    ) throws(Failure) {
        let index = Int32(truncatingIfNeeded: column)
        guard unsafe PQgetisnull(handle, 0, index) == 0 else { return try body(nil) }
        let start = unsafe PQgetvalue(handle, 0, index)
        let size = unsafe PQgetlength(handle, 0, index)
        let value = unsafe UnsafeRawBufferPointer(start: start, count: Int(size))
        try body(unsafe value.bindMemory(to: UInt8.self).span)
    }

    /// A field of an error, by a `PG_DIAG_…` code.
    private func errorField(_ code: Int32) -> String? {
        unsafe PQresultErrorField(handle, code).map { unsafe String(cString: $0) }
    }

    /// The five characters of the SQL standard, or nil when the error is libpq's own.
    var sqlState: String? { errorField(nostos_pg_diag_sqlstate) }

    /// The character of the statement's text that the error is about, from 0.
    var errorCharacter: Int? {
        errorField(nostos_pg_diag_statement_position).flatMap { Int($0) }.map { $0 - 1 }
    }

    /// The message with its detail and hint, unmasked; nil when the error is libpq's own.
    var errorReason: String? {
        guard let primary = errorField(nostos_pg_diag_message_primary) else { return nil }
        let detail = errorField(nostos_pg_diag_message_detail).map { "; detail: \($0)" } ?? ""
        let hint = errorField(nostos_pg_diag_message_hint).map { "; hint: \($0)" } ?? ""
        return primary + detail + hint
    }

    /// Whether the error is the query's, and not the connection's or the server's
    /// (PostgreSQL documentation, appendix A: classes of SQLSTATE).
    var blamesQuery: Bool {
        guard let sqlState else { return false }
        // Connection, transaction rollback, resources, object state, operator, system, internal.
        return !["08", "40", "53", "55", "57", "58", "XX"].contains(sqlState.prefix(2))
    }
}
