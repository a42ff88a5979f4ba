// A door to libzstd, as Nostos/Table/Zstd.swift is for tables: here whole files of others come in.
import CZstd

/// The contents of a zstd file (RFC 8878), of one frame or several; owns a `ZSTD_DCtx`.
///
/// Frames whose window is above 128 MiB (`zstd --long=28` and up) are refused, as `zstd` itself
/// does without `--long`: the window is memory.
@safe final class ZstdBytes: ByteInput {
    private let input: any ByteInput
    private let context: OpaquePointer
    /// The compressed piece at hand, and how much of it is used.
    private var piece: [UInt8] = []
    private var used = 0
    /// The offset in the file at which the piece begins.
    private var pieceOffset = 0
    private var isInFrame = false
    private var hasFrame = false
    /// Whether the last call filled all the space that it was given, so that there may be more.
    private var hasMore = false

    /// Decompresses the bytes of `input`.
    init(_ input: any ByteInput) {
        self.input = input
        guard let context = unsafe ZSTD_createDCtx() else { fatalError("zstd: no memory") }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    func read(into bytes: inout [UInt8]) throws(ByteInputError) -> Bool {
        while true {
            if !hasMore, used == piece.count, try !refill() {
                guard !isInFrame, hasFrame else {
                    throw damaged("the file ends in the middle of its data")
                }
                return false
            }
            if try decompress(into: &bytes) > 0 { return true }
        }
    }

    private func refill() throws(ByteInputError) -> Bool {
        pieceOffset += piece.count
        piece.removeAll(keepingCapacity: true)
        used = 0
        return try input.read(into: &piece)
    }

    /// Decompresses as much of the piece as one call takes, and appends the result.
    private func decompress(into bytes: inout [UInt8]) throws(ByteInputError) -> Int {
        var code = 0
        var written = 0
        bytes.append(addingCapacity: ByteInputs.pieceSize) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                unsafe piece.withUnsafeBufferPointer { compressed in
                    // Unsafe: libzstd reads and writes only within the two buffers, whose sizes it
                    // is given, and only during the call.
                    var output = unsafe ZSTD_outBuffer(
                        dst: buffer.baseAddress, size: ByteInputs.pieceSize, pos: 0)
                    var source = unsafe ZSTD_inBuffer(
                        src: compressed.baseAddress, size: compressed.count, pos: used)
                    code = unsafe ZSTD_decompressStream(context, &output, &source)
                    used = unsafe source.pos
                    written = unsafe output.pos
                    count = written
                }
            }
        }
        guard !nostos_zstd_is_error(code) else {
            throw damaged(unsafe String(cString: ZSTD_getErrorName(code)))
        }
        isInFrame = code != 0
        hasFrame = hasFrame || code == 0
        hasMore = isInFrame && written == ByteInputs.pieceSize
        return written
    }

    private func damaged(_ reason: String) -> ByteInputError {
        .damaged(offset: pieceOffset + used, reason: "zstd: \(reason)")
    }
}
