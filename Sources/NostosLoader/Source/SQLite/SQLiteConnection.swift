// The door to SQLite, with SQLiteCursor.swift: no other file imports CSQLite.
//
// Unsafe throughout: C calls on one `sqlite3` handle, which lives as long as this object and is
// used by one thread at a time (neither class is Sendable). C strings are copied at once.
import CSQLite
import Glibc
import SystemPackage

/// One read-only connection; owns a `sqlite3`.
@safe final class SQLiteConnection {
    let name: String
    let path: FilePath
    let handle: OpaquePointer

    /// Opens the file and locks the connection down, after “Defense Against The Dark Arts”
    /// (sqlite.org/security.html).
    init(name: String, path: FilePath) throws(SourceError) {
        self.name = name
        self.path = path
        // "" and ":memory:" would be databases in memory, "file:…" could be a URI.
        let file = path.isAbsolute ? path.string : "./" + path.string
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(
            file, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened = unsafe opened else {
            throw .unavailable(source: name, reason: "SQLite: out of memory")
        }
        unsafe handle = opened
        guard code == SQLITE_OK else { throw unavailable() }
        try lockDown()
    }

    deinit {
        // _v2: in any order, the handle is freed with its last statement.
        unsafe sqlite3_close_v2(handle)
    }

    private func lockDown() throws(SourceError) {
        unsafe sqlite3_extended_result_codes(handle, 1)
        unsafe sqlite3_busy_handler(handle, waitForLock, nil)
        // Also a query that computes for long before its first row ends when somebody asks.
        unsafe sqlite3_progress_handler(
            handle, SQLiteSource.stepsBetweenPolls, { _ in Interruption.isRequested ? 1 : 0 }, nil)
        unsafe sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        unsafe sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, SQLiteSource.maxSize)
        let options: [(Int32, isOn: Int32)] = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
            (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
        ]
        for (option, isOn) in options {
            let code = unsafe nostos_sqlite_set_option(handle, option, isOn)
            guard code == SQLITE_OK else { throw unavailable() }
        }
        // mmap_size 0: a read error on a mapped file would be a signal and no error code.
        // The transaction begins with the first row; all queries see the state of that time.
        let pragmas = """
            PRAGMA query_only=1; PRAGMA cell_size_check=1; PRAGMA mmap_size=0; BEGIN
            """
        guard unsafe sqlite3_exec(handle, pragmas, nil, nil, nil) == SQLITE_OK else {
            throw unavailable()
        }
        unsafe sqlite3_set_authorizer(handle, authorize, nil)
    }

    /// The last error, as one that opening the source has met.
    func unavailable() -> SourceError {
        .unavailable(source: name, reason: "cannot open \(path): \(message)")
    }

    /// The text of the last error, with the operating system's reason, and for a WAL database its
    /// requirement.
    var message: String {
        var text = unsafe String(cString: sqlite3_errmsg(handle))
        let code = unsafe sqlite3_errcode(handle) & 0xFF
        let systemError = unsafe sqlite3_system_errno(handle)
        if code == SQLITE_CANTOPEN || code == SQLITE_IOERR, systemError != 0 {
            text += ": \(Errno(rawValue: systemError))"
        }
        if code == SQLITE_CANTOPEN || code == SQLITE_READONLY, isInWALMode {
            text += """
                ; the database is in WAL mode: its readers need the files \
                \(path.lastComponent?.string ?? "")-wal and -shm beside it, or the right to make \
                them
                """
        }
        return text
    }

    /// Whether the header marks WAL: bytes 18 and 19 of the file, “Database File Format”, 1.3.
    private var isInWALMode: Bool {
        guard let file = try? FileDescriptor.open(path, .readOnly) else { return false }
        defer { try? file.close() }
        var header = [UInt8](repeating: 0, count: 20)
        let count = try? unsafe header.withUnsafeMutableBytes { buffer in
            try unsafe file.read(fromAbsoluteOffset: 0, into: buffer)
        }
        return count == header.count && header[18] == 2
    }

    /// Whether an error code blames the query and not the file or the machine.
    static func isOfQuery(_ code: Int32) -> Bool {
        switch code & 0xFF {
        case SQLITE_ERROR, SQLITE_AUTH, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE,
            SQLITE_CONSTRAINT:
            true
        default: false
        }
    }
}

/// Waits a little for another process's lock, up to the busy timeout or until somebody asks this
/// process to end; called by SQLite with how often it waited for this lock before.
private func waitForLock(_: UnsafeMutableRawPointer?, count: Int32) -> Int32 {
    let waited = count * Interruption.pollMilliseconds
    guard waited < SQLiteSource.busyTimeoutMilliseconds, !Interruption.isRequested else { return 0 }
    usleep(UInt32(Interruption.pollMilliseconds) * 1000)
    return 1
}

/// Allows what a reading SELECT does, and what virtual tables compile when they are connected;
/// called by SQLite while it compiles.
///
/// FTS and R-tree prepare statements that would write their own shadow tables, and every virtual
/// table an UPDATE of the schema table, which none of them runs to read. So writes of tables pass
/// here, while the file is opened read-only, `query_only` is on, and the query itself must be
/// read-only by `sqlite3_stmt_readonly`.
private func authorize(
    _: UnsafeMutableRawPointer?, action: Int32, first: UnsafePointer<CChar>?,
    second: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?
) -> Int32 {
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_INSERT, SQLITE_UPDATE,
        SQLITE_DELETE:
        return SQLITE_OK
    case SQLITE_FUNCTION:
        // Unsafe: SQLite hands over a C string that lives during the call.
        let name = unsafe second.map { unsafe String(cString: $0) } ?? ""
        return name.lowercased() == "load_extension" ? SQLITE_DENY : SQLITE_OK
    case SQLITE_PRAGMA:
        // FTS asks for them before it reads its own tables; without an argument they only read.
        let name = unsafe first.map { unsafe String(cString: $0) } ?? ""
        let isRead = unsafe second == nil
        return ["data_version", "page_size"].contains(name.lowercased()) && isRead
            ? SQLITE_OK : SQLITE_DENY
    default:
        return SQLITE_DENY
    }
}
