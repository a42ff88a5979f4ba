import CZstd

// The loader's door to libzstd: runs on scratch disks. (Tables have their own.)

/// Compresses the blocks of runs; owns one `ZSTD_CCtx`, freed exactly once.
@safe struct RunCompressor: ~Copyable {
    /// zstd's fastest regular level: a run is written once and read once.
    private static let level: CInt = 1

    private let context: OpaquePointer

    init() {
        guard let context = unsafe ZSTD_createCCtx() else {
            fatalError("zstd: no memory for a compression context")
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// What the context takes.
    var size: Int { unsafe ZSTD_sizeof_CCtx(context) }

    /// The most bytes that compressing `size` bytes may give.
    static func maxCompressedSize(of size: Int) -> Int { ZSTD_compressBound(size) }

    /// Compresses `bytes` into `target` from `offset` on and returns the frame's size, or nil when
    /// the frame does not fit there.
    func compress(_ bytes: [UInt8], into target: inout [UInt8], at offset: Int) -> Int? {
        // Unsafe: libzstd reads and writes only within the two buffers, whose sizes it is given,
        // and only during the call.
        let result = unsafe target.withUnsafeMutableBytes { output in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: output[offset...])
            return unsafe bytes.withUnsafeBytes { input in
                unsafe ZSTD_compressCCtx(
                    context, free.baseAddress, free.count, input.baseAddress, input.count,
                    Self.level)
            }
        }
        return nostos_zstd_is_error(result) ? nil : result
    }
}

/// Decompresses the blocks of runs; owns one `ZSTD_DCtx`, freed exactly once.
@safe struct RunDecompressor: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let context = unsafe ZSTD_createDCtx() else {
            fatalError("zstd: no memory for a decompression context")
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// What the context takes.
    var size: Int { unsafe ZSTD_sizeof_DCtx(context) }

    /// Decompresses a frame into `target` in place of what is there, and returns the number of bytes,
    /// or nil when the frame is bad or does not fit: nothing is there then.
    func decompress(_ frame: Span<UInt8>, into target: inout SortMemory<UInt8>) -> Int? {
        // Unsafe: libzstd reads and writes only within the two buffers, whose sizes it is given,
        // and only during the call.
        unsafe target.replaceAll { output in
            let result = unsafe frame.withUnsafeBytes { input in
                unsafe ZSTD_decompressDCtx(
                    context, output.baseAddress, output.count, input.baseAddress, input.count)
            }
            return nostos_zstd_is_error(result) ? nil : result
        }
    }
}
