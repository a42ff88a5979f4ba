/// A store that takes part.
///
/// It is built once from the rows of a data set and then only read. All answer the same question:
/// the JSON text of the asked fields of a key, appended to the caller's buffer.
protocol Engine: SendableMetatype {
    associatedtype Reader: EngineReader

    /// Builds a store in the folder, which exists and is empty, and makes it durable.
    static func build(in folder: String, from data: MappedData, _ order: BuildOrder) throws

    /// Opens a built store, read-only.
    init(opening folder: String, _ set: DataSet) throws

    /// A reader for one thread, valid as long as the engine.
    func makeReader() throws -> Reader
}

/// The reader of one thread.
protocol EngineReader: SendableMetatype {
    /// Appends the answer; false when there is no such key, and nothing was appended.
    mutating func get(
        _ key: UnsafeRawBufferPointer, _ asked: Asked, into output: inout [UInt8]
    ) throws -> Bool

    /// Appends the answers of all fields for the keys, one after another; gives how many there
    /// were.
    mutating func getBatch(_ keys: [UnsafeRawBufferPointer], into output: inout [UInt8]) throws
        -> Int

    /// Gives each record's whole answer, in the store's own order, through a buffer that is used
    /// again: the number of records and bytes.
    mutating func scan(through output: inout [UInt8]) throws -> (rows: Int, bytes: Int)
}

extension EngineReader {
    mutating func getBatch(
        _ keys: [UnsafeRawBufferPointer], into output: inout [UInt8]
    ) throws -> Int {
        var found = 0
        for key in keys where try get(key, .all, into: &output) { found += 1 }
        return found
    }
}

/// The engines by the names that the report and `--engines` use.
enum EngineName: String, CaseIterable {
    case nostos
    case rocksdb8G = "rocksdb-8g"
    case rocksdb512M = "rocksdb-512m"
    case lmdb
    case lmdbZstd = "lmdb-zstd"
    case cdb
    case sqlite

    /// The engine whose store it reads: both RocksDB readers share one.
    var builder: EngineName { self == .rocksdb512M ? .rocksdb8G : self }

    var isBuilder: Bool { builder == self }
}
