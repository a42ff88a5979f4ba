import Nostos

/// A JSON number (RFC 8259, 6) as it is written.
struct NumberToken {
    /// Whether it has neither point nor exponent, and no sign before 0: an integer that has one
    /// spelling only.
    let isInteger: Bool
    /// An exponent from here on is not counted: the number is read from its text.
    private static let largestExponent = 10_000
    /// The number is `magnitude × 10^-scale`; nil where it has more than 19 digits or a large
    /// exponent.
    private let magnitude: UInt64?
    private let scale: Int
    private let isNegative: Bool

    /// The number that is all of the text; nil when the text is no number.
    init?(_ text: Span<UInt8>) {
        var index = 0
        isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        let start = index
        var value: UInt64 = 0
        while index < text.count, let digit = Self.digit(text[index]) {
            value = value &* 10 &+ digit
            index += 1
        }
        let count = index - start
        guard count > 0, count == 1 || text[start] != UInt8(ascii: "0") else { return nil }
        guard index < text.count else {
            isInteger = !(isNegative && value == 0)
            (magnitude, scale) = (count <= 19 ? value : nil, 0)
            return
        }
        var decimals = 0
        if text[index] == UInt8(ascii: ".") {
            index += 1
            let first = index
            while index < text.count, let digit = Self.digit(text[index]) {
                value = value &* 10 &+ digit
                index += 1
            }
            decimals = index - first
            guard decimals > 0 else { return nil }
        }
        guard let exponent = Self.exponent(text, at: index) else { return nil }
        isInteger = false
        let scale = decimals - exponent
        let isShort = count + decimals <= 19 && (0..<Self.largestExponent).contains(scale)
        (magnitude, self.scale) = (isShort ? value : nil, scale)
    }

    /// The integer, when it is one and fits.
    var int64: Int64? {
        guard isInteger, let magnitude else { return nil }
        return signed(magnitude)
    }

    /// Appends the number of that text, exactly.
    func append(_ text: Span<UInt8>, to output: inout [UInt8]) throws(ValueError) {
        guard let magnitude, let mantissa = signed(magnitude) else {
            return try EncodedValue.append(number: text, to: &output)
        }
        try EncodedValue.append(unscaled: mantissa, scale: scale, to: &output)
    }

    private func signed(_ magnitude: UInt64) -> Int64? {
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let digit = byte &- UInt8(ascii: "0")
        return digit < 10 ? UInt64(digit) : nil
    }

    /// The exponent that is the rest of the text, 0 when nothing is left; nil for another rest.
    ///
    /// Exponents from ``largestExponent`` on count as that: such numbers are read from their text.
    private static func exponent(_ text: Span<UInt8>, at start: Int) -> Int? {
        guard start < text.count else { return 0 }
        guard text[start] == UInt8(ascii: "e") || text[start] == UInt8(ascii: "E") else {
            return nil
        }
        var index = start + 1
        let sign = index < text.count ? text[index] : 0
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { index += 1 }
        guard index < text.count else { return nil }
        var value = 0
        while index < text.count {
            guard let digit = digit(text[index]) else { return nil }
            value = min(value * 10 + Int(digit), largestExponent)
            index += 1
        }
        return sign == UInt8(ascii: "-") ? -value : value
    }
}
