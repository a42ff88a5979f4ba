/// The way back from ``JSONText/append(base64:to:)``.
enum Base64 {
    /// Puts the bytes of a text in base64 (RFC 4648 §4, with padding) into `output`, in place of
    /// those before.
    ///
    /// - Returns: false where the text is not the one that these bytes have; `output` is then of no
    ///   meaning.
    static func decode(_ text: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        output.removeAll(keepingCapacity: true)
        guard text.count % 4 == 0 else { return false }
        var index = 0
        while index < text.count {
            let isLast = index + 4 == text.count
            var group: UInt32 = 0
            var count = 0
            while count < 4, let code = code(text[index + count]) {
                group = group << 6 | UInt32(code)
                count += 1
            }
            // Two or three codes and padding end the text; bits that no byte needs are zero.
            guard count == 4 || (isLast && count >= 2) else { return false }
            for place in count..<4 {
                guard text[index + place] == UInt8(ascii: "=") else { return false }
                group <<= 6
            }
            let size = count - 1
            guard group & (0xFF_FFFF >> UInt32(8 * size)) == 0 else { return false }
            for place in 0..<size {
                output.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place)))
            }
            index += 4
        }
        return true
    }

    private static func code(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
