import Nostos

/// Scalars, typed by the key that they belong to. Each reader notes an error and returns nil when
/// the node is anything else.
extension ReadingContext {
    /// Notes that the node is not what the key asks for.
    func mismatch(_ node: YAMLNode, expected: String, suggestion: String? = nil) {
        guard !node.isBroken else { return }
        log.error(
            at: node.mark, found: log.isConfidential ? node.kind : node.found,
            expected: expected, suggestion: suggestion)
    }

    /// Text as it is written, templates and all; white space at both ends does not count.
    func rawText(_ node: YAMLNode, _ expected: String) -> (text: String, style: YAMLNode.Style)? {
        guard case .scalar(let text, let style) = node.content, !node.isNull,
            text.contains(where: { !$0.isWhitespace })
        else {
            mismatch(node, expected: expected)
            return nil
        }
        return (text, style)
    }

    /// Text without templates, of at most `maxSize` bytes.
    func text(_ node: YAMLNode, _ expected: String, maxSize: Int = 4096) -> String? {
        guard let text = rawText(node, expected)?.text, isPlain(text, node) else { return nil }
        guard text.utf8.count <= maxSize else {
            log.error(
                at: node.mark, found: "\(text.utf8.count) bytes",
                expected: "\(expected) of at most \(maxSize) bytes")
            return nil
        }
        return text.trimmed
    }

    /// Notes an error for a template where none is filled in, instead of taking it as text.
    func isPlain(_ text: String, _ node: YAMLNode) -> Bool {
        guard text.contains("{{") else { return true }
        log.error(
            at: node.mark, found: "a template in \(quoted(text))",
            expected: "plain text: templates go into sql, path, command and connections")
        return false
    }

    /// `true` or `false`, plain; in Dataduct's form also YAML 1.1's other words for them.
    func bool(_ node: YAMLNode) -> Bool? {
        if case .scalar(let text, .plain) = node.content {
            switch text {
            case "true", "True", "TRUE": return true
            case "false", "False", "FALSE": return false
            case _ where readsYAML11 && YAML11.truths.contains(text.lowercased()): return true
            case _ where readsYAML11 && YAML11.untruths.contains(text.lowercased()): return false
            case _ where YAML11.truths.contains(text.lowercased()):
                mismatch(node, expected: "true or false", suggestion: "true")
                return nil
            case _ where YAML11.untruths.contains(text.lowercased()):
                mismatch(node, expected: "true or false", suggestion: "false")
                return nil
            default: break
            }
        }
        mismatch(node, expected: "true or false")
        return nil
    }

    /// A whole number in decimal digits, plain, within the range.
    func int(_ node: YAMLNode, in range: ClosedRange<Int>) -> Int? {
        let expected =
            range.upperBound == Int.max
            ? "a whole number, at least \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let text, .plain) = node.content, NumberText.isInteger(text),
            let value = Int(text), range.contains(value)
        else {
            mismatch(node, expected: expected)
            return nil
        }
        return value
    }

    /// A number such as 2 or 0.5, plain, from 0 to `max`.
    func number(_ node: YAMLNode, upTo max: Double) -> Double? {
        guard case .scalar(let text, .plain) = node.content, NumberText.isNumber(text),
            let value = Double(text), (0...max).contains(value)
        else {
            mismatch(node, expected: "a number from 0 to \(NumberText.short(max))")
            return nil
        }
        return value
    }

    /// A percentage such as 20% or 0.5%, from 0 to `max`; its value is in percent.
    func percent(_ node: YAMLNode, upTo max: Double) -> Double? {
        guard case .scalar(let text, _) = node.content, text.hasSuffix("%"),
            NumberText.isNumber(String(text.dropLast())),
            let value = Double(text.dropLast()), (0...max).contains(value)
        else {
            mismatch(node, expected: "a percentage from 0% to \(NumberText.short(max))%")
            return nil
        }
        return value
    }

    /// A whole number with a unit, such as 500ms, 10s, 30m, 2h or 7d, up to a year.
    func duration(_ node: YAMLNode) -> Duration? {
        let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        let maxMilliseconds = 366 * 86_400_000
        if case .scalar(let text, _) = node.content {
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            let unit = units.first { $0.0 == text.dropFirst(digits.count) }
            if let unit, NumberText.isInteger(String(digits)), let count = Int(digits) {
                let (milliseconds, isOverflow) = count.multipliedReportingOverflow(by: unit.1)
                if !isOverflow, milliseconds <= maxMilliseconds {
                    return .milliseconds(milliseconds)
                }
            }
        }
        mismatch(node, expected: "a duration such as 500ms, 10s, 30m, 2h or 7d, at most 366d")
        return nil
    }

    /// One of a few words.
    ///
    /// With `isNoSecret` a short word of small letters is shown also where values are not: such a
    /// word is no secret.
    func word(_ node: YAMLNode, among words: [String], isNoSecret: Bool = false) -> String? {
        guard case .scalar(let text, _) = node.content else {
            mismatch(node, expected: alternatives(words))
            return nil
        }
        guard words.contains(text) else {
            if isNoSecret, text.utf8.count <= 16, text.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) {
                log.error(
                    at: node.mark, found: quoted(text), expected: alternatives(words),
                    suggestion: nearestWord(to: text, among: words))
                return nil
            }
            mismatch(
                node, expected: alternatives(words),
                suggestion: nearestWord(to: text, among: words))
            return nil
        }
        return text
    }

    /// One of the words that an enum spells.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ node: YAMLNode, _ type: Choice.Type
    ) -> Choice? {
        word(node, among: Choice.allCases.map(\.rawValue)).flatMap(Choice.init(rawValue:))
    }

    /// A list of at least one and at most `maxCount` items.
    func list(_ node: YAMLNode, _ expected: String, maxCount: Int) -> [YAMLNode]? {
        guard case .sequence(let items) = node.content, !items.isEmpty else {
            if case .sequence = node.content {
                log.error(at: node.mark, found: "an empty list", expected: expected)
            } else {
                mismatch(node, expected: expected)
            }
            return nil
        }
        guard items.count <= maxCount else {
            log.error(
                at: items[maxCount].mark, found: "item \(items.count) of a list",
                expected: "at most \(maxCount)")
            return nil
        }
        return items
    }

    /// The name of a field or key column: 1 to 255 bytes without control characters.
    func fieldName(_ node: YAMLNode) -> String? {
        guard let text = rawText(node, "a field's name")?.text, isFieldName(text, at: node.mark)
        else { return nil }
        return text
    }

    /// Notes an error when the text cannot name a field.
    func isFieldName(_ text: String, at mark: TextMark) -> Bool {
        let isName =
            (1...Field.maxNameSize).contains(text.utf8.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        if !isName {
            log.error(
                at: mark, found: quoted(text),
                expected: "a field's name: 1 to \(Field.maxNameSize) bytes, no control characters")
        }
        return isName
    }
}
