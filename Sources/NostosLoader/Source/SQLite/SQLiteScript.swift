import CSQLite
import SystemPackage

/// Makes new SQLite files, for examples.
///
/// Sources are opened by `SQLiteSource`, and only ever read.
enum SQLiteScript {
    /// Creates the database file and runs the script in it.
    ///
    /// - Throws: ``SourceError/unavailable(source:reason:)`` when there is such a file or it cannot
    ///   be written; no file remains then.
    static func run(_ script: String, creating path: FilePath) throws(SourceError) {
        var connection: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE
        // Unsafe: SQLite copies the path; the connection is closed on every way out, also when
        // opening it failed, as SQLite asks for.
        defer { unsafe sqlite3_close_v2(connection) }
        guard unsafe sqlite3_open_v2(path.string, &connection, flags, nil) == SQLITE_OK,
            unsafe sqlite3_exec(connection, script, nil, nil, nil) == SQLITE_OK
        else {
            let reason = unsafe String(cString: sqlite3_errmsg(connection))
            throw .unavailable(source: path.string, reason: reason)
        }
    }
}
