extension TextLines {
    /// Checks the conditions that must hold before Yams reads the text; reports an error and
    /// returns false otherwise.
    func isReadable(log: DiagnosticLog) -> Bool {
        if let offset = scalars.firstIndex(where: { !$0.isYAML }) {
            let value = String(scalars[offset].value, radix: 16, uppercase: true)
            log.error(
                at: mark(at: offset), found: "the character U+\(value)",
                expected: "text without control characters")
            return false
        }
        let deepest = deepestNesting()
        let maxNestedSize = 1 << 23
        guard min(deepest.depth, 1000) * scalars.count <= maxNestedSize else {
            log.error(
                at: mark(at: deepest.offset), found: "brackets at level \(deepest.depth)",
                expected: "at most \(YAMLNode.maxDepth) levels")
            return false
        }
        return true
    }

    /// An upper bound of how deep keys may nest in keys, and where.
    ///
    /// Yams hashes every key of a mapping, so that a key within a key within a key is hashed at
    /// each of the up to 1000 levels that libyaml allows: time is size times depth. SQL may have
    /// any brackets; only a large file with very many unclosed ones is refused.
    private func deepestNesting() -> (depth: Int, offset: Int) {
        var depth = 0
        var deepest = (depth: 0, offset: 0)
        for offset in scalars.indices {
            switch scalars[offset] {
            case "{", "[": depth += 1
            case "}", "]": depth = max(depth - 1, 0)
            case "?" where offset + 1 < scalars.count && scalars[offset + 1].isSpace: depth += 1
            default: continue
            }
            if depth > deepest.depth { deepest = (depth, offset) }
        }
        return deepest
    }

    /// The offset after the anchor `&name` at `offset` and the blanks that follow it.
    func skipAnchor(at offset: Int) -> Int {
        var offset = offset
        while offset < scalars.count, !scalars[offset].isSpace { offset += 1 }
        while offset < scalars.count, scalars[offset].isSpace { offset += 1 }
        return offset
    }
}
