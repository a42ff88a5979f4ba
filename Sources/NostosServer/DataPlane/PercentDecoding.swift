import Nostos

/// Percent-decoding (RFC 3986 §2.1), strictly: bad escapes are errors, and `+` is a plus.
enum PercentDecoding {
    /// Why text cannot be decoded.
    enum Fault: Error {
        case badEscape, notUTF8
    }

    /// Replaces `output` by the decoded text, which is then UTF-8.
    static func decode(_ text: Span<UInt8>, into output: inout [UInt8]) throws(Fault) {
        output.removeAll(keepingCapacity: true)
        var position = 0
        var bits: UInt8 = 0
        while position < text.count {
            var byte = text[position]
            position += 1
            if byte == UInt8(ascii: "%") {
                guard text.count - position >= 2, let high = hexValue(text[position]),
                    let low = hexValue(text[position + 1])
                else { throw .badEscape }
                byte = high << 4 | low
                position += 2
            }
            bits |= byte
            output.append(byte)
        }
        guard bits >= 0x80 else { return }
        do { _ = try UTF8Span(validating: output.span) } catch { throw .notUTF8 }
    }

    /// Appends the text with everything but letters, digits and `-._~` encoded.
    static func encode(_ text: String, to output: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                output.append(byte)
            default:
                output.append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 15] {
                    output.append(digit < 10 ? 0x30 + digit : 0x37 + digit)
                }
            }
        }
    }
}
