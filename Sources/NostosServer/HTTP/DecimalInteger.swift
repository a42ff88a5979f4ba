/// Decimal integers in their one canonical form: `0`, or an optional `-` and digits of which the
/// first is no zero.
enum DecimalInteger {
    /// The reason for which text is no such integer.
    enum Fault: Error {
        case notCanonical, outOfRange
    }

    /// The integer of that text.
    @inline(__always)
    static func parse(_ text: Span<UInt8>) -> Result<Int64, Fault> {
        // Up to 18 digits cannot overflow.
        guard text.count <= 18, text.count > 1, text[0] &- UInt8(ascii: "1") < 9 else {
            return parseAny(text)
        }
        var value: Int64 = 0
        for index in text.indices {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return .failure(.notCanonical) }
            value = value &* 10 &+ Int64(digit)
        }
        return .success(value)
    }

    private static func parseAny(_ text: Span<UInt8>) -> Result<Int64, Fault> {
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        var position = isNegative ? 1 : 0
        guard position < text.count else { return .failure(.notCanonical) }
        let hasLeadingZero = text[position] == UInt8(ascii: "0")
        guard !hasLeadingZero || text.count == 1 else { return .failure(.notCanonical) }
        // The number is built as a negative one, whose range is larger.
        var value: Int64 = 0
        var overflows = false
        while position < text.count {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { return .failure(.notCanonical) }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (difference, isTooSmall) = product.subtractingReportingOverflow(Int64(digit))
            overflows = overflows || isTooLarge || isTooSmall
            value = difference
            position += 1
        }
        guard !overflows, isNegative || value != .min else { return .failure(.outOfRange) }
        return .success(isNegative ? value : -value)
    }
}
