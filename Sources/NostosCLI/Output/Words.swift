import Nostos

/// Suggestions for mistyped words.
enum Words {
    /// The verbs of other programs that mean one of ours.
    private static let synonyms = [
        "list": "ls", "jobs": "ls", "status": "ls", "rm": "drop", "delete": "remove",
        "undo": "rollback", "revert": "rollback", "unhold": "release", "log": "events",
        "history": "events", "server": "serve", "start": "serve", "cat": "scan", "query": "get",
        "check": "validate", "lint": "validate", "describe": "show", "info": "show",
        "new": "init", "load": "run", "publish": "promote", "fsck": "verify", "ready": "health",
        "completion": "completions",
    ]

    /// The verb that a word probably means, or nil.
    static func verb(for word: String, among verbs: [String]) -> String? {
        let word = word.lowercased()
        if verbs.contains(word) { return word }
        if let verb = synonyms[word], verbs.contains(verb) { return verb }
        return nearest(word, among: verbs)
    }

    /// The nearest word, at most two letters away, or nil.
    static func nearest(_ word: String, among words: [String]) -> String? {
        nearestWord(to: word, among: words)
    }
}
