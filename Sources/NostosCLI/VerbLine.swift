import Foundation

/// The arguments of a call before the parser gets them: the verb, requests for help, and keys that
/// begin with a dash.
struct VerbLine {
    /// The words as the parser gets them.
    let words: [String]
    /// The verb; nil where none is named.
    let verb: String?
    /// Whether the call asks for help.
    let asksForHelp: Bool

    /// The line of those arguments.
    init(_ arguments: [String]) {
        let isHelp = arguments.first == "help"
        let rest = isHelp ? Array(arguments.dropFirst()) : arguments
        verb = rest.first { !$0.hasPrefix("-") }
        asksForHelp =
            isHelp || arguments.isEmpty
            || arguments.prefix { $0 != "--" }.contains { $0 == "-h" || $0 == "--help" }
        words = verb == "get" && !isHelp ? Self.withKeysApart(arguments) : arguments
    }

    /// The text of `nostos help TOPIC`, where it is one.
    var topic: String? {
        guard asksForHelp, words.first == "help" else { return nil }
        return verb.flatMap { HelpTopic.texts[$0] }
    }

    /// The mistake in the verb; nil where the verb is known, or none is named.
    var mistake: String? {
        guard let verb, verb != "help", !NostosCommand.verbs.contains(verb),
            words.first == verb || words.first == "help"
        else { return nil }
        let topics = HelpTopic.texts.keys.filter { _ in words.first == "help" }
        let near = Words.verb(for: verb, among: NostosCommand.verbs + topics)
        let hint = near.map { "did you mean \"\($0)\"?" } ?? "see `nostos --help`"
        return "unknown verb \"\(verb)\"; \(hint)"
    }

    /// Puts `--` before the keys of `get` where one is a negative number; the keys keep their
    /// order, and options move before the `--`.
    private static func withKeysApart(_ arguments: [String]) -> [String] {
        guard !arguments.contains("--"), arguments.contains(where: isNegative) else {
            return arguments
        }
        let withValue: Set<String> = [
            "--fields", "--store", "--url", "--token-file", "--ca-file", "-o", "--output",
        ]
        var options: [String] = []
        var positional: [String] = []
        var isValue = false
        for word in arguments {
            if isValue || word.hasPrefix("-") && !isNegative(word) {
                options.append(word)
                isValue = !isValue && withValue.contains(word)
            } else {
                positional.append(word)
            }
        }
        // The first is the verb itself.
        return positional.prefix(1) + options + ["--"] + positional.dropFirst()
    }

    /// Whether the word is a negative number, or a composite key that begins with one.
    private static func isNegative(_ word: String) -> Bool {
        guard word.first == "-", let digit = word.utf8.dropFirst().first else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit)
    }
}
