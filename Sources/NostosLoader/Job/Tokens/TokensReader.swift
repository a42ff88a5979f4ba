import Nostos

/// Reads `tokens.yml`: a list of tokens, every one with a name, a digest and scopes.
struct TokensReader {
    /// The digits of a SHA-256.
    private static let digestDigits = 64

    let context: ReadingContext

    /// The entries, in the file's order.
    func read(_ root: YAMLNode) -> [TokensFile.Entry] {
        // A file of comments alone grants no access.
        guard !root.isNull else { return [] }
        if case .sequence(let items) = root.content, items.isEmpty { return [] }
        guard
            let nodes = context.list(
                root, "a list of tokens, each with name, sha256 and scopes",
                maxCount: TokensFile.maxCount)
        else { return [] }
        var names: Set<String> = []
        return nodes.compactMap { node in
            guard let entry = entry(node) else { return nil }
            guard names.insert(entry.name).inserted else {
                context.log.error(
                    at: node.mark, found: "a second token \"\(entry.name)\"",
                    expected: "a name of its own")
                return nil
            }
            return entry
        }
    }

    private func entry(_ node: YAMLNode) -> TokensFile.Entry? {
        guard let mapping = MappingReader(node, "a token", log: context.log) else { return nil }
        let name = mapping.require("name").flatMap { readName($0.value) }
        let digest = mapping.require("sha256").flatMap { readDigest($0.value) }
        let scopes = mapping.require("scopes").flatMap { readScopes($0.value) }
        let expires = mapping.take("expires").map { readTime($0.value) }
        let jobs = mapping.take("jobs").map { readJobs($0.value) }
        mapping.finish()
        guard let name, let digest, let scopes else { return nil }
        if case .some(.none) = expires { return nil }
        if case .some(.none) = jobs { return nil }
        return TokensFile.Entry(
            name: name, digest: digest, scopes: scopes, expiresAt: expires.flatMap(\.self),
            jobs: jobs.flatMap(\.self))
    }

    private func readName(_ node: YAMLNode) -> String? {
        let expected = "letters, digits, . _ and -, at most \(TokensFile.maxNameSize)"
        guard let text = context.text(node, expected, maxSize: TokensFile.maxNameSize) else {
            return nil
        }
        guard text.unicodeScalars.allSatisfy({ $0.isWord || $0 == "-" || $0 == "." }) else {
            context.log.error(
                at: node.mark, found: "a token's name with other characters", expected: expected)
            return nil
        }
        return text
    }

    /// The bytes of 64 hexadecimal digits.
    private func readDigest(_ node: YAMLNode) -> [UInt8]? {
        let expected = "the SHA-256 of the token: \(Self.digestDigits) hexadecimal digits"
        guard let text = context.rawText(node, expected)?.text.trimmed else { return nil }
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == Self.digestDigits, text.utf8.count == Self.digestDigits else {
            // Somebody may have put the token itself there.
            context.log.error(
                at: node.mark, found: "\(text.utf8.count) bytes that are none", expected: expected)
            return nil
        }
        return (0..<Self.digestDigits / 2).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
    }

    private func readScopes(_ node: YAMLNode) -> [String]? {
        let nodes = context.list(
            node, "scopes: a list of read, publish, admin", maxCount: TokensFile.scopes.count)
        guard let nodes else { return nil }
        let words = nodes.compactMap { context.word($0, among: TokensFile.scopes) }
        return words.count == nodes.count ? words : nil
    }

    /// Patterns of job names: what a name may hold, and `*`.
    private func readJobs(_ node: YAMLNode) -> [String]? {
        let expected = "jobs: a list of job names, in which * stands for any characters"
        let nodes = context.list(node, expected, maxCount: TokensFile.maxPatternCount)
        guard let nodes else { return nil }
        let patterns = nodes.compactMap { node -> String? in
            guard let text = context.text(node, expected, maxSize: TokensFile.maxNameSize) else {
                return nil
            }
            // A pattern that no name can match would shut its holder out without a word.
            guard text.contains("*") || JobName.isValid(text),
                JobName.isValid("a" + text.filter { $0 != "*" })
            else {
                context.log.error(
                    at: node.mark, found: "a pattern that no job's name matches",
                    expected: "a-z, 0-9, _, - and *, such as reco_*")
                return nil
            }
            return text
        }
        return patterns.count == nodes.count ? patterns : nil
    }

    /// Seconds since 1970 of a date, at its first moment in UTC, or of a time.
    private func readTime(_ node: YAMLNode) -> Int64? {
        let expected = "a date or time, such as 2027-01-31 or 2027-01-31T08:00:00Z"
        guard let text = context.rawText(node, expected)?.text.trimmed else { return nil }
        let whole = Array((text.utf8.count == 10 ? "\(text)T00:00:00Z" : text).utf8)
        guard let microseconds = TimestampText.parse(whole.span) else {
            context.log.error(at: node.mark, found: "no time", expected: expected)
            return nil
        }
        return microseconds / 1_000_000
    }
}
