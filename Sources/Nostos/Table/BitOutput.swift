/// Codes of different widths, bit after bit from the least significant bit of the first byte on.
struct BitOutput {
    private var bytes: [UInt8] = []
    /// Where ``append(_:width:)`` puts the next code.
    private(set) var bitCount = 0

    /// How many bytes hold what was appended.
    var byteCount: Int { (bitCount + 7) / 8 }

    /// Empties, with `size` bytes of zeros.
    mutating func reset(size: Int) {
        bitCount = 0
        let room = size + 16
        if bytes.count < room { bytes = [UInt8](repeating: 0, count: room) }
        for index in bytes.indices { bytes[index] = 0 }
    }

    /// Puts a code of at most 64 bits at a bit where nothing stands yet.
    @inline(__always)
    mutating func put(_ code: UInt64, at bit: Int) {
        let shift = UInt64(bit % 8)
        precondition(bit >= 0 && bit / 8 <= bytes.count - 9)
        unsafe bytes.withUnsafeMutableBytes { bytes in
            // Unsafe: 9 bytes lie there, by the precondition.
            let word = unsafe bytes.loadUnaligned(fromByteOffset: bit / 8, as: UInt64.self)
            unsafe bytes.storeBytes(
                of: word | (code << shift).littleEndian, toByteOffset: bit / 8, as: UInt64.self)
            if shift > 0 { unsafe bytes[bit / 8 + 8] |= UInt8(code >> (64 - shift)) }
        }
    }

    /// Puts a code of `width` bits behind those appended before.
    @inline(__always)
    mutating func append(_ code: UInt64, width: Int) {
        if bitCount / 8 + 16 > bytes.count {
            bytes += [UInt8](repeating: 0, count: bytes.count + 16)
        }
        put(code, at: bitCount)
        bitCount += width
    }

    /// Appends the first `size` bytes to `output`.
    func write(_ size: Int, to output: inout [UInt8]) { output += bytes[..<size] }
}
