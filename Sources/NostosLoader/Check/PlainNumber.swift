import Nostos

/// `mantissa × 10^-scale`, of at most 18 digits: numbers as nearly all are, compared exactly and
/// without allocating.
struct PlainNumber {
    private static let maxDigitCount = 18
    /// 10^0 to 10^18.
    private static let powers = (0...maxDigitCount).map { Int128.powerOfTen($0) }

    private let mantissa: Int64
    private let scale: Int

    /// The number of a JSON text; nil for other text, and for a number with an exponent or more
    /// digits.
    init?(_ text: Span<UInt8>) {
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        var (magnitude, digitCount, pointAt): (Int64, Int, Int?) = (0, 0, nil)
        for index in start..<max(start, text.count) {
            let digit = text[index] &- UInt8(ascii: "0")
            if digit <= 9, digitCount < Self.maxDigitCount {
                magnitude = magnitude &* 10 &+ Int64(digit)
                digitCount += 1
            } else if text[index] == UInt8(ascii: "."), pointAt == nil, digitCount > 0 {
                pointAt = digitCount
            } else {
                return nil
            }
        }
        guard digitCount > (pointAt ?? 0) else { return nil }
        mantissa = isNegative ? -magnitude : magnitude
        scale = digitCount - (pointAt ?? digitCount)
    }

    /// a / 10^s < b / 10^t as a × 10^t < b × 10^s: at most 60 + 60 bits.
    static func < (left: PlainNumber, right: PlainNumber) -> Bool {
        if left.scale == right.scale { return left.mantissa < right.mantissa }
        return Int128(left.mantissa) * powers[right.scale]
            < Int128(right.mantissa) * powers[left.scale]
    }
}
