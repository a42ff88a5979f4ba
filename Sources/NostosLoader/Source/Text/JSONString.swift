import Nostos

/// The inside of JSON strings.
enum JSONString {
    /// Appends what the text between the quotes means.
    ///
    /// - Throws: ``ValueError/invalidJSON(offset:expected:)`` for an invalid escape, and for half a
    ///   pair of surrogates, which UTF-8 cannot represent.
    static func unescape(
        _ bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(ValueError) {
        var start = 0
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            output.append(bytes.extracting(start..<index))
            index += 1
            try escape(bytes, at: &index, to: &output)
            start = index
        }
        output.append(bytes.extracting(start...))
    }

    private static func escape(
        _ bytes: Span<UInt8>, at index: inout Int, to output: inout [UInt8]
    ) throws(ValueError) {
        guard index < bytes.count else { throw .invalidJSON(offset: index, expected: "an escape") }
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try scalar(bytes, at: &index)
            output.append(contentsOf: Character(scalar).utf8)
            return
        default: throw .invalidJSON(offset: index, expected: "an escape")
        }
        index += 1
    }

    /// Reads `uXXXX`, or `uXXXX\uXXXX` for a pair of surrogates.
    private static func scalar(
        _ bytes: Span<UInt8>, at index: inout Int
    ) throws(ValueError) -> Unicode.Scalar {
        let start = index
        let unit = try unit(bytes, at: &index)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw .invalidJSON(offset: start, expected: "a pair of surrogates") }
        index += 1
        let low = try self.unit(bytes, at: &index)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw .invalidJSON(offset: start, expected: "a pair of surrogates") }
        return scalar
    }

    private static func unit(
        _ bytes: Span<UInt8>, at index: inout Int
    ) throws(ValueError) -> UInt32 {
        index += 1
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = hexDigit(bytes[index]) else {
                throw .invalidJSON(offset: index, expected: "four hexadecimal digits")
            }
            unit = unit << 4 | digit
            index += 1
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
