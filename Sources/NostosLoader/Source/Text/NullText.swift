import Nostos

/// The texts that programs write for a value that is missing, or no finite number.
///
/// Among numbers or Booleans such a text is an error that names `null`: a column of texts is hardly
/// meant. Among other texts it is a text: NA is Namibia.
enum NullText {
    private static let words: Set<String> = [
        "na", "n/a", "#n/a", "#n/a n/a", "#na", "<na>", "n.a.", "nan", "-nan", "+nan", "1.#ind",
        "-1.#ind", "1.#qnan", "-1.#qnan", "nat", "null", "(null)", "<null>", "[null]", "#null!",
        "none", "nil", "\\n", "undefined", "missing", "inf", "-inf", "+inf", "infinity",
        "-infinity", "+infinity", "#div/0!", "#value!", "#ref!", "#num!", "-", "--", "?", ".",
    ]
    private static let maxSize = 10

    /// Whether a text, as a message shows it, may stand for a missing value: it has no digit.
    static func mayBeMeant(by text: String) -> Bool {
        !text.contains { $0.isASCII && $0.isNumber }
    }

    /// Whether the text is one of them, in any case.
    static func contains(_ text: Span<UInt8>) -> Bool {
        guard (1...maxSize).contains(text.count) else { return false }
        var copy: [UInt8] = []
        copy.append(text)
        return words.contains(String(decoding: copy, as: UTF8.self).lowercased())
    }
}
