import Glibc
import RivalZstd

/// One value at a time through zstd, level 3, with a trained dictionary.
enum ZstdValues {
    static let dictionarySize = 64 << 10
    static let level: Int32 = 3

    /// Trains on 100 times the dictionary's size of values spread over the data set.
    static func train(_ texts: MappedList) throws -> [UInt8] {
        let averageSize = max(
            1, (0..<100).reduce(0) { $0 + texts[$1 * texts.count / 100].count } / 100)
        let count = min(texts.count, 100 * dictionarySize / averageSize)
        var samples: [UInt8] = []
        var sizes: [Int] = []
        for index in 0..<count {
            let text = texts[index * texts.count / count]
            samples.append(contentsOf: text)
            sizes.append(text.count)
        }
        var dictionary = [UInt8](repeating: 0, count: dictionarySize)
        let size = ZDICT_trainFromBuffer(
            &dictionary, dictionary.count, samples, sizes, UInt32(count))
        guard ZDICT_isError(size) == 0 else {
            throw Failure("zstd: \(String(cString: ZDICT_getErrorName(size)))")
        }
        dictionary.removeLast(dictionary.count - size)
        return dictionary
    }
}

final class ZstdCompressor {
    private let context: OpaquePointer
    private let dictionary: OpaquePointer
    private var buffer: [UInt8] = []

    init(_ bytes: [UInt8]) throws {
        guard let context = ZSTD_createCCtx(),
            let dictionary = ZSTD_createCDict(bytes, bytes.count, ZstdValues.level)
        else { throw Failure("zstd: out of memory") }
        (self.context, self.dictionary) = (context, dictionary)
    }

    deinit {
        ZSTD_freeCDict(dictionary)
        ZSTD_freeCCtx(context)
    }

    func withCompressed<T>(
        _ value: UnsafeRawBufferPointer, _ body: (UnsafeMutableRawBufferPointer) throws -> T
    ) throws -> T {
        let bound = ZSTD_compressBound(value.count)
        if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
        return try buffer.withUnsafeMutableBytes { buffer in
            let size = ZSTD_compress_usingCDict(
                context, buffer.baseAddress, buffer.count, value.baseAddress, value.count,
                dictionary)
            guard ZSTD_isError(size) == 0 else {
                throw Failure("zstd: \(String(cString: ZSTD_getErrorName(size)))")
            }
            return try body(UnsafeMutableRawBufferPointer(rebasing: buffer[..<size]))
        }
    }
}

final class ZstdDecompressor {
    private let context: OpaquePointer
    private let dictionary: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer

    /// `limit` bounds the size of a value.
    init(_ bytes: [UInt8], limit: Int = 1 << 20) throws {
        guard let context = ZSTD_createDCtx(),
            let dictionary = ZSTD_createDDict(bytes, bytes.count)
        else { throw Failure("zstd: out of memory") }
        (self.context, self.dictionary) = (context, dictionary)
        buffer = .allocate(byteCount: limit, alignment: 64)
    }

    deinit {
        ZSTD_freeDDict(dictionary)
        ZSTD_freeDCtx(context)
        buffer.deallocate()
    }

    /// The value's bytes, valid until the next call.
    @inline(__always)
    func decompress(_ frame: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
        let size = ZSTD_decompress_usingDDict(
            context, buffer.baseAddress, buffer.count, frame.baseAddress, frame.count, dictionary)
        guard ZSTD_isError(size) == 0 else {
            throw Failure("zstd: \(String(cString: ZSTD_getErrorName(size)))")
        }
        return UnsafeRawBufferPointer(start: buffer.baseAddress, count: size)
    }
}
