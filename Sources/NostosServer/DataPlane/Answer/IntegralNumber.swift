/// JSON numbers with a point or an exponent whose values are integers: `1.0`, `1e3`, `10e-1`.
enum IntegralNumber {
    /// The digits of the largest 64-bit integer.
    private static let maxDigitCount = 19
    /// The limit at which an exponent is capped.
    private static let maxExponent = 1 << 40

    /// Replaces `output` by the canonical digits of a JSON number; false where the value is not an
    /// integer or has more digits than any 64-bit integer.
    ///
    /// The value is exact: digits move, and nothing is rounded.
    static func canonicalize(_ number: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        output.removeAll(keepingCapacity: true)
        var isNegative = false
        var exponent = 0
        var position = 0
        var isFraction = false
        while position < number.count {
            let byte = number[position]
            position += 1
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                exponent += Self.exponent(number.extracting(position...))
                position = number.count
            default:
                if isFraction { exponent -= 1 }
                // Zeros before the first other digit say nothing.
                if byte != UInt8(ascii: "0") || !output.isEmpty { output.append(byte) }
            }
        }
        while output.last == UInt8(ascii: "0") {
            output.removeLast()
            exponent += 1
        }
        guard !output.isEmpty else {
            output.append(UInt8(ascii: "0"))
            return true
        }
        guard exponent >= 0, output.count + exponent <= maxDigitCount else { return false }
        for _ in 0..<exponent { output.append(UInt8(ascii: "0")) }
        if isNegative { output.insert(UInt8(ascii: "-"), at: 0) }
        return true
    }

    private static func exponent(_ text: Span<UInt8>) -> Int {
        var value = 0
        for index in text.indices where (0x30...0x39).contains(text[index]) {
            value = min(value * 10 + Int(text[index] - 0x30), maxExponent)
        }
        return text.count > 0 && text[0] == UInt8(ascii: "-") ? -value : value
    }
}
