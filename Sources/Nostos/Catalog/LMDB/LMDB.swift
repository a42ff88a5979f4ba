import CLMDB
import Glibc
import SystemPackage

// The only door to LMDB (lmdb.h, 0.9). Its caveats, and who sees to them:
//
//     one environment per process and file      `LMDBRegistry`, by device and inode
//     a value lives as long as its transaction  values are copied out before it ends
//     long readers make the file grow           transactions are closures, and short
//     killed readers keep their slots           `mdb_reader_check` before each writing
//     NOSYNC, WRITEMAP, MAPASYNC are unsafe     never set
//     a truncated file is a SIGBUS              `LMDBFile` looks before each transaction, and what
//                                               is lost in one is seen before its end is believed

/// An error code of LMDB.
struct LMDBError: Error, Equatable {
    let call: String
    let code: Int32

    /// Whether the code says that the file is not what LMDB wrote.
    var isDamage: Bool {
        switch code {
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC, MDB_VERSION_MISMATCH, MDB_INVALID,
            MDB_INCOMPATIBLE, MDB_BAD_TXN, MDB_BAD_DBI, MDB_BAD_VALSIZE, MDB_CURSOR_FULL:
            true
        default: false
        }
    }

    /// The error of the catalog that it means for the file at `path`.
    func catalogError(_ path: FilePath) -> CatalogError {
        // Unsafe: LMDB's texts are static, or copied at once.
        let text = unsafe String(cString: mdb_strerror(code))
        if isDamage { return .damaged(file: path.string, detail: "\(call): \(text)") }
        if code > 0 { return .io(action: call, path: path.string, Errno(rawValue: code)) }
        let errno: Errno = code == MDB_MAP_FULL ? .noSpace : .resourceTemporarilyUnavailable
        return .io(action: "\(call) (\(text))", path: path.string, errno)
    }

    static func check(_ code: Int32, _ call: String) throws(LMDBError) {
        guard code == MDB_SUCCESS else { throw LMDBError(call: call, code: code) }
    }
}

/// An environment: one directory with `data.mdb` and `lock.mdb`.
///
/// Not for use by two threads at a time; `LMDBRegistry` sees to that.
@safe final class LMDBEnvironment {
    /// The most that a catalog can hold.
    ///
    /// It is address space, not memory and not disk.
    static let mapSize = 1 << 30
    /// Readers at one time, in all processes.
    static let maxReaders: UInt32 = 1024

    private let directory: FilePath
    private var handle: OpaquePointer?
    /// LMDB's mapping of its file, where it is known.
    private var guarded: GuardedRegion?

    /// Opens the environment in a directory, read-only where the process may not write.
    init(_ directory: FilePath) throws(LMDBError) {
        self.directory = directory
        unsafe handle = try unsafe Self.open(directory)
        guardMapping()
    }

    deinit { close() }

    /// Closes the environment; nothing can be done with it afterwards.
    func close() {
        guarded?.end()
        guarded = nil
        // Unsafe: no transaction is open outside of `read` and `write`.
        if let handle = unsafe handle { unsafe mdb_env_close(handle) }
        unsafe handle = nil
    }

    /// Opens the environment again, whose handle is of no use after a failed commit.
    private func reopen() throws(LMDBError) {
        close()
        unsafe handle = try unsafe Self.open(directory)
        guardMapping()
    }

    /// Keeps the process alive where a page of the file cannot be read.
    ///
    /// LMDB does not tell where its mapping lies; where the kernel does not either, such a page
    /// ends the process as it would without us.
    private func guardMapping() {
        guard let addresses = MemoryMap.addresses(of: directory.appending("data.mdb")),
            // Unsafe: only the address is remembered; the mapping lives until `close`.
            let base = unsafe UnsafeRawPointer(bitPattern: addresses.lowerBound)
        else { return }
        guarded = try? unsafe GuardedRegion(base: base, size: addresses.count)
    }

    /// Throws where a page could not be read, so that LMDB has seen zeros.
    private func checkWhole() throws(LMDBError) {
        guard let guarded, !guarded.isWhole else { return }
        throw LMDBError(call: "reading a page", code: MDB_CORRUPTED)
    }

    private static func open(_ directory: FilePath) throws(LMDBError) -> OpaquePointer {
        do throws(LMDBError) {
            return try unsafe open(directory, flags: UInt32(MDB_NOTLS))
        } catch {
            guard [EACCES, EPERM, EROFS].contains(error.code) else { throw error }
            return try unsafe open(directory, flags: UInt32(MDB_NOTLS | MDB_RDONLY))
        }
    }

    private static func open(_ directory: FilePath, flags: UInt32) throws(LMDBError)
        -> OpaquePointer
    {
        var created: OpaquePointer?
        // Unsafe: plain calls on a handle of our own, closed when one of them fails.
        try LMDBError.check(unsafe mdb_env_create(&created), "mdb_env_create")
        guard let handle = unsafe created else {
            throw LMDBError(call: "mdb_env_create", code: ENOMEM)
        }
        do throws(LMDBError) {
            try LMDBError.check(unsafe mdb_env_set_mapsize(handle, mapSize), "mdb_env_set_mapsize")
            try LMDBError.check(
                unsafe mdb_env_set_maxreaders(handle, maxReaders), "mdb_env_set_maxreaders")
            let code = unsafe directory.withPlatformString {
                unsafe mdb_env_open(handle, $0, flags, 0o664)
            }
            try LMDBError.check(code, "mdb_env_open")
        } catch {
            unsafe mdb_env_close(handle)
            throw error
        }
        return unsafe handle
    }

    private func begin(readOnly: Bool) throws(LMDBError) -> LMDBTransaction {
        if unsafe handle == nil { try reopen() }
        guard let handle = unsafe handle else {
            throw LMDBError(call: "mdb_env_open", code: MDB_PANIC)
        }
        do throws(LMDBError) {
            return try unsafe LMDBTransaction(handle, readOnly: readOnly)
        } catch {
            // Readers that died while they read have kept their slots.
            guard error.code == MDB_READERS_FULL else { throw error }
            try forgetDeadReaders()
            return try unsafe LMDBTransaction(handle, readOnly: readOnly)
        }
    }

    /// Runs `body` on one consistent state of the file.
    func read<Result>(
        _ body: (borrowing LMDBTransaction) throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        do throws(LMDBError) {
            let transaction = try begin(readOnly: true)
            let result = try body(transaction)
            try checkWhole()
            return result
        } catch {
            // A mapping with lost pages shows no others, whatever becomes of the file.
            if error.isDamage { close() }
            throw error
        }
    }

    /// Runs `body` and makes durable what it wrote, or nothing when it throws.
    ///
    /// When the commit itself fails the file says what holds.
    func write(
        _ body: (borrowing LMDBTransaction) throws(LMDBError) -> Void
    ) throws(LMDBError) {
        let transaction = try begin(readOnly: false)
        try body(transaction)
        try checkWhole()
        do throws(LMDBError) {
            try transaction.commit()
        } catch {
            close()
            throw error
        }
    }

    /// Frees the slots of readers that died.
    func forgetDeadReaders() throws(LMDBError) {
        guard let handle = unsafe handle else { return }
        var count: Int32 = 0
        // Unsafe: the handle is open.
        try LMDBError.check(unsafe mdb_reader_check(handle, &count), "mdb_reader_check")
    }
}

/// A transaction on the environment's one unnamed database; aborted unless it is committed.
@safe struct LMDBTransaction: ~Copyable {
    private let handle: OpaquePointer
    private let database: MDB_dbi

    fileprivate init(_ environment: OpaquePointer, readOnly: Bool) throws(LMDBError) {
        var begun: OpaquePointer?
        let flags = readOnly ? UInt32(MDB_RDONLY) : 0
        // Unsafe: plain calls on open handles; the transaction is aborted when one fails.
        try LMDBError.check(
            unsafe mdb_txn_begin(environment, nil, flags, &begun), "mdb_txn_begin")
        guard let handle = unsafe begun else {
            throw LMDBError(call: "mdb_txn_begin", code: ENOMEM)
        }
        var database: MDB_dbi = 0
        let code = unsafe mdb_dbi_open(handle, nil, 0, &database)
        guard code == MDB_SUCCESS else {
            unsafe mdb_txn_abort(handle)
            throw LMDBError(call: "mdb_dbi_open", code: code)
        }
        unsafe self.handle = handle
        self.database = database
    }

    deinit {
        // Unsafe: the handle is open; `commit` discards the value before it could be ended twice.
        unsafe mdb_txn_abort(handle)
    }

    fileprivate consuming func commit() throws(LMDBError) {
        let handle = unsafe handle
        discard self
        // Unsafe: the handle is ours; LMDB frees it whether the commit succeeds or not.
        try LMDBError.check(unsafe mdb_txn_commit(handle), "mdb_txn_commit")
    }

    /// A copy of the value of that key, or nil.
    func value(_ key: String) throws(LMDBError) -> [UInt8]? {
        var found = unsafe MDB_val()
        let code = unsafe Self.withValue(Array(key.utf8)) { key in
            unsafe mdb_get(handle, database, key, &found)
        }
        if code == MDB_NOTFOUND { return nil }
        try LMDBError.check(code, "mdb_get")
        return unsafe Self.bytes(found)
    }

    /// Sets the value of a key.
    func set(_ key: String, _ bytes: [UInt8]) throws(LMDBError) {
        let code = unsafe Self.withValue(Array(key.utf8)) { key in
            unsafe Self.withValue(bytes) { unsafe mdb_put(handle, database, key, $0, 0) }
        }
        try LMDBError.check(code, "mdb_put")
    }

    /// Removes a key, if it is there.
    func remove(_ key: String) throws(LMDBError) {
        let code = unsafe Self.withValue(Array(key.utf8)) {
            unsafe mdb_del(handle, database, $0, nil)
        }
        guard code != MDB_NOTFOUND else { return }
        try LMDBError.check(code, "mdb_del")
    }

    /// Copies of the keys that begin with `prefix` and of their values, in the order of the keys.
    func entries(prefix: String) throws(LMDBError) -> [(key: String, value: [UInt8])] {
        var cursor: OpaquePointer?
        // Unsafe: the cursor is closed below, before its transaction ends.
        try LMDBError.check(
            unsafe mdb_cursor_open(handle, database, &cursor), "mdb_cursor_open")
        defer { unsafe mdb_cursor_close(cursor) }
        let start = Array(prefix.utf8)
        var entries: [(key: String, value: [UInt8])] = []
        var operation = MDB_SET_RANGE
        while true {
            var value = unsafe MDB_val()
            let (code, key) = unsafe Self.withValue(start) { key in
                // Unsafe: LMDB leaves the key's place in `key`, valid inside the transaction.
                let code = unsafe mdb_cursor_get(cursor, key, &value, operation)
                return (code, code == MDB_SUCCESS ? unsafe Self.bytes(key.pointee) : [])
            }
            if code == MDB_NOTFOUND { return entries }
            try LMDBError.check(code, "mdb_cursor_get")
            guard key.starts(with: start) else { return entries }
            entries.append((String(decoding: key, as: UTF8.self), unsafe Self.bytes(value)))
            operation = MDB_NEXT
        }
    }

    /// Lends bytes to LMDB for the length of a call; it does not write to them.
    private static func withValue<Result>(
        _ bytes: [UInt8], _ body: (UnsafeMutablePointer<MDB_val>) -> Result
    ) -> Result {
        unsafe bytes.withUnsafeBytes { buffer in
            var value = unsafe MDB_val(
                mv_size: buffer.count,
                mv_data: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
            return unsafe body(&value)
        }
    }

    private static func bytes(_ value: MDB_val) -> [UInt8] {
        // Unsafe: LMDB says where a value lies and how long it is; the transaction is open.
        unsafe Array(UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
    }
}
