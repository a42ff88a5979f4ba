/// Appends the JSON number `mantissa × 10^-scale`, for elements of packed lists.
///
/// Apart from `RawOutput`, whose numbers have short mantissas: these have 8 or 9 digits where they
/// come from float32, 16 or 17 from float64.
enum ScaledNumber {
    /// The scales that a number may have are below this.
    static let scaleLimit = 32
    /// No text is longer: a sign, 25 digits and a point.
    static let largestText = 28
    /// The bytes that must be free after the text.
    static let slack = 96

    private static let limit16: UInt64 = 10_000_000_000_000_000

    /// Writes the canonical text (see `Decimal`) of a number that has no trailing zero among its
    /// decimals, at a scale below ``scaleLimit``, and gives the text's end.
    ///
    /// `output` has room for ``largestText`` and ``slack`` bytes.
    @unsafe @inline(__always)
    static func write(
        _ mantissa: Int64, scale: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let magnitude = mantissa.magnitude
        // Unsafe: there is room, by the contract; so in all that follows.
        unsafe output.pointee = UInt8(ascii: "-")
        let start = unsafe output + Int(truncatingIfNeeded: UInt64(bitPattern: mantissa) &>> 63)
        guard magnitude < limit16, scale < 16 else {
            return unsafe writeLong(magnitude, scale: scale, to: start)
        }
        if magnitude < DigitWord.limit {
            let word = DigitWord.digits(magnitude)
            let places = scale &+ word.trailingZeroBitCount / 8
            if places >= 8, places <= 13, scale > 0 {
                // Below 1 and not below 10^-6, as embeddings mostly are.
                return unsafe writeFraction(word | DigitWord.ascii, scale: scale, to: start)
            }
        }
        let (upper, lower) = magnitude.quotientAndRemainder(dividingBy: DigitWord.limit)
        // Float32 has one digit more than the lower word.
        let first = upper < 10 ? upper &<< 56 : DigitWord.digits(upper)
        let second = DigitWord.digits(lower)
        let zeros = UInt128(_low: first, _high: second).trailingZeroBitCount / 8
        guard zeros &+ scale &- 6 <= 15 else {
            // More than five zeros behind the point: the canonical text has an exponent.
            return unsafe writeLong(magnitude, scale: scale, to: start)
        }
        let digits =
            UInt128(_low: first | DigitWord.ascii, _high: second | DigitWord.ascii)
        if zeros &+ scale >= 16, scale > 0 {
            unsafe writePoint(to: start)
            let fraction = digits &>> UInt128(truncatingIfNeeded: 8 &* (16 &- scale))
            unsafe store(fraction, at: start + 2)
            return unsafe start + 2 + scale
        }
        // At least one digit stands before the point.
        let skipped = min(zeros, 15 &- scale)
        let whole = 16 &- skipped &- scale
        unsafe store(digits &>> UInt128(truncatingIfNeeded: 8 &* skipped), at: start)
        guard scale > 0 else { return unsafe start + whole }
        unsafe start[whole] = UInt8(ascii: ".")
        let fraction = digits &>> UInt128(truncatingIfNeeded: 8 &* (16 &- scale))
        unsafe store(fraction, at: start + whole + 1)
        return unsafe start + whole + 1 + scale
    }

    /// Writes `0.` and `scale` places of which the last are these eight digits, or some of them.
    @unsafe @inline(__always)
    private static func writeFraction(
        _ digits: UInt64, scale: Int, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        unsafe writePoint(to: start)
        let places = unsafe UnsafeMutableRawPointer(start + 2)
        unsafe places.storeBytes(of: DigitWord.ascii, as: UInt64.self)
        let shifted = digits &>> UInt64(truncatingIfNeeded: 8 &* max(0, 8 &- scale))
        unsafe places.storeBytes(
            of: shifted.littleEndian, toByteOffset: max(0, scale &- 8), as: UInt64.self)
        return unsafe start + 2 + scale
    }

    @unsafe @inline(__always)
    private static func writePoint(to start: UnsafeMutablePointer<UInt8>) {
        let text = UInt16(UInt8(ascii: ".")) &<< 8 | UInt16(UInt8(ascii: "0"))
        unsafe UnsafeMutableRawPointer(start).storeBytes(of: text.littleEndian, as: UInt16.self)
    }

    @unsafe @inline(__always)
    private static func store(_ digits: UInt128, at target: UnsafeMutablePointer<UInt8>) {
        let target = UnsafeMutableRawPointer(target)
        unsafe target.storeBytes(of: digits._low.littleEndian, as: UInt64.self)
        unsafe target.storeBytes(of: digits._high.littleEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// The same for any magnitude and scale, by way of 24 digits behind the text's place.
    @unsafe @inline(never)
    private static func writeLong(
        _ magnitude: UInt64, scale: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        // Eight zeros, then the digits: 32 bytes that begin 48 bytes behind the text's first.
        let digits = unsafe output + 48
        let (upper, rest) = magnitude.quotientAndRemainder(dividingBy: limit16)
        let (middle, last) = rest.quotientAndRemainder(dividingBy: DigitWord.limit)
        let words = [0, upper, middle, last]
        for index in 0..<4 {
            let word = DigitWord.digits(words[index]) | DigitWord.ascii
            unsafe UnsafeMutableRawPointer(digits + 8 * index).storeBytes(
                of: word.littleEndian, as: UInt64.self)
        }
        var zeros = 8
        while unsafe zeros < 31 && digits[zeros] == UInt8(ascii: "0") { zeros += 1 }
        let count = 32 - zeros
        // Below 10^-6 the canonical text has an exponent.
        guard count + 5 >= scale else {
            return unsafe writeExponent(digits + zeros, count, scale: scale, to: output)
        }
        let skipped = min(zeros, 31 - scale)
        let whole = 32 - skipped - scale
        unsafe output.update(from: digits + skipped, count: whole)
        guard scale > 0 else { return unsafe output + whole }
        unsafe output[whole] = UInt8(ascii: ".")
        unsafe (output + whole + 1).update(from: digits + 32 - scale, count: scale)
        return unsafe output + whole + 1 + scale
    }

    /// Writes `d.dddde-x`.
    @unsafe
    private static func writeExponent(
        _ digits: UnsafeMutablePointer<UInt8>, _ count: Int, scale: Int,
        to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var end = unsafe output
        unsafe end.pointee = digits[0]
        unsafe end += 1
        if count > 1 {
            unsafe end.pointee = UInt8(ascii: ".")
            unsafe (end + 1).update(from: digits + 1, count: count - 1)
            unsafe end += count
        }
        let exponent = scale - count + 1
        unsafe end[0] = UInt8(ascii: "e")
        unsafe end[1] = UInt8(ascii: "-")
        unsafe end += 2
        if exponent >= 10 {
            unsafe end.pointee = UInt8(ascii: "0") + UInt8(exponent / 10)
            unsafe end += 1
        }
        unsafe end.pointee = UInt8(ascii: "0") + UInt8(exponent % 10)
        return unsafe end + 1
    }
}
