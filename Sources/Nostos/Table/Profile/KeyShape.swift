/// The fixed places of keys that are a prefix that all share, a number of fixed size, and a rest:
/// `user:000123456789~algebra` with the prefix `user:`, 12 digits, and the word `~algebra`.
///
/// Numbers of fixed size sort as their bytes do, so a key's order is that of (number, rest).
struct KeyShape: Equatable, Sendable {
    /// Digits of the longest decimal number: every number of that many fits 64 bits.
    static let maxDigitCount = 18

    /// Bytes that all keys share, before the number.
    let prefixSize: Int
    /// Digits of a decimal number, or nil where it is an int64 column: 8 bytes, big-endian.
    let digitCount: Int?

    /// The bytes of the number.
    var numberSize: Int { digitCount ?? 8 }
    /// The offset of the rest.
    var restStart: Int { prefixSize + numberSize }
    /// The largest number of that many digits or bytes.
    var largestNumber: UInt64 { digitCount.map { UInt64.powerOfTen($0) - 1 } ?? .max }

    /// The number of a key, or nil when it is too short or has another byte than a digit there.
    @inline(__always)
    func number(in key: Span<UInt8>) -> UInt64? {
        let end = restStart
        guard key.count >= end else { return nil }
        guard let digitCount else { return key.load(UInt64.self, at: prefixSize).byteSwapped }
        // The digits before the last whole eights first, then eight by eight.
        let odd = digitCount & 7
        var start = prefixSize + odd
        guard var number = Self.value(ofOdd: odd, in: key, at: prefixSize) else { return nil }
        while start < end {
            guard let value = Self.value(ofDigits: key.load(UInt64.self, at: start)) else {
                return nil
            }
            number = number &* 100_000_000 &+ value
            start += 8
        }
        return number
    }

    /// The number of up to 7 digits from `start` on; all of them lie in the key.
    @inline(__always)
    private static func value(ofOdd count: Int, in key: Span<UInt8>, at start: Int) -> UInt64? {
        if count == 0 { return 0 }
        if start <= key.count - 8 {
            // Eight digits; the first of them are zeros.
            let shift = UInt64(8 * (8 - count))
            let digits = key.load(UInt64.self, at: start) &<< shift | zeros & ~(.max &<< shift)
            return value(ofDigits: digits)
        }
        var number: UInt64 = 0
        for index in start..<start + count {
            let digit = key[index] ^ UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            number = number &* 10 &+ UInt64(digit)
        }
        return number
    }

    /// Appends the number as it stands in keys.
    func append(_ number: UInt64, to key: inout [UInt8]) {
        guard let digitCount else { return key.append(littleEndian: number.byteSwapped) }
        let start = key.count
        for _ in 0..<digitCount { key.append(UInt8(ascii: "0")) }
        var rest = number
        var index = start + digitCount
        while rest > 0, index > start {
            index -= 1
            key[index] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// The least number whose bytes, with any rest after them, may be at or after the key's; its
    /// prefix is the common one.
    ///
    /// `isExact` says that the key has just this number, so that rests decide. Nil when all numbers
    /// come before the key.
    func lowerBound(of key: Span<UInt8>) -> (number: UInt64, isExact: Bool)? {
        var number: UInt64 = 0
        let radix = digitCount == nil ? 256 : 10
        for index in 0..<numberSize {
            var digit = -1
            if prefixSize + index < key.count {
                let byte = Int(key[prefixSize + index])
                digit = digitCount == nil ? byte : byte - Int(UInt8(ascii: "0"))
            }
            guard (0..<radix).contains(digit) else {
                // Cut off or below all digits: the least number that goes on like this. Above all
                // digits: the next one.
                var bound = digit < 0 ? number : number + 1
                for _ in index..<numberSize { bound &*= UInt64(radix) }
                return bound <= largestNumber ? (bound, false) : nil
            }
            number = number &* UInt64(radix) &+ UInt64(digit)
        }
        return (number, true)
    }

    /// Eight times the byte of the digit 0.
    private static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// The number of 8 decimal digits, the first one in the least significant byte; nil when one
    /// is no digit.
    ///
    /// Adds pairs, fours and eights at once (Mula, "SIMD-ized atoi", 2014; Lemire, "Quickly parsing
    /// eight digits", 2018).
    @inline(__always)
    private static func value(ofDigits bytes: UInt64) -> UInt64? {
        // Digits become 0 to 9. Adding 0x76 sets the high bit of every other byte below 0x80.
        let digits = bytes ^ zeros
        guard (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080 == 0 else {
            return nil
        }
        let pairs = digits &* 10 &+ digits >> 8
        let even = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let odd = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (even &+ odd) >> 32
    }
}
