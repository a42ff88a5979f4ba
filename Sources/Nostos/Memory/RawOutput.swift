/// Appends to memory of which the caller has made sure that it suffices, with room to spare.
///
/// The reader's hot path: no check of capacity or uniqueness for each piece. What it appends, it
/// may write up to ``slack`` bytes further, so that short pieces are fixed moves, no calls.
@safe struct RawOutput {
    /// The bytes that must be free after the last byte that is appended.
    static let slack = 32

    /// Behind the last byte appended.
    private(set) var end: UnsafeMutablePointer<UInt8>

    /// - Warning: `start` must have room for all that is appended, and ``slack`` bytes more.
    @unsafe @inline(__always)
    init(_ start: UnsafeMutablePointer<UInt8>) { unsafe end = start }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        // Unsafe: there is room, by the initialiser's contract; so in all that follows.
        unsafe end.pointee = byte
        unsafe end += 1
    }

    /// Appends the lowest `count` bytes of a word, at most 8.
    @inline(__always)
    mutating func append(word: UInt64, count: Int) {
        unsafe UnsafeMutableRawPointer(end).storeBytes(of: word.littleEndian, as: UInt64.self)
        unsafe end += count
    }

    /// Appends `count` bytes from `source`, which is readable for ``slack`` bytes more.
    @inline(__always)
    mutating func append(_ source: UnsafePointer<UInt8>, count: Int) {
        let from = unsafe UnsafeRawPointer(source)
        unsafe copyBlock(from, at: 0)
        if count > 32 {
            unsafe copyBlock(from, at: 32)
            if count > 64 {
                unsafe UnsafeMutableRawPointer(end).copyMemory(from: from, byteCount: count)
            }
        }
        unsafe end += count
    }

    @inline(__always)
    private func copyBlock(_ from: UnsafeRawPointer, at offset: Int) {
        let block = unsafe from.loadUnaligned(fromByteOffset: offset, as: SIMD32<UInt8>.self)
        unsafe UnsafeMutableRawPointer(end).storeBytes(
            of: block, toByteOffset: offset, as: SIMD32<UInt8>.self)
    }

    /// Moves the end behind what was written from it on.
    @unsafe @inline(__always)
    mutating func moveEnd(to newEnd: UnsafeMutablePointer<UInt8>) { unsafe end = newEnd }

    /// Puts a byte in place of the last one.
    @inline(__always)
    mutating func replaceLast(with byte: UInt8) { unsafe (end - 1).pointee = byte }

    @inline(__always)
    mutating func appendNull() { append(word: 0x6C6C_756E, count: 4) }

    @inline(__always)
    mutating func append(bool value: Bool) {
        append(word: value ? 0x6575_7274 : 0x65_736C_6166, count: value ? 4 : 5)
    }
}

// Numbers: at most 21 bytes.
extension RawOutput {
    @inline(__always)
    mutating func append(int64 value: Int64) {
        appendMinus(value)
        append(digits: value.magnitude)
    }

    /// Appends `mantissa × 10^-scale` in plain notation without trailing decimal zeros, for a scale
    /// of 1 to 18: the canonical text of what `Decimal.scaled` gives.
    @inline(__always)
    mutating func append(mantissa: Int64, scale: Int) {
        appendMinus(mantissa)
        guard mantissa.magnitude < DigitWord.limit, scale < 8 else {
            self = Self.appendingLong(mantissa.magnitude, scale: scale, to: self)
            return
        }
        let point = 8 &- scale
        let word = DigitWord.digits(mantissa.magnitude)
        let text = word | DigitWord.ascii
        let zeros = DigitWord.leadingZeroCount(word, upTo: point &- 1)
        append(word: text &>> UInt64(8 &* zeros), count: point &- zeros)
        let fraction = (text &>> UInt64(8 &* point)) &<< 8 | UInt64(UInt8(ascii: "."))
        let places = scale &- DigitWord.trailingZeroCount(word)
        append(word: fraction, count: places > 0 ? places &+ 1 : 0)
    }

    @inline(__always)
    private mutating func appendMinus(_ value: Int64) {
        append(word: UInt64(UInt8(ascii: "-")), count: value < 0 ? 1 : 0)
    }

    @inline(__always)
    private mutating func append(digits value: UInt64) {
        guard value < DigitWord.limit else {
            self = Self.appendingLong(digits: value, to: self)
            return
        }
        let word = DigitWord.digits(value)
        let zeros = DigitWord.leadingZeroCount(word, upTo: 7)
        append(word: (word | DigitWord.ascii) &>> UInt64(8 &* zeros), count: 8 &- zeros)
    }

    // The rare ones take and give the output as a value: an address of it would keep it in memory.

    @inline(never)
    private static func appendingLong(digits value: UInt64, to output: RawOutput) -> RawOutput {
        var output = output
        let (upper, lower) = value.quotientAndRemainder(dividingBy: DigitWord.limit)
        output.append(digits: upper)
        output.append(word: DigitWord.digits(lower) | DigitWord.ascii, count: 8)
        return output
    }

    /// The same as ``append(mantissa:scale:)`` with 24 digits in three words.
    @inline(never)
    private static func appendingLong(
        _ magnitude: UInt64, scale: Int, to output: RawOutput
    ) -> RawOutput {
        var output = output
        let (upper, lower) = magnitude.quotientAndRemainder(
            dividingBy: DigitWord.limit * DigitWord.limit)
        let (middle, last) = lower.quotientAndRemainder(dividingBy: DigitWord.limit)
        let words = (
            DigitWord.digits(upper), DigitWord.digits(middle), DigitWord.digits(last)
        )
        let point = 24 - scale
        var zeros = words.0.trailingZeroBitCount / 8
        if zeros == 8 { zeros += words.1.trailingZeroBitCount / 8 }
        if zeros == 16 { zeros += words.2.trailingZeroBitCount / 8 }
        zeros = min(zeros, point - 1)
        var rest = words.2.leadingZeroBitCount / 8
        if rest == 8 { rest += words.1.leadingZeroBitCount / 8 }
        if rest == 16 { rest += words.0.leadingZeroBitCount / 8 }
        // Unsafe: 24 digits lie in the front of 64 bytes, so 32 can be read from any of them.
        unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
            for (index, word) in [words.0, words.1, words.2].enumerated() {
                unsafe base.storeBytes(
                    of: (word | DigitWord.ascii).littleEndian, toByteOffset: 8 * index,
                    as: UInt64.self)
            }
            let digits = unsafe UnsafePointer(base.assumingMemoryBound(to: UInt8.self))
            unsafe output.append(digits + zeros, count: point - zeros)
            guard rest < scale else { return }
            output.append(UInt8(ascii: "."))
            unsafe output.append(digits + point, count: scale - rest)
        }
        return output
    }
}

extension [UInt8] {
    /// Appends what `body` writes, at most `count` bytes.
    @inline(__always)
    mutating func appendRaw(upTo count: Int, _ body: (inout RawOutput) -> Void) {
        append(addingCapacity: count + RawOutput.slack) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, written in
                guard let start = buffer.baseAddress else { return }
                // Unsafe: the buffer has room for `count` bytes and the slack.
                var output = unsafe RawOutput(start)
                body(&output)
                written = unsafe output.end - start
                precondition(written <= count)
            }
        }
    }
}
