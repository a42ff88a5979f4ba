import SystemPackage

extension ReadingContext {
    /// The SQL of a node: its text, or the text of the `.sql` file that it names; nil after an
    /// error.
    func sql(_ node: YAMLNode) -> SQLText? {
        guard let raw = rawText(node, "SQL, or the path of a .sql file"),
            let inline = expand(raw.text, raw.style, at: node.mark)
        else { return nil }
        guard !inline.text.trimmed.isEmpty else {
            log.error(at: node.mark, found: "empty text", expected: "SQL, templates filled in")
            return nil
        }
        guard isSQLPath(raw.text.trimmed) else {
            guard !hasFoldedComment(inline) else { return nil }
            return SQLText(
                text: inline.text, template: inline.template, file: log.file,
                origin: inline.origin)
        }
        return sql(from: path(inline.text.trimmed), at: node.mark)
    }

    /// Whether YAML has put SQL into a `--` comment by folding the lines after it into its own;
    /// reports the error.
    private func hasFoldedComment(_ sql: Expanded) -> Bool {
        guard let offset = QueryText(sql.text).commentThatSwallows(lineOf: sql.origin.line(at:))
        else {
            return false
        }
        log.error(
            at: sql.origin.mark(at: offset),
            found: "a -- comment in SQL whose lines YAML folds into one: what follows on the next "
                + "lines would be part of it",
            expected: "the SQL after \"|\", which keeps line ends, or a /* comment */")
        return true
    }

    private func sql(from path: FilePath, at mark: TextMark) -> SQLText? {
        let text: String
        do {
            text = try readText(path, maxSize: YAMLNode.maxSize)
        } catch {
            log.error(at: mark, found: "\(quoted(path.string)): \(error.found)", expected: "SQL")
            return nil
        }
        let lines = TextLines(text)
        if let offset = lines.scalars.firstIndex(where: { !$0.isYAML }) {
            log.error(
                at: lines.mark(at: offset), found: "a control character", expected: "SQL",
                in: path.string)
            return nil
        }
        guard !text.trimmed.isEmpty else {
            log.error(at: mark, found: "\(quoted(path.string)): an empty file", expected: "SQL")
            return nil
        }
        guard let expanded = expand(text, origin: TextOrigin(of: lines), file: path.string) else {
            return nil
        }
        return SQLText(
            text: expanded.text, template: expanded.template, file: path.string,
            reference: "\(log.file):\(mark.line):\(mark.column)", origin: expanded.origin)
    }

    /// A value whose type the job file does not state.
    ///
    /// What YAML 1.1 reads differently must be quoted.
    func literal(_ node: YAMLNode) -> Literal? {
        guard case .scalar(let text, let style) = node.content else {
            mismatch(node, expected: "a single value")
            return nil
        }
        guard isPlain(text, node) else { return nil }
        guard style == .plain else { return .string(text) }
        if node.isNull { return .null }
        switch text {
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if NumberText.isInteger(text), let value = Int64(text) { return .int64(value) }
        if NumberText.isNumber(text) { return .number(text) }
        guard !YAML11.isAmbiguous(text) else {
            mismatch(
                node, expected: "quotes around it if it is text; YAML 1.1 reads something else")
            return nil
        }
        return .string(text)
    }
}
