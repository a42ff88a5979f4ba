/// Codes of different widths, bit after bit from the least significant bit of the first byte on.
struct BitOutput {
    private var bytes: [UInt8] = []
    /// The offset at which the next code begins, in bits.
    private var bitCount = 0

    /// Empties; the memory stays.
    mutating func removeAll() {
        guard bitCount > 0 else { return }
        bytes.removeAll(keepingCapacity: true)
        bitCount = 0
    }

    /// Puts a code of `width` bits, at most 64, behind those appended before.
    mutating func append(_ code: UInt64, width: Int) {
        var rest = code
        var left = width
        while left > 0 {
            let used = bitCount % 8
            if used == 0 { bytes.append(0) }
            let taken = min(8 - used, left)
            bytes[bytes.count - 1] |= UInt8(truncatingIfNeeded: rest << UInt64(used))
            rest >>= UInt64(taken)
            left -= taken
            bitCount += taken
        }
    }

    /// Appends the bytes to `output`.
    func write(to output: inout GrowingMemory<UInt8>) {
        if bitCount > 0 { output.append(bytes.span) }
    }
}
