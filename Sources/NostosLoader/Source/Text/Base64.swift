import Nostos

/// Base64 (RFC 4648, 4), as JSON shows bytes.
enum Base64 {
    /// Appends the bytes that the text stands for; false when it is no base64 with padding.
    static func decode(_ text: Span<UInt8>, to output: inout [UInt8]) -> Bool {
        guard text.count % 4 == 0 else { return false }
        var group: UInt32 = 0
        var padding = 0
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: "="), index >= text.count - 2 {
                padding += 1
                group <<= 6
            } else {
                guard padding == 0, let code = code(byte) else { return false }
                group = group << 6 | code
            }
            guard index % 4 == 3 else { continue }
            for place in 0..<(3 - padding) {
                output.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place)))
            }
            // Bits that no byte takes must be 0: one text for the same bytes.
            if padding > 0, group & (padding == 1 ? 0xFF : 0xFFFF) != 0 { return false }
            group = 0
        }
        return true
    }

    private static func code(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
