import Nostos

/// Encoded keys as JSON: `42`, `"en"`, `[42,"en"]`.
enum KeyText {
    /// Appends the JSON form of an encoded key; with `quotesIntegers`, `"42"`.
    ///
    /// - Returns: false if the bytes are not a key of the schema; the end of `output` is then
    ///   undefined.
    static func append(
        _ key: Span<UInt8>, schema: KeySchema, quotesIntegers: Bool, to output: inout [UInt8]
    ) -> Bool {
        let isComposite = schema.columns.count > 1
        var position = 0
        if isComposite { output.append(UInt8(ascii: "[")) }
        for (ordinal, column) in schema.columns.enumerated() {
            if ordinal > 0 { output.append(UInt8(ascii: ",")) }
            switch column.type {
            case .int64:
                guard key.count - position >= 8 else { return false }
                var bits: UInt64 = 0
                for index in position..<position + 8 { bits = bits << 8 | UInt64(key[index]) }
                position += 8
                if quotesIntegers { output.append(UInt8(ascii: "\"")) }
                JSONText.append(int64: KeySchema.int64(of: bits), to: &output)
                if quotesIntegers { output.append(UInt8(ascii: "\"")) }
            case .string:
                let isLast = ordinal == schema.columns.count - 1
                guard append(string: key, at: &position, isLast: isLast, to: &output) else {
                    return false
                }
            }
        }
        if isComposite { output.append(UInt8(ascii: "]")) }
        return position == key.count
    }

    private static func append(
        string key: Span<UInt8>, at position: inout Int, isLast: Bool, to output: inout [UInt8]
    ) -> Bool {
        if isLast {
            let text = key.extracting(position...)
            position = key.count
            guard isUTF8(text) else { return false }
            JSONText.append(string: text, to: &output)
            return true
        }
        // See `KeySchema`: a zero is written as 00 FF, the end as 00 01.
        var text: [UInt8] = []
        while position < key.count {
            let byte = key[position]
            position += 1
            guard byte == 0 else {
                text.append(byte)
                continue
            }
            guard position < key.count else { return false }
            let next = key[position]
            position += 1
            switch next {
            case 0xFF: text.append(0)
            case 1:
                guard isUTF8(text.span) else { return false }
                JSONText.append(string: text.span, to: &output)
                return true
            default: return false
            }
        }
        return false
    }

    private static func isUTF8(_ text: Span<UInt8>) -> Bool {
        do { _ = try UTF8Span(validating: text) } catch { return false }
        return true
    }
}
