/// JSON text by concatenation, for answers and vocabularies.
public enum JSONText {
    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Appends an integer.
    public static func append(int64 value: Int64, to output: inout [UInt8]) {
        output.appendRaw(upTo: largestNumber) { $0.append(int64: value) }
    }

    /// Appends `mantissa × 10^-scale` in plain notation without trailing decimal zeros, for a scale
    /// of 0 to 18.
    public static func append(mantissa: Int64, scale: Int, to output: inout [UInt8]) {
        if scale == 0 { return append(int64: mantissa, to: &output) }
        output.appendRaw(upTo: largestNumber) {
            $0.append(mantissa: mantissa, scale: min(scale, 18))
        }
    }

    /// Appends a point in time as an RFC 3339 string in quotes, such as
    /// `"2026-01-31T08:05:00.25Z"`: in UTC, with as many decimals as it needs.
    public static func append(timestamp microseconds: Int64, to output: inout [UInt8]) {
        let time = Timestamp.clamped(microseconds)
        output.appendRaw(upTo: largestTimestamp) { $0.append(timestamp: time) }
    }

    /// The size of the longest number that is a mantissa and a scale: `-0.` and 18 digits.
    static let largestNumber = 21
    /// The size of `"9999-12-31T23:59:59.999999Z"` with its quotes.
    static let largestTimestamp = 29

    /// Appends a string in quotes.
    ///
    /// Escaped are only `"`, `\` and the controls below 0x20.
    ///
    /// The bytes are UTF-8, which the caller has checked.
    public static func append(string bytes: Span<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            output.append(bytes.extracting(start..<index))
            start = index + 1
            appendEscape(byte, to: &output)
        }
        output.append(bytes.extracting(start...))
        output.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        default:
            output.append(ascii: "u00")
            output.append(hexDigits[Int(byte >> 4)])
            output.append(hexDigits[Int(byte & 15)])
        }
    }

    /// Appends a string in quotes.
    public static func append(_ text: some StringProtocol, to output: inout [UInt8]) {
        append(string: Array(text.utf8).span, to: &output)
    }

    /// Appends bytes in base64 (RFC 4648 §4, with padding) in quotes.
    public static func append(base64 bytes: Span<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let group =
                UInt32(bytes[index]) << 16
                | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
                | (left > 2 ? UInt32(bytes[index + 2]) : 0)
            for place in 0..<4 {
                let code = Int(group >> UInt32(18 - 6 * place)) & 63
                output.append(place <= left ? base64Alphabet[code] : UInt8(ascii: "="))
            }
            index += 3
        }
        output.append(UInt8(ascii: "\""))
    }

    private static let base64Alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
