import Nostos

/// Values and keys as text, for messages.
enum ValueText {
    private static let maxCount = 60

    /// The value's JSON text, cut where it is long.
    static func short(_ value: Span<UInt8>) -> String {
        var text: [UInt8] = []
        var position = 0
        EncodedValue.appendJSON(in: value, at: &position, to: &text)
        return cut(String(decoding: text, as: UTF8.self))
    }

    /// The value with its type, as errors show it: `string "a"`, `NULL`, `list [1,2]`.
    static func typed(_ value: Span<UInt8>) -> String {
        switch EncodedValue.Tag(rawValue: value[0]) {
        case .null, nil: "NULL"
        case .list: "list \(short(value))"
        case .some(let tag): "\(tag.type.name) \(short(value))"
        }
    }

    /// The JSON texts of the values of a row, one after the other.
    static func row(_ values: Span<UInt8>) -> String {
        var texts: [String] = []
        var position = 0
        while position < values.count, texts.count < 8 {
            let start = position
            guard EncodedValue.skip(in: values, at: &position) else { break }
            texts.append(short(values.extracting(start..<position)))
        }
        return "(" + (texts + (position < values.count ? ["…"] : [])).joined(separator: ", ") + ")"
    }

    /// The key as in a URL, before percent-encoding: parts with a comma between them.
    static func key(_ key: Span<UInt8>, _ schema: KeySchema) -> String {
        guard let parts = schema.decode(key) else { return "(undecodable)" }
        let texts = parts.map { part in
            switch part {
            case .int64(let value): String(value)
            case .string(let text): escaped(text)
            }
        }
        return cut(texts.joined(separator: ","))
    }

    /// Text without controls, so that it cannot leave its line.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { $0.escaped(asASCII: false) }.joined()
    }

    private static func cut(_ text: String) -> String {
        text.count <= maxCount ? text : text.prefix(maxCount) + "…"
    }
}
