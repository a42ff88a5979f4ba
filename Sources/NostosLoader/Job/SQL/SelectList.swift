/// The names of a query's columns, as far as its text shows them.
///
/// For display only: the source decides the real names of columns. No SQL is refused here.
struct SelectList {
    /// A word, a quoted name, or one other character.
    private enum Token: Equatable {
        case word(String)
        case name(String)
        case other(Unicode.Scalar)

        func isWord(_ text: String) -> Bool {
            if case .word(let word) = self { word.lowercased() == text } else { false }
        }
    }

    /// The name of each column of the first SELECT, nil where the text does not show it.
    static func names(in sql: String) -> [String?] {
        let tokens = topLevelTokens(Array(sql.unicodeScalars))
        guard let select = tokens.firstIndex(where: { $0.isWord("select") }) else { return [] }
        var items: [[Token]] = [[]]
        for token in tokens[(select + 1)...] {
            if token.isWord("from") || token == .other(";") { break }
            if token == .other(",") {
                items.append([])
            } else {
                items[items.count - 1].append(token)
            }
        }
        if let first = items.first?.first, first.isWord("distinct") || first.isWord("all") {
            items[0].removeFirst()
        }
        return items.map(name)
    }

    /// `… AS name`, `name` or `table.name`; everything else is for the source to say.
    private static func name(of item: [Token]) -> String? {
        guard let last = item.last, let name = text(of: last) else { return nil }
        if item.count >= 2, item[item.count - 2].isWord("as") { return name }
        let isPath = item.enumerated().allSatisfy { index, token in
            index.isMultiple(of: 2) ? text(of: token) != nil : token == .other(".")
        }
        return isPath ? name : nil
    }

    private static func text(of token: Token) -> String? {
        switch token {
        case .word(let text), .name(let text): text
        case .other: nil
        }
    }

    /// The tokens outside parentheses; a parenthesis becomes one `other`.
    private static func topLevelTokens(_ sql: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var depth = 0
        var position = 0
        while position < sql.count {
            let token = nextToken(sql, &position)
            switch token {
            case .other("(")?, .other("[")?:
                if depth == 0, let token { tokens.append(token) }
                depth += 1
            case .other(")")?, .other("]")?: depth = max(depth - 1, 0)
            case let token?: if depth == 0 { tokens.append(token) }
            case nil: break
            }
        }
        return tokens
    }

    /// The next token, or nil for white space and comments.
    private static func nextToken(_ sql: [Unicode.Scalar], _ position: inout Int) -> Token? {
        let first = sql[position]
        let next = position + 1 < sql.count ? sql[position + 1] : nil
        if first.isSpace {
            position += 1
            return nil
        }
        if first == "-", next == "-" {
            position = sql[position...].firstIndex(of: "\n") ?? sql.count
            return nil
        }
        if first == "/", next == "*" {
            position += 2
            while position < sql.count, !sql[position...].starts(with: "*/".unicodeScalars) {
                position += 1
            }
            position = min(position + 2, sql.count)
            return nil
        }
        if first == "'" || first == "\"" || first == "`" {
            let end = sql[(position + 1)...].firstIndex(of: first) ?? sql.count
            let text = String(sql[(position + 1)..<end].map(Character.init))
            position = min(end + 1, sql.count)
            return first == "'" ? .other("'") : .name(text)
        }
        let word = sql[position...].prefix { $0.isWord || $0 == "$" || $0.value > 0x7F }
        position += max(word.count, 1)
        return word.isEmpty ? .other(first) : .word(String(word.map(Character.init)))
    }
}
