import Nostos
import Yams

/// Reads YAML documents into nodes: the door to Yams.
///
/// Strict where YAML is lax: no tags, keys that are words, each once, and the limits
/// of `YAMLNode`. Anchors, aliases and `<<` are resolved, for Dataduct's files use them. What
/// breaks the text ends the reading; everything else is noted, and the reading goes on.
struct YAMLReader {
    private let lines: TextLines
    private let log: DiagnosticLog
    private var standIns: StandIns
    private var anchors: [String: Subtree] = [:]
    private var count = 0
    private var isTooMuch = false

    /// A node with its measures, aliases included.
    private struct Subtree {
        let node: YAMLNode
        let count: Int
        let height: Int
    }

    /// The only document's root; nil where there is none, and after an error that ended the
    /// reading.
    static func read(_ lines: TextLines, log: DiagnosticLog) -> YAMLNode? {
        let documents = readAll(lines, log: log)
        if documents.count > 1 {
            log.error(at: documents[1].mark, found: "a second document", expected: "one document")
        }
        return documents.first
    }

    /// The roots of all documents, which `---` parts; none after an error that ended the reading.
    ///
    /// A document without a node does not count. An anchor is known in its own document only.
    static func readAll(_ lines: TextLines, log: DiagnosticLog) -> [YAMLNode] {
        guard lines.isReadable(log: log) else { return [] }
        guard let standIns = StandIns(lines.scalars) else {
            log.error(
                at: TextMark(line: 1, column: 1), found: "every character of the private-use area",
                expected: "text")
            return []
        }
        var reader = YAMLReader(lines: lines, log: log, standIns: standIns)
        return reader.readAll()
    }

    private init(lines: TextLines, log: DiagnosticLog, standIns: StandIns) {
        self.lines = lines
        self.log = log
        self.standIns = standIns
    }

    private mutating func readAll() -> [YAMLNode] {
        while true {
            do {
                // `.basic` resolves nothing: keys are equal where their texts are.
                let parser = try Parser(yaml: standIns.text, resolver: .basic, encoding: .utf8)
                var roots: [Node] = []
                while let root = try parser.nextRoot() { roots.append(root) }
                // Nodes hold their anchors weakly: the parser must outlive them.
                return withExtendedLifetime(parser) { documents(of: roots) }
            } catch {
                guard recover(from: error) else { return [] }
            }
        }
    }

    private mutating func documents(of roots: [Node]) -> [YAMLNode] {
        var documents: [YAMLNode] = []
        for root in roots {
            anchors = [:]
            guard let node = build(root, depth: 1)?.node, !isTooMuch else { continue }
            if !node.isNull || roots.count == 1 { documents.append(node) }
        }
        return isTooMuch ? [] : documents
    }

    /// Whether another attempt may succeed; notes the error otherwise.
    private mutating func recover(from error: any Error) -> Bool {
        switch error as? YamlError {
        case .duplicatedKeysInMapping(let keys, let context):
            let mark = TextMark(line: context.mark.line, column: context.mark.column)
            if standIns.replaceKey(at: lines.offset(of: mark)) { return true }
            // The place is that of the first key.
            let name = keys.first.map { quoted(standIns.restore($0)) } ?? "a key"
            log.error(at: mark, found: "\(name) more than once", expected: "each key once")
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let mark = TextMark(line: mark.line, column: mark.column)
            let reason = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
            log.error(at: mark, found: word(at: mark), expected: "valid YAML (\(reason))")
        default:
            log.error(
                at: TextMark(line: 1, column: 1), found: "text that is not YAML",
                expected: "valid YAML")
        }
        return false
    }

    /// The word at that place, up to the next blank.
    private func word(at mark: TextMark) -> String {
        let rest = lines.scalars[lines.offset(of: mark)...]
        guard let first = rest.first else { return "the end of the file" }
        if first == "\t" { return "a tab" }
        guard !log.isConfidential else { return "text" }
        let word = rest.prefix { !$0.isSpace }
        return word.isEmpty ? "the end of the line" : quoted(String(word.map(Character.init)))
    }

    private func mark(of node: Node) -> TextMark {
        TextMark(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}

extension YAMLReader {
    /// Builds a node and what is below it, and remembers it under its anchor.
    private mutating func build(_ node: Node, depth: Int) -> Subtree? {
        let mark = mark(of: node)
        guard !isTooMuch, fits(count: 1, depth: depth, at: mark) else { return nil }
        checkTag(at: mark)
        let subtree: Subtree?
        switch node {
        case .scalar(let scalar):
            if let name = aliasName(scalar) {
                return resolve(name, depth: depth, at: mark)
            }
            // Only an escape in quotes can bring this; it would end a C string.
            guard !scalar.string.utf8.contains(0) else {
                log.error(at: mark, found: "the character U+0", expected: "text without it")
                return Self.subtree(mark, .broken, of: [])
            }
            let content = YAMLNode.Content.scalar(
                standIns.restore(scalar.string), Self.style(of: scalar))
            subtree = Subtree(node: YAMLNode(mark: mark, content: content), count: 1, height: 1)
        case .sequence(let sequence):
            let items = sequence.compactMap { build($0, depth: depth + 1) }
            subtree = Self.subtree(mark, .sequence(items.map(\.node)), of: items)
        case .mapping(let mapping):
            subtree = build(mapping, depth: depth, at: mark)
        case .alias:
            // Yams makes these only when asked to encode.
            subtree = nil
        }
        if let anchor = node.anchor { anchors[anchor.rawValue] = subtree }
        return subtree
    }

    private mutating func build(
        _ mapping: Node.Mapping, depth: Int, at mark: TextMark
    ) -> Subtree? {
        var entries: [YAMLEntry] = []
        var parts: [Subtree] = []
        var merges: [YAMLNode] = []
        var keys: Set<String> = []
        for (keyNode, valueNode) in mapping {
            let keyMark = self.mark(of: keyNode)
            let key = build(keyNode, depth: depth + 1)
            guard let value = build(valueNode, depth: depth + 1), let key else { continue }
            guard case .scalar(let scalar) = keyNode, aliasName(scalar) == nil,
                case .scalar(let name, let style) = key.node.content
            else {
                log.error(at: keyMark, found: "\(key.node.found) as a key", expected: "a word")
                continue
            }
            guard keys.insert(name).inserted else {
                log.error(
                    at: keyMark, found: "\(quoted(name)) a second time", expected: "each key once")
                continue
            }
            parts += [key, value]
            if name == "<<", style == .plain {
                merges.append(value.node)
            } else {
                entries.append(YAMLEntry(key: name, mark: keyMark, value: value.node))
            }
        }
        for node in merges { merge(node, into: &entries, keys: &keys) }
        return Self.subtree(mark, .mapping(entries), of: parts)
    }

    /// Adds what `<<` names: mappings, of which earlier ones win, and a key of one's own always.
    private func merge(
        _ node: YAMLNode, into entries: inout [YAMLEntry], keys: inout Set<String>
    ) {
        switch node.content {
        case .mapping(let others):
            entries += others.filter { keys.insert($0.key).inserted }
        case .sequence(let nodes) where nodes.allSatisfy(\.isMapping):
            for node in nodes { merge(node, into: &entries, keys: &keys) }
        default:
            log.error(
                at: node.mark, found: "\(node.found) after <<", expected: "a mapping or several")
        }
    }

    /// The node that an alias stands for; it counts and nests as if it were written out.
    private mutating func resolve(_ name: String, depth: Int, at mark: TextMark) -> Subtree? {
        guard let subtree = anchors[name] else {
            log.error(
                at: mark, found: log.isConfidential ? "an alias" : "the alias *\(name)",
                expected: "an anchor of that name before it",
                suggestion: nearestWord(to: name, among: anchors.keys.sorted()))
            return Self.subtree(mark, .broken, of: [])
        }
        let isFitting = fits(count: subtree.count - 1, depth: depth + subtree.height - 1, at: mark)
        return isFitting ? subtree : nil
    }

    /// Counts nodes and checks the limits; the first that is exceeded ends the reading.
    private mutating func fits(count added: Int, depth: Int, at mark: TextMark) -> Bool {
        count += added
        if depth > YAMLNode.maxDepth {
            log.error(
                at: mark, found: "a node at level \(depth)",
                expected: "at most \(YAMLNode.maxDepth) levels")
            isTooMuch = true
        } else if count > YAMLNode.maxCount {
            log.error(
                at: mark, found: "more than \(YAMLNode.maxCount) nodes",
                expected: "at most \(YAMLNode.maxCount), aliases written out")
            isTooMuch = true
        }
        return !isTooMuch
    }

    /// Refuses a tag.
    ///
    /// Yams sets a tag of its own on quoted text, so only the text decides.
    private func checkTag(at mark: TextMark) {
        var offset = lines.offset(of: mark)
        if offset < lines.scalars.count, lines.scalars[offset] == "&" {
            offset = lines.skipAnchor(at: offset)
        }
        guard offset < lines.scalars.count, lines.scalars[offset] == "!" else { return }
        let mark = lines.mark(at: offset)
        log.error(at: mark, found: "the tag \(word(at: mark))", expected: "no tags")
    }

    private func aliasName(_ scalar: Node.Scalar) -> String? {
        guard scalar.style == .plain, scalar.string.unicodeScalars.first == standIns.alias else {
            return nil
        }
        return standIns.restore(String(scalar.string.unicodeScalars.dropFirst()))
    }

    private static func style(of scalar: Node.Scalar) -> YAMLNode.Style {
        switch scalar.style {
        case .plain, .any: .plain
        case .singleQuoted: .singleQuoted
        case .doubleQuoted: .doubleQuoted
        case .literal, .folded: .block
        }
    }

    private static func subtree(
        _ mark: TextMark, _ content: YAMLNode.Content, of parts: [Subtree]
    ) -> Subtree {
        Subtree(
            node: YAMLNode(mark: mark, content: content),
            count: 1 + parts.reduce(0) { $0 + $1.count },
            height: 1 + (parts.map(\.height).max() ?? 0))
    }
}
