/// One node of a YAML document, its aliases resolved, its scalars still text.
///
/// Nothing here has a type yet: YAML 1.1 reads `no` as false, `12:00` as 720 and `017` as 15, so
/// the readers of keys decide what a scalar means, not YAML.
struct YAMLNode: Sendable {
    /// The largest file, in bytes.
    static let maxSize = 1 << 20
    /// The deepest nesting; the root is level 1.
    static let maxDepth = 32
    /// The most nodes, keys included, aliases counted as often as they are used.
    static let maxCount = 20_000

    /// The style of a scalar.
    enum Style: Sendable {
        case plain, singleQuoted, doubleQuoted, block
    }

    /// The content of a node.
    enum Content: Sendable {
        case scalar(String, Style)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
        /// An error was reported for it; it causes no further one.
        case broken
    }

    /// The place at which the node starts; for an alias, that of its anchor's node.
    let mark: TextMark
    let content: Content

    /// Whether there is nothing: an empty plain scalar, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// Whether an error was noted for it.
    var isBroken: Bool {
        if case .broken = content { true } else { false }
    }

    /// Whether the node is a mapping.
    var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    /// The node as messages name it where they must not show it.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .broken: "nothing"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The node as messages name it.
    var found: String {
        switch content {
        case _ where isNull: "nothing"
        case .scalar(let text, .plain), .scalar(let text, .block): quoted(text)
        case .scalar(let text, _): "the quoted text \(quoted(text))"
        case .broken: kind
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// One key of a mapping and its value.
struct YAMLEntry: Sendable {
    let key: String
    let mark: TextMark
    let value: YAMLNode
}
