import Glibc
import RivalLMDB

/// The form in which LMDB stores a value.
protocol LMDBValues {
    static var isCompressed: Bool { get }
}

/// The JSON text as it is.
enum RawValues: LMDBValues { static let isCompressed = false }

/// The JSON text through zstd, each by itself, with a dictionary that lies beside the store.
enum CompressedValues: LMDBValues { static let isCompressed = true }

/// LMDB: a B+tree in one mapped file.
final class LMDBEngine<Values: LMDBValues>: Engine {
    fileprivate let environment: OpaquePointer
    fileprivate let set: DataSet
    fileprivate let dictionary: [UInt8]

    static func build(in folder: String, from data: MappedData, _ order: BuildOrder) throws {
        let environment = try lmdbOpen(folder, flags: MDB_NOSYNC)
        defer { mdb_env_close(environment) }
        var compressor: ZstdCompressor?
        if Values.isCompressed {
            let dictionary = try ZstdValues.train(data.texts)
            compressor = try ZstdCompressor(dictionary)
            let file = try OutputFile(creating: "\(folder)/dictionary")
            dictionary.withUnsafeBytes { file.write($0) }
            try file.close()
        }
        let flags = order == .sorted ? UInt32(MDB_APPEND) : 0
        var transaction: OpaquePointer?
        var database: MDB_dbi = 0
        try lmdb(mdb_txn_begin(environment, nil, 0, &transaction))
        try lmdb(mdb_dbi_open(transaction, nil, UInt32(MDB_CREATE), &database))
        for row in data.rows(order) {
            if let compressor {
                try compressor.withCompressed(data.texts[row]) { value in
                    try put(
                        data.keys[row], UnsafeRawBufferPointer(value), transaction, database, flags)
                }
            } else {
                try put(data.keys[row], data.texts[row], transaction, database, flags)
            }
        }
        try lmdb(mdb_txn_commit(transaction))
        try lmdb(mdb_env_sync(environment, 1))
    }

    init(opening folder: String, _ set: DataSet) throws {
        environment = try lmdbOpen(folder, flags: MDB_RDONLY | MDB_NOTLS)
        self.set = set
        dictionary =
            Values.isCompressed ? Array(try MappedBytes("\(folder)/dictionary").bytes) : []
    }

    deinit { mdb_env_close(environment) }

    func makeReader() throws -> LMDBReader<Values> {
        try LMDBReader(self)
    }

    @inline(__always)
    private static func put(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
        _ transaction: OpaquePointer?, _ database: MDB_dbi, _ flags: UInt32
    ) throws {
        var key = MDB_val(key)
        var value = MDB_val(value)
        try lmdb(mdb_put(transaction, database, &key, &value, flags))
    }
}

/// One read transaction, held open: the store does not change.
final class LMDBReader<Values: LMDBValues>: EngineReader {
    /// Held so that the environment outlives the transaction.
    private let engine: LMDBEngine<Values>
    private var transaction: OpaquePointer?
    private var database: MDB_dbi = 0
    private var cutters: [FieldCutter]
    private let decompressor: ZstdDecompressor?

    init(_ engine: LMDBEngine<Values>) throws {
        self.engine = engine
        cutters = FieldCutter.cutters(engine.set)
        decompressor = Values.isCompressed ? try ZstdDecompressor(engine.dictionary) : nil
        try lmdb(mdb_txn_begin(engine.environment, nil, UInt32(MDB_RDONLY), &transaction))
        try lmdb(mdb_dbi_open(transaction, nil, 0, &database))
    }

    deinit { mdb_txn_abort(transaction) }

    @inline(__always)
    func get(
        _ key: UnsafeRawBufferPointer, _ asked: Asked, into output: inout [UInt8]
    ) throws -> Bool {
        var key = MDB_val(key)
        var value = MDB_val()
        let code = mdb_get(transaction, database, &key, &value)
        if code == MDB_NOTFOUND { return false }
        try lmdb(code)
        try append(value, asked, to: &output)
        return true
    }

    func scan(through output: inout [UInt8]) throws -> (rows: Int, bytes: Int) {
        var cursor: OpaquePointer?
        try lmdb(mdb_cursor_open(transaction, database, &cursor))
        defer { mdb_cursor_close(cursor) }
        var (rows, bytes) = (0, 0)
        var key = MDB_val()
        var value = MDB_val()
        while true {
            let code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
            if code == MDB_NOTFOUND { return (rows, bytes) }
            try lmdb(code)
            output.removeAll(keepingCapacity: true)
            try append(value, .all, to: &output)
            rows += 1
            bytes += output.count
        }
    }

    @inline(__always)
    private func append(_ value: MDB_val, _ asked: Asked, to output: inout [UInt8]) throws {
        var text = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
        if Values.isCompressed, let decompressor { text = try decompressor.decompress(text) }
        try cutters[asked.rawValue].append(text, to: &output)
    }
}

extension MDB_val {
    /// LMDB does not write through the pointer: it is a key or a value to copy.
    @inline(__always)
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(
            mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}

@inline(__always)
private func lmdb(_ code: Int32) throws {
    if code != 0 { throw Failure("LMDB: \(String(cString: mdb_strerror(code)))") }
}

private func lmdbOpen(_ folder: String, flags: Int32) throws -> OpaquePointer {
    var environment: OpaquePointer?
    try lmdb(mdb_env_create(&environment))
    guard let environment else { throw Failure("LMDB: no environment") }
    try lmdb(mdb_env_set_mapsize(environment, 64 << 30))
    try lmdb(mdb_env_open(environment, folder, UInt32(flags), 0o644))
    return environment
}
