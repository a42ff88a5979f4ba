/// A number as its decimal digits: `±0.d₁d₂… × 10^exponent`, exact, of any length.
///
/// There is one form per number: no leading or trailing zero among the digits, none at all for 0.
/// Its text is the one that ECMAScript's `Number::toString` would choose (ECMA-262 §6.1.6.1.20;
/// RFC 8785 §3.2.2.3): plain from 1e-6 up to below 1e21, with an exponent outside.
struct Decimal: Hashable {
    /// The most digits that a number from a source may have, as PostgreSQL's numeric.
    static let maxDigitCount = 131_072 + 16_383

    let isNegative: Bool
    /// Values 0 to 9, most significant first.
    let digits: [UInt8]
    /// The position of the decimal point: 0 is before the first digit.
    let exponent: Int

    /// Reads `[+-]digits[.digits][e[+-]digits]`.
    init(parsing text: Span<UInt8>) throws(ValueError) {
        var position = 0
        func peek() -> UInt8? { position < text.count ? text[position] : nil }
        let sign = peek()
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
        var digits: [UInt8] = []
        var pointAt: Int?
        var count = 0
        while let byte = peek() {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                digits.append(byte - UInt8(ascii: "0"))
                count += 1
            } else if byte == UInt8(ascii: "."), pointAt == nil {
                pointAt = count
            } else {
                break
            }
            position += 1
        }
        guard count > 0, count <= Self.maxDigitCount else { throw Self.error(text) }
        var shift = 0
        if let byte = peek() {
            guard byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") else {
                throw Self.error(text)
            }
            let rest = text.extracting((position + 1)...)
            guard let power = Self.integer(rest) else { throw Self.error(text) }
            shift = power
        }
        let leading = digits.prefix { $0 == 0 }.count
        let trailing = digits.reversed().prefix { $0 == 0 }.count
        guard leading < digits.count else {
            (isNegative, self.digits, exponent) = (false, [], 0)
            return
        }
        isNegative = sign == UInt8(ascii: "-")
        self.digits = Array(digits[leading..<(digits.count - trailing)])
        exponent = (pointAt ?? count) - leading + shift
    }

    /// A small signed integer of at most 6 digits after its leading zeros: more is no exponent that
    /// any source has.
    private static func integer(_ text: Span<UInt8>) -> Int? {
        let hasSign =
            text.count > 0 && (text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+"))
        var start = hasSign ? 1 : 0
        while start + 1 < text.count, text[start] == UInt8(ascii: "0") { start += 1 }
        guard (1...6).contains(text.count - start) else { return nil }
        var value = 0
        for index in start..<text.count {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) else { return nil }
            value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
        }
        return hasSign && text[0] == UInt8(ascii: "-") ? -value : value
    }

    private static func error(_ text: Span<UInt8>) -> ValueError {
        var bytes: [UInt8] = []
        bytes.append(text.extracting(..<min(text.count, 40)))
        let shown = String(decoding: bytes, as: UTF8.self)
        switch shown.lowercased().drop(while: { $0 == "-" || $0 == "+" }) {
        case "nan", "inf", "infinity": return .notFinite(shown)
        default: return .notANumber(shown)
        }
    }

    /// The number as `mantissa × 10^-scale` with a scale of 0 to 18, when the mantissa fits an
    /// Int64 and the plain text is the canonical one (from 1e-6 on, or 0).
    var scaled: (mantissa: Int64, scale: Int)? {
        if digits.isEmpty { return (0, 0) }
        guard exponent > -6, exponent <= 19 else { return nil }
        let scale = max(0, digits.count - exponent)
        guard scale <= 18 else { return nil }
        var mantissa: Int64 = 0
        for index in 0..<max(digits.count, exponent) {
            let digit = index < digits.count ? Int64(digits[index]) : 0
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            // Built as a negative number, whose range is the larger one.
            let (difference, underflow) = product.subtractingReportingOverflow(digit)
            guard !overflow, !underflow else { return nil }
            mantissa = difference
        }
        if isNegative { return (mantissa, scale) }
        return mantissa == .min ? nil : (-mantissa, scale)
    }

    /// The canonical JSON number.
    var text: [UInt8] {
        guard !digits.isEmpty else { return [UInt8(ascii: "0")] }
        let ascii = digits.map { $0 + UInt8(ascii: "0") }
        var output: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        switch exponent {
        case 1...21:
            let whole = min(exponent, ascii.count)
            output += ascii[..<whole]
            output += Array(repeating: UInt8(ascii: "0"), count: exponent - whole)
            if whole < ascii.count { output += [UInt8(ascii: ".")] + ascii[whole...] }
        case -5...0:
            output += Array("0.".utf8) + Array(repeating: UInt8(ascii: "0"), count: -exponent)
            output += ascii
        default:
            output.append(ascii[0])
            if ascii.count > 1 { output += [UInt8(ascii: ".")] + ascii[1...] }
            output += Array("e\(exponent > 0 ? "+" : "")\(exponent - 1)".utf8)
        }
        return output
    }
}

extension Decimal: Comparable {
    static func < (left: Decimal, right: Decimal) -> Bool {
        let leftSign = left.digits.isEmpty ? 0 : left.isNegative ? -1 : 1
        let rightSign = right.digits.isEmpty ? 0 : right.isNegative ? -1 : 1
        guard leftSign == rightSign else { return leftSign < rightSign }
        guard leftSign != 0 else { return false }
        let (small, large) = leftSign > 0 ? (left, right) : (right, left)
        guard small.exponent == large.exponent else { return small.exponent < large.exponent }
        return small.digits.lexicographicallyPrecedes(large.digits)
    }
}
