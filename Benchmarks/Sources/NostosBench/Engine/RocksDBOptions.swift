import Glibc
import RivalRocksDB

/// The memory that a RocksDB reader gives to decompressed blocks.
protocol RocksDBCache {
    static var size: Int { get }
}

enum Cache8G: RocksDBCache { static let size = 8 << 30 }

enum Cache512M: RocksDBCache { static let size = 512 << 20 }

/// RocksDB's options: what makes a static store small and its lookups fast.
///
/// zstd level 3 with a trained dictionary of 16 KiB, blocks of 16 KiB, a Bloom filter of 10 bits a
/// key, an LRU cache; the rest as RocksDB has it.
final class RocksDBOptions {
    let handle: OpaquePointer
    private let cache: OpaquePointer

    init(cacheSize: Int) throws {
        guard let handle = rocksdb_options_create(),
            let cache = rocksdb_cache_create_lru(cacheSize),
            let table = rocksdb_block_based_options_create()
        else { throw Failure("RocksDB: out of memory") }
        (self.handle, self.cache) = (handle, cache)
        let dictionarySize: Int32 = 16 << 10
        rocksdb_options_set_compression(handle, Int32(rocksdb_zstd_compression))
        // Window bits and strategy as RocksDB has them.
        rocksdb_options_set_compression_options(handle, -14, 3, 0, dictionarySize)
        rocksdb_options_set_compression_options_zstd_max_train_bytes(handle, 100 * dictionarySize)
        // Without a bound the writer would hold all blocks until the dictionary is trained.
        rocksdb_options_set_compression_options_max_dict_buffer_bytes(handle, 64 << 20)
        rocksdb_block_based_options_set_block_size(table, 16 << 10)
        rocksdb_block_based_options_set_filter_policy(
            table, rocksdb_filterpolicy_create_bloom_full(10))
        rocksdb_block_based_options_set_format_version(table, 5)
        rocksdb_block_based_options_set_block_cache(table, cache)
        rocksdb_options_set_block_based_table_factory(handle, table)
        rocksdb_block_based_options_destroy(table)
        rocksdb_options_set_max_open_files(handle, -1)
        rocksdb_options_set_create_if_missing(handle, 1)
    }

    deinit {
        rocksdb_options_destroy(handle)
        rocksdb_cache_destroy(cache)
    }
}

/// Calls a function of RocksDB that reports through an error text.
@inline(__always)
func rocksdb<T>(_ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T) throws -> T {
    var text: UnsafeMutablePointer<CChar>?
    let result = body(&text)
    if let text {
        defer { rocksdb_free(text) }
        throw Failure("RocksDB: \(String(cString: text))")
    }
    return result
}
