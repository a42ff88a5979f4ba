/// Suggestions for mistyped words, for other modules.
public enum Suggestion {
    /// The word of `words` that differs from `word` by at most two edits, or nil.
    public static func nearest(to word: String, among words: [String]) -> String? {
        nearestWord(to: word, among: words)
    }
}
