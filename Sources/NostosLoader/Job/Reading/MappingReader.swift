import Nostos

/// Takes the entries of one mapping by their keys; a key that is not taken is unknown.
///
/// A class, so that closures may take from it. Call `finish` once, at the end.
final class MappingReader {
    /// The name of the mapping, for messages: "a job".
    var what: String
    let mark: TextMark
    /// The places of its keys.
    let keyMarks: [String: TextMark]
    private let log: DiagnosticLog
    private var rest: [YAMLEntry]
    private var asked: [String] = []
    private var listed: [String] = []
    private var missing: [(key: String, expected: String)] = []

    /// Nil, with an error noted, when the node is no mapping.
    init?(_ node: YAMLNode, _ what: String, log: DiagnosticLog) {
        guard case .mapping(let entries) = node.content else {
            guard !node.isBroken else { return nil }
            log.error(
                at: node.mark, found: log.isConfidential ? node.kind : node.found,
                expected: "\(what): a mapping")
            return nil
        }
        self.what = what
        self.log = log
        mark = node.mark
        keyMarks = Dictionary(entries.map { ($0.key, $0.mark) }) { first, _ in first }
        rest = entries
    }

    /// The entry of an optional key; messages list only the expected keys that are marked as
    /// listed.
    func take(_ key: String, isListed: Bool = true) -> YAMLEntry? {
        if !asked.contains(key) {
            asked.append(key)
            if isListed { listed.append(key) }
        }
        guard let index = rest.firstIndex(where: { $0.key == key }) else { return nil }
        return rest.remove(at: index)
    }

    /// The entry of a required key.
    func require(_ key: String) -> YAMLEntry? {
        let entry = take(key)
        if entry == nil { missing.append((key, "\"\(key)\"")) }
        return entry
    }

    /// The entry of a required key with an older spelling.
    func require(_ key: String, or older: String) -> YAMLEntry? {
        let entry = take(key, or: older)
        if entry == nil { missing.append((key, "\"\(key)\" or \"\(older)\"")) }
        return entry
    }

    /// The entry of an optional key with an older spelling.
    func take(_ key: String, or older: String) -> YAMLEntry? {
        let (entry, olderEntry) = (take(key), take(older))
        if entry != nil, let olderEntry {
            log.error(
                at: olderEntry.mark, found: "both \"\(key)\" and \"\(older)\"",
                expected: "one of them")
        }
        return entry ?? olderEntry
    }

    /// The entries that were not taken so far, in order; they count as taken.
    func takeRest() -> [YAMLEntry] {
        defer { rest = [] }
        return rest
    }

    /// Notes unknown keys and missing ones.
    ///
    /// A required key that one of the unknown ones was probably meant to be is not noted twice.
    func finish() {
        var meant: Set<String> = []
        for entry in rest {
            let suggestion = nearestWord(to: entry.key, among: asked)
            if let suggestion { meant.insert(suggestion) }
            log.error(
                at: entry.mark, found: "the unknown key \(quoted(entry.key)) in \(what)",
                expected: alternatives(listed),
                suggestion: suggestion)
        }
        for (key, expected) in missing where !meant.contains(key) {
            log.error(at: mark, found: "\(what) without \"\(key)\"", expected: expected)
        }
    }
}
