import Glibc
import Nostos
import RivalSQLite

/// SQLite: an integer key is the rowid; string keys have an index beside the rows, since SQLite
/// advises against tables without rowid for rows above a twentieth of a page.
struct SQLiteEngine: Engine {
    private static let fileName = "data.sqlite"
    private let folder: String
    private let set: DataSet

    static func build(in folder: String, from data: MappedData, _ order: BuildOrder) throws {
        let connection = try SQLiteConnection(
            "file:\(folder)/\(fileName)",
            flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        try connection.run("PRAGMA journal_mode=OFF")
        try connection.run("PRAGMA synchronous=OFF")
        try connection.run("PRAGMA cache_size=-262144")
        let isInteger = data.set.schema.key.isInt64
        try connection.run(
            isInteger
                ? "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT NOT NULL)"
                : "CREATE TABLE t(k BLOB PRIMARY KEY, v TEXT NOT NULL)")
        try connection.run("BEGIN")
        let insert = try connection.prepare("INSERT INTO t VALUES(?,?)")
        for row in data.rows(order) {
            bind(data.keys[row], to: insert, isInteger: isInteger)
            let text = data.texts[row]
            sqlite3_bind_text(insert, 2, text.chars, Int32(text.count), nil)
            guard sqlite3_step(insert) == SQLITE_DONE else { throw connection.failure }
            sqlite3_reset(insert)
        }
        sqlite3_finalize(insert)
        try connection.run("COMMIT")
        let path = "\(folder)/\(fileName)"
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw systemFailure("fsync", path) }
    }

    init(opening folder: String, _ set: DataSet) throws {
        self.folder = folder
        self.set = set
    }

    /// Each thread has its own connection, as SQLite advises.
    func makeReader() throws -> SQLiteReader {
        let connection = try SQLiteConnection(
            "file:\(folder)/\(Self.fileName)?immutable=1", flags: SQLITE_OPEN_READONLY)
        try connection.run("PRAGMA mmap_size=2147418112")
        try connection.run("PRAGMA cache_size=-262144")
        return try SQLiteReader(connection, set)
    }

    @inline(__always)
    fileprivate static func bind(
        _ key: UnsafeRawBufferPointer, to statement: OpaquePointer?, isInteger: Bool
    ) {
        if isInteger {
            let bits = UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) ^ (1 << 63)
            sqlite3_bind_int64(statement, 1, Int64(bitPattern: bits))
        } else {
            // nil for the destructor: the bytes stay as they are until the step.
            sqlite3_bind_blob(statement, 1, key.baseAddress, Int32(key.count), nil)
        }
    }
}

final class SQLiteReader: EngineReader {
    private let connection: SQLiteConnection
    private let lookup: OpaquePointer?
    private let isInteger: Bool
    private var cutters: [FieldCutter]

    init(_ connection: SQLiteConnection, _ set: DataSet) throws {
        self.connection = connection
        lookup = try connection.prepare("SELECT v FROM t WHERE k=?")
        isInteger = set.schema.key.isInt64
        cutters = FieldCutter.cutters(set)
    }

    deinit { sqlite3_finalize(lookup) }

    func get(
        _ key: UnsafeRawBufferPointer, _ asked: Asked, into output: inout [UInt8]
    ) throws -> Bool {
        SQLiteEngine.bind(key, to: lookup, isInteger: isInteger)
        defer { sqlite3_reset(lookup) }
        switch sqlite3_step(lookup) {
        case SQLITE_ROW:
            try append(lookup, asked, to: &output)
            return true
        case SQLITE_DONE: return false
        default: throw connection.failure
        }
    }

    func scan(through output: inout [UInt8]) throws -> (rows: Int, bytes: Int) {
        let statement = try connection.prepare("SELECT v FROM t")
        defer { sqlite3_finalize(statement) }
        var (rows, bytes) = (0, 0)
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                output.removeAll(keepingCapacity: true)
                try append(statement, .all, to: &output)
                rows += 1
                bytes += output.count
            case SQLITE_DONE: return (rows, bytes)
            default: throw connection.failure
            }
        }
    }

    private func append(
        _ statement: OpaquePointer?, _ asked: Asked, to output: inout [UInt8]
    ) throws {
        let text = sqlite3_column_text(statement, 0)
        let size = Int(sqlite3_column_bytes(statement, 0))
        try cutters[asked.rawValue].append(
            UnsafeRawBufferPointer(start: text, count: size), to: &output)
    }
}

final class SQLiteConnection {
    private let handle: OpaquePointer

    init(_ uri: String, flags: Int32) throws {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(
            uri, &handle, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle, code == SQLITE_OK else {
            sqlite3_close(handle)
            throw Failure("SQLite: \(uri): \(String(cString: sqlite3_errstr(code)))")
        }
        self.handle = handle
    }

    deinit { sqlite3_close_v2(handle) }

    var failure: Failure { Failure("SQLite: \(String(cString: sqlite3_errmsg(handle)))") }

    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
    }

    func prepare(_ sql: String) throws -> OpaquePointer? {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
            throw failure
        }
        return statement
    }
}
