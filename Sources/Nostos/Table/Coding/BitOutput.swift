/// Appends codes of any width, bit after bit, from the least significant bit of a byte on.
struct BitOutput {
    private var pending: UInt64 = 0
    private var count = 0

    /// Appends the lowest `width` bits of a code that has no others; 0 to 64.
    mutating func append(_ code: UInt64, width: Int, to output: inout [UInt8]) {
        var (code, width) = (code, width)
        if width > 32 {
            append(code & 0xFFFF_FFFF, width: 32, to: &output)
            (code, width) = (code >> 32, width - 32)
        }
        pending |= code << UInt64(count)
        count += width
        while count >= 8 {
            output.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            count -= 8
        }
    }

    /// Appends the last bits, with zeros up to a whole byte.
    mutating func finish(to output: inout [UInt8]) {
        if count > 0 { output.append(UInt8(truncatingIfNeeded: pending)) }
        (pending, count) = (0, 0)
    }
}
