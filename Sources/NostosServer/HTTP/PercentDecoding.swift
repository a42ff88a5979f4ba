import Nostos

/// Strict percent-decoding (RFC 3986 §2.1): bad escapes are errors, and `+` is a plus, as in a
/// path.
enum PercentDecoding {
    /// The reason for which text cannot be decoded.
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

    /// Whether the text holds a percent sign.
    static func isNeeded(_ text: Span<UInt8>) -> Bool {
        text.end(at: UInt8(ascii: "%"), in: 0..<text.count) < text.count
    }

    /// Whether a byte is unreserved (RFC 3986 §2.3): it means the same encoded or not.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Appends the text with the escapes of unreserved characters decoded (RFC 3986 §6.2.2.2), and
    /// leaves all others as they are, so that separators and encoded separators stay distinct.
    ///
    /// With `plusIsSpace`, as in the query of a form, `+` becomes `%20`.
    static func normalize(
        _ text: Span<UInt8>, plusIsSpace: Bool = false, into output: inout [UInt8]
    ) {
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "%"), position + 2 < text.count,
                let high = hexValue(text[position + 1]), let low = hexValue(text[position + 2]),
                isUnreserved(high << 4 | low)
            {
                output.append(high << 4 | low)
                position += 3
                continue
            }
            if byte == UInt8(ascii: "+"), plusIsSpace {
                output.append(ascii: "%20")
            } else {
                output.append(byte)
            }
            position += 1
        }
    }

    /// Appends the text and encodes everything but letters, digits and `-._~`.
    static func encode(_ text: String, to output: inout [UInt8]) {
        for byte in text.utf8 {
            guard !isUnreserved(byte) else {
                output.append(byte)
                continue
            }
            output.append(UInt8(ascii: "%"))
            for digit in [byte >> 4, byte & 15] {
                output.append(digit < 10 ? 0x30 + digit : 0x37 + digit)
            }
        }
    }
}
