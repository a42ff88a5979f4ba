import Nostos

/// Truth values as text.
enum BoolText {
    /// `true` and `false` in any case, as JSON, pandas and Excel write them; nil for everything
    /// else.
    static func word(_ text: Span<UInt8>) -> Bool? {
        if text.count == 4, matches(text, "true") { return true }
        if text.count == 5, matches(text, "false") { return false }
        return nil
    }

    /// The same, and `t`, `f` (PostgreSQL's CSV), `1` and `0`: where the job or a database declares
    /// a column as Boolean.
    static func stated(_ text: Span<UInt8>) -> Bool? {
        guard text.count == 1 else { return word(text) }
        switch text[0] {
        case UInt8(ascii: "1"), UInt8(ascii: "t"), UInt8(ascii: "T"): return true
        case UInt8(ascii: "0"), UInt8(ascii: "f"), UInt8(ascii: "F"): return false
        default: return nil
        }
    }

    /// Whether the text is that word of as many small letters, in any case.
    private static func matches(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
        for index in text.indices {
            guard text[index] | 0x20 == word.byte(at: index) else { return false }
        }
        return true
    }
}
