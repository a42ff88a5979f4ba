/// Truth values as text.
enum BoolText {
    /// `true` and `false`, as JSON writes them; nil for everything else.
    static func strict(_ text: Span<UInt8>) -> Bool? {
        if text.count == 4, matches(text, "true") { return true }
        if text.count == 5, matches(text, "false") { return false }
        return nil
    }

    /// The same in any case, `t` and `f` (PostgreSQL's CSV), and 1 and 0: where the job says that
    /// a column is Boolean.
    static func lenient(_ text: Span<UInt8>) -> Bool? {
        switch text.count {
        case 1:
            switch text[0] {
            case UInt8(ascii: "1"), UInt8(ascii: "t"), UInt8(ascii: "T"): true
            case UInt8(ascii: "0"), UInt8(ascii: "f"), UInt8(ascii: "F"): false
            default: nil
            }
        case 4: matches(text, "true", isLenient: true) ? true : nil
        case 5: matches(text, "false", isLenient: true) ? false : nil
        default: nil
        }
    }

    /// Whether the text is that word of as many letters.
    private static func matches(
        _ text: Span<UInt8>, _ word: StaticString, isLenient: Bool = false
    ) -> Bool {
        for index in text.indices {
            // Unsafe: a static string's bytes live for ever, and the word is as long as the text.
            let letter = unsafe word.utf8Start[index]
            let byte = isLenient ? text[index] | 0x20 : text[index]
            guard byte == letter else { return false }
        }
        return true
    }
}
