// The server's door to libzstd.
import CZstd

/// Compresses a content as one zstd frame (RFC 8878); owns a `ZSTD_CCtx`, freed exactly once.
@safe final class ZstdEncoder {
    /// The compression favours speed, and its window is 128 KiB, so that a slow client holds little
    /// memory.
    private static let level: CInt = 1
    private static let windowLog: CInt = 17
    private static let roomSize = 16 << 10

    // Unsafe: made by init, freed by deinit.
    private let context: OpaquePointer

    init() {
        guard let context = unsafe ZSTD_createCCtx() else { fatalError("zstd: no memory") }
        unsafe self.context = unsafe context
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Self.level)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, Self.windowLog)
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// The encoder's memory, in bytes.
    var heldSize: Int { unsafe ZSTD_sizeof_CCtx(context) }

    /// Appends the coded bytes that are ready after `piece`; all that are left where it `isLast`.
    func append(_ piece: Span<UInt8>, isLast: Bool, to output: inout [UInt8]) {
        unsafe piece.withUnsafeBytes { bytes in
            // Unsafe: zstd reads and writes only within the two buffers, whose sizes it is given,
            // and only during the calls.
            var input = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            var hasMore = true
            while hasMore {
                output.append(addingCapacity: Self.roomSize) { span in
                    unsafe span.withUnsafeMutableBufferPointer { room, count in
                        var part = unsafe ZSTD_outBuffer(
                            dst: room.baseAddress, size: Self.roomSize, pos: 0)
                        let left = unsafe ZSTD_compressStream2(
                            context, &part, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
                        guard !nostos_zstd_is_error(left) else { fatalError("zstd: no memory") }
                        count = unsafe part.pos
                        hasMore =
                            isLast
                            ? left > 0 : unsafe input.pos < input.size || part.pos == part.size
                    }
                }
            }
        }
    }
}
