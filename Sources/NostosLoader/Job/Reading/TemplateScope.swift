import Nostos

/// The names that `{{ … }}` may use: the job's variables and the environment.
///
/// Nothing else goes inside.
struct TemplateScope {
    let vars: [String: String]
    let environment: [String: String]

    /// The way to write two opening braces, for messages.
    static let escapeHint = " (write {{ '{{' }} for two braces)"

    /// One part of a text with templates; offsets count Unicode scalars.
    enum Part: Equatable {
        case literal(Range<Int>)
        case variable(String, at: Int)
        case environment(String, fallback: String?, at: Int)
        /// Two braces in quotes, which stand for themselves: `{{ '{{' }}`.
        case text(String, at: Int)
        case malformed(Problem)

        /// The offset at which it starts.
        var offset: Int {
            switch self {
            case .literal(let range): range.lowerBound
            case .variable(_, let offset), .environment(_, _, let offset), .text(_, let offset):
                offset
            case .malformed(let problem): problem.offset
            }
        }
    }

    /// The reason for which a template cannot be filled in.
    struct Problem: Error, Equatable {
        let offset: Int
        let found: String
        let expected: String
        var suggestion: String?
        /// Whether `found` shows text of the file.
        var isExcerpt = false
    }

    /// The value of one template.
    enum Value: Equatable {
        /// Text that may be shown.
        case open(String)
        /// Text from the environment, which may not.
        case secret(String)
    }

    /// The value that a variable or environment variable has.
    func value(of part: Part) -> Result<Value, Problem> {
        switch part {
        case .literal: return .success(.open(""))
        case .text(let text, _): return .success(.open(text))
        case .malformed(let problem): return .failure(problem)
        case .variable(let name, let offset):
            if let value = vars[name] { return .success(.open(value)) }
            let known = vars.keys.sorted()
            let near = nearestWord(to: name, among: known)
            let names = known.isEmpty ? "a variable of vars or --var" : alternatives(known)
            return .failure(
                Problem(
                    offset: offset, found: "the unknown variable \(quoted(name))",
                    expected: near == nil ? names + Self.escapeHint : names, suggestion: near))
        case .environment(let name, let fallback, let offset):
            if let value = environment[name] { return .success(.secret(value)) }
            if let fallback { return .success(.open(fallback)) }
            return .failure(
                Problem(
                    offset: offset, found: "no environment variable \(name)",
                    expected: "it to be set, or env_var('\(name)', 'default')"))
        }
    }
}

extension TemplateScope {
    /// Splits a text at its templates; the parts lie side by side and are the whole text.
    static func parse(_ text: [Unicode.Scalar]) -> [Part] {
        var parts: [Part] = []
        var literalStart = 0
        var position = 0
        while position + 1 < text.count {
            guard text[position] == "{", text[position + 1] == "{" else {
                position += 1
                continue
            }
            var parser = TemplateParser(text: text, position: position + 2)
            let part = parser.parse(from: position) ?? malformed(text, &parser.position, position)
            if position > literalStart { parts.append(.literal(literalStart..<position)) }
            parts.append(part)
            position = parser.position
            literalStart = position
        }
        if literalStart < text.count { parts.append(.literal(literalStart..<text.count)) }
        return parts
    }

    /// A malformed template: from `{{` to `}}`, or to the end of the line.
    private static func malformed(
        _ text: [Unicode.Scalar], _ end: inout Int, _ start: Int
    ) -> Part {
        end = start + 2
        while end < text.count, text[end] != "\n" {
            end += 1
            if text[end - 1] == "}", text[end - 2] == "}", end - 2 > start + 1 { break }
        }
        return .malformed(
            Problem(
                offset: start, found: quoted(String(text[start..<end].map(Character.init))),
                expected: "{{ name }} or {{ env_var('NAME', 'default') }}" + escapeHint,
                isExcerpt: true))
    }
}

/// Reads what stands between `{{` and `}}`: `name`, `env_var('NAME')` with or without a default, or
/// two braces in quotes.
private struct TemplateParser {
    let text: [Unicode.Scalar]
    var position: Int

    mutating func parse(from start: Int) -> TemplateScope.Part? {
        if let text = string() {
            guard text == "{{" || text == "}}", take("}", "}") else { return nil }
            return .text(text, at: start)
        }
        guard let name = word() else { return nil }
        guard take("(") else {
            return take("}", "}") ? .variable(name, at: start) : nil
        }
        guard name == "env_var", let variable = string(), !variable.isEmpty else { return nil }
        var fallback: String?
        if take(",") {
            guard let text = string() else { return nil }
            fallback = text
        }
        guard take(")"), take("}", "}") else { return nil }
        return .environment(variable, fallback: fallback, at: start)
    }

    private mutating func skipSpace() {
        while position < text.count, text[position].isSpace { position += 1 }
    }

    private mutating func take(_ scalars: Unicode.Scalar...) -> Bool {
        skipSpace()
        guard text[position...].starts(with: scalars) else { return false }
        position += scalars.count
        return true
    }

    private mutating func word() -> String? {
        skipSpace()
        let word = text[position...].prefix { $0.isWord }
        guard let first = word.first, !("0"..."9").contains(first) else { return nil }
        position = word.endIndex
        return String(word.map(Character.init))
    }

    private mutating func string() -> String? {
        skipSpace()
        guard position < text.count, text[position] == "'" || text[position] == "\"",
            let end = text[(position + 1)...].firstIndex(of: text[position])
        else { return nil }
        defer { position = end + 1 }
        return String(text[(position + 1)..<end].map(Character.init))
    }
}
