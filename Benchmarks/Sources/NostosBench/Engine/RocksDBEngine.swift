import Glibc
import RivalRocksDB

/// RocksDB: sorted files of compressed blocks, with a cache of decompressed ones.
final class RocksDBEngine<Cache: RocksDBCache>: Engine {
    private let options: RocksDBOptions
    fileprivate let readOptions: OpaquePointer
    fileprivate let database: OpaquePointer
    fileprivate let family: OpaquePointer
    fileprivate let set: DataSet

    static func build(in folder: String, from data: MappedData, _ order: BuildOrder) throws {
        let options = try RocksDBOptions(cacheSize: 64 << 20)
        switch order {
        case .sorted: try buildSorted(in: folder, data, options)
        case .shuffled: try buildShuffled(in: folder, data, options)
        }
    }

    init(opening folder: String, _ set: DataSet) throws {
        let options = try RocksDBOptions(cacheSize: Cache.size)
        self.options = options
        self.set = set
        var family: OpaquePointer?
        let database = try "default".withCString { name in
            var name: UnsafePointer<CChar>? = name
            var familyOptions: OpaquePointer? = options.handle
            return try rocksdb {
                rocksdb_open_for_read_only_column_families(
                    options.handle, folder, 1, &name, &familyOptions, &family, 0, $0)
            }
        }
        guard let database, let family, let readOptions = rocksdb_readoptions_create() else {
            throw Failure("RocksDB: no handle")
        }
        (self.database, self.family, self.readOptions) = (database, family, readOptions)
    }

    deinit {
        rocksdb_readoptions_destroy(readOptions)
        rocksdb_column_family_handle_destroy(family)
        rocksdb_close(database)
    }

    /// All threads share the handle.
    func makeReader() throws -> RocksDBReader<Cache> {
        RocksDBReader(self)
    }

    /// One sorted file, written outside the store and moved in: RocksDB's fastest way.
    private static func buildSorted(
        in folder: String, _ data: MappedData, _ options: RocksDBOptions
    ) throws {
        let path = "\(folder)/ingest.sst"
        let environment = rocksdb_envoptions_create()
        defer { rocksdb_envoptions_destroy(environment) }
        let writer = rocksdb_sstfilewriter_create(environment, options.handle)
        defer { rocksdb_sstfilewriter_destroy(writer) }
        try rocksdb { rocksdb_sstfilewriter_open(writer, path, $0) }
        for row in 0..<data.rowCount {
            let (key, text) = (data.keys[row], data.texts[row])
            try rocksdb {
                rocksdb_sstfilewriter_put(
                    writer, key.chars, key.count, text.chars, text.count, $0)
            }
        }
        try rocksdb { rocksdb_sstfilewriter_finish(writer, $0) }
        let database = try rocksdb { rocksdb_open(options.handle, folder, $0) }
        defer { rocksdb_close(database) }
        let ingestion = rocksdb_ingestexternalfileoptions_create()
        defer { rocksdb_ingestexternalfileoptions_destroy(ingestion) }
        rocksdb_ingestexternalfileoptions_set_move_files(ingestion, 1)
        try path.withCString { name in
            var name: UnsafePointer<CChar>? = name
            try rocksdb { rocksdb_ingest_external_file(database, &name, 1, ingestion, $0) }
        }
    }

    /// Batches without a log into level 0, then one compaction: RocksDB's advice for bulk loads.
    private static func buildShuffled(
        in folder: String, _ data: MappedData, _ options: RocksDBOptions
    ) throws {
        rocksdb_options_prepare_for_bulk_load(options.handle)
        rocksdb_options_set_max_background_jobs(options.handle, 2)
        let database = try rocksdb { rocksdb_open(options.handle, folder, $0) }
        defer { rocksdb_close(database) }
        let writing = rocksdb_writeoptions_create()
        defer { rocksdb_writeoptions_destroy(writing) }
        rocksdb_writeoptions_disable_WAL(writing, 1)
        let batch = rocksdb_writebatch_create()
        defer { rocksdb_writebatch_destroy(batch) }
        for row in data.rows(.shuffled) {
            let (key, text) = (data.keys[row], data.texts[row])
            rocksdb_writebatch_put(batch, key.chars, key.count, text.chars, text.count)
            if rocksdb_writebatch_count(batch) == 1000 {
                try rocksdb { rocksdb_write(database, writing, batch, $0) }
                rocksdb_writebatch_clear(batch)
            }
        }
        try rocksdb { rocksdb_write(database, writing, batch, $0) }
        let flushing = rocksdb_flushoptions_create()
        defer { rocksdb_flushoptions_destroy(flushing) }
        try rocksdb { rocksdb_flush(database, flushing, $0) }
        rocksdb_compact_range(database, nil, 0, nil, 0)
    }
}

final class RocksDBReader<Cache: RocksDBCache>: EngineReader {
    /// Held so that the database outlives its readers.
    private let engine: RocksDBEngine<Cache>
    private let database: OpaquePointer
    private let family: OpaquePointer
    private let options: OpaquePointer
    private var cutters: [FieldCutter]
    // Reused by `getBatch`.
    private var keys: [UnsafePointer<CChar>?] = []
    private var sizes: [Int] = []
    private var values: [OpaquePointer?] = []
    private var errors: [UnsafeMutablePointer<CChar>?] = []

    init(_ engine: RocksDBEngine<Cache>) {
        self.engine = engine
        (database, family, options) = (engine.database, engine.family, engine.readOptions)
        cutters = FieldCutter.cutters(engine.set)
    }

    @inline(__always)
    func get(
        _ key: UnsafeRawBufferPointer, _ asked: Asked, into output: inout [UInt8]
    ) throws -> Bool {
        let value = try rocksdb {
            rocksdb_get_pinned(database, options, key.chars, key.count, $0)
        }
        guard let value else { return false }
        defer { rocksdb_pinnableslice_destroy(value) }
        try append(value, asked, to: &output)
        return true
    }

    /// RocksDB's own batch, which reads each block once.
    func getBatch(_ batch: [UnsafeRawBufferPointer], into output: inout [UInt8]) throws -> Int {
        keys = batch.map(\.chars)
        sizes = batch.map(\.count)
        values = Array(repeating: nil, count: batch.count)
        errors = Array(repeating: nil, count: batch.count)
        rocksdb_batched_multi_get_cf(
            database, options, family, batch.count, keys, sizes, &values, &errors, false)
        var found = 0
        for index in batch.indices {
            if let error = errors[index] {
                defer { rocksdb_free(error) }
                throw Failure("RocksDB: \(String(cString: error))")
            }
            guard let value = values[index] else { continue }
            defer { rocksdb_pinnableslice_destroy(value) }
            try append(value, .all, to: &output)
            found += 1
        }
        return found
    }

    func scan(through output: inout [UInt8]) throws -> (rows: Int, bytes: Int) {
        let iterator = rocksdb_create_iterator(database, options)
        defer { rocksdb_iter_destroy(iterator) }
        var (rows, bytes) = (0, 0)
        rocksdb_iter_seek_to_first(iterator)
        while rocksdb_iter_valid(iterator) != 0 {
            var size = 0
            let text = rocksdb_iter_value(iterator, &size)
            output.removeAll(keepingCapacity: true)
            try cutters[Asked.all.rawValue].append(
                UnsafeRawBufferPointer(start: text, count: size), to: &output)
            rows += 1
            bytes += output.count
            rocksdb_iter_next(iterator)
        }
        try rocksdb { rocksdb_iter_get_error(iterator, $0) }
        return (rows, bytes)
    }

    @inline(__always)
    private func append(
        _ value: OpaquePointer, _ asked: Asked, to output: inout [UInt8]
    ) throws {
        var size = 0
        let text = rocksdb_pinnableslice_value(value, &size)
        try cutters[asked.rawValue].append(
            UnsafeRawBufferPointer(start: text, count: size), to: &output)
    }
}
