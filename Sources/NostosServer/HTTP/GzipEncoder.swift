// The server's door to zlib.
import CZlib

/// Compresses a content as gzip (RFC 1952); owns a `z_stream`, ended exactly once.
@safe final class GzipEncoder {
    /// About what zlib allocates with its largest window, in bytes.
    static let heldSize = 264 << 10
    private static let roomSize = 16 << 10

    // Unsafe: zlib keeps the address of the stream in its state, so that it lies at one place; made
    // by init, freed by deinit.
    private let stream: UnsafeMutablePointer<z_stream>

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe nostos_gzip_begin(stream) == Z_OK else { fatalError("zlib: no memory") }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends the coded bytes that are ready after `piece`; all that are left where it `isLast`.
    func append(_ piece: Span<UInt8>, isLast: Bool, to output: inout [UInt8]) {
        unsafe piece.withUnsafeBufferPointer { input in
            // Unsafe: zlib reads and writes only within the two buffers, whose sizes it is given,
            // and only during the calls; it does not write to its input.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(input.count)
            var isFull = true
            while isFull {
                output.append(addingCapacity: Self.roomSize) { span in
                    unsafe span.withUnsafeMutableBufferPointer { room, count in
                        unsafe stream.pointee.next_out = room.baseAddress
                        unsafe stream.pointee.avail_out = UInt32(Self.roomSize)
                        unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                        count = unsafe Self.roomSize - Int(stream.pointee.avail_out)
                        isFull = unsafe stream.pointee.avail_out == 0
                    }
                }
            }
        }
    }
}
