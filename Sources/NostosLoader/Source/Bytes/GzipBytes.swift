// The door to zlib: no other file imports CZlib.
import CZlib

/// The contents of a gzip file (RFC 1952), of one member or several; owns a `z_stream`.
@safe final class GzipBytes: ByteInput {
    private let input: any ByteInput
    // Unsafe: zlib keeps the address of the stream in its state, so that it lies at one place; made
    // by init, freed by deinit.
    private let stream: UnsafeMutablePointer<z_stream>
    /// The compressed piece at hand, and how much of it is used.
    private var piece: [UInt8] = []
    private var used = 0
    /// The offset in the file at which the piece begins.
    private var pieceOffset = 0
    private var isInMember = false
    private var hasMember = false
    /// Whether the last call filled all the space that it was given, so that there may be more.
    private var hasMore = false

    /// Decompresses the bytes of `input`.
    init(_ input: any ByteInput) {
        self.input = input
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe nostos_gzip_init(stream) == Z_OK else { fatalError("zlib: no memory") }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func read(into bytes: inout [UInt8]) throws(ByteInputError) -> Bool {
        while true {
            if !hasMore, used == piece.count, try !refill() {
                guard !isInMember, hasMember else {
                    throw damaged("the file ends in the middle of its data")
                }
                return false
            }
            isInMember = true
            if try inflate(into: &bytes) > 0 { return true }
        }
    }

    private func refill() throws(ByteInputError) -> Bool {
        pieceOffset += piece.count
        piece.removeAll(keepingCapacity: true)
        used = 0
        return try input.read(into: &piece)
    }

    /// Decompresses as much of the piece as one call takes, and appends the result.
    private func inflate(into bytes: inout [UInt8]) throws(ByteInputError) -> Int {
        var code = Z_OK
        var written = 0
        bytes.append(addingCapacity: ByteInputs.pieceSize) { span in
            unsafe span.withUnsafeMutableBufferPointer { output, count in
                unsafe piece.withUnsafeMutableBufferPointer { input in
                    // Unsafe: zlib reads and writes only within the two buffers, whose sizes it is
                    // given, and only during the call.
                    unsafe stream.pointee.next_in = input.baseAddress.map { unsafe $0 + used }
                    unsafe stream.pointee.avail_in = UInt32(input.count - used)
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(ByteInputs.pieceSize)
                    code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                    used = unsafe input.count - Int(stream.pointee.avail_in)
                    written = unsafe ByteInputs.pieceSize - Int(stream.pointee.avail_out)
                    count = written
                }
            }
        }
        hasMore = code == Z_OK && written == ByteInputs.pieceSize
        switch code {
        case Z_STREAM_END:
            (isInMember, hasMember) = (false, true)
            unsafe inflateReset(stream)
        case Z_OK, Z_BUF_ERROR: break
        default:
            let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
            throw damaged(message ?? "zlib's error \(code)")
        }
        return written
    }

    private func damaged(_ reason: String) -> ByteInputError {
        .damaged(offset: pieceOffset + used, reason: "gzip: \(reason)")
    }
}
