import Nostos

// The columns of a generator, and how the text of files and programs is read.

extension GeneratorReader {
    func readColumns(_ node: YAMLNode) -> [ColumnContract] {
        guard let mapping = MappingReader(node, "columns", log: context.log) else { return [] }
        let entries = mapping.takeRest()
        if entries.isEmpty || entries.count > GeneratorSpec.maxColumns {
            context.log.error(
                at: node.mark, found: "\(entries.count) columns",
                expected: "1 to \(GeneratorSpec.maxColumns)")
        }
        return entries.compactMap(readColumn)
    }

    private func readColumn(_ entry: YAMLEntry) -> ColumnContract? {
        guard context.isFieldName(entry.key, at: entry.mark),
            let mapping = MappingReader(entry.value, "a column", log: context.log)
        else { return nil }
        if indexColumns.contains(entry.key) {
            context.log.error(
                at: entry.mark, found: "the index column \(quoted(entry.key))",
                expected: "a field; the key's type is key_type")
        }
        let aliasEntry = mapping.take("as")
        let alias = aliasEntry.flatMap { context.fieldName($0.value) }
        let type = mapping.take("type").flatMap { entry in
            context.word(entry.value, among: Self.columnTypes.map(\.name)).flatMap {
                ValueType(name: $0)
            }
        }
        let separator = mapping.take("split").flatMap { readSeparator($0.value) }
        let nulls = mapping.take("null").flatMap { readNulls($0.value, mayBeEmpty: true) }
        let isNotNull = mapping.take("not_null").flatMap { context.bool($0.value) } ?? false
        mapping.finish()
        if let alias, indexColumns.contains(alias), type != nil || separator != nil {
            context.log.error(
                at: entry.mark, found: "a type or split for the index column \(quoted(alias))",
                expected: "its new name alone; the key's type is key_type")
        }
        return ColumnContract(
            name: entry.key, as: alias, type: type, split: separator, nulls: nulls,
            isNotNull: isNotNull, mark: entry.mark)
    }

    private func readSeparator(_ node: YAMLNode) -> String? {
        guard case .scalar(let text, _) = node.content, !node.isNull,
            (1...16).contains(text.utf8.count)
        else {
            context.mismatch(node, expected: "the text between the elements, such as \"|\"")
            return nil
        }
        return text
    }
}

extension GeneratorReader {
    /// The options for reading text, beside its format; the entry of the delimiter, if there is
    /// one.
    func readOptions(_ mapping: MappingReader) -> (TextOptions, delimiter: YAMLEntry?) {
        var options = TextOptions()
        let delimiter = mapping.take("delimiter")
        if let delimiter, let byte = readDelimiter(delimiter.value) { options.delimiter = byte }
        options.nulls = mapping.take("null").flatMap { readNulls($0.value) } ?? []
        options.only = mapping.take("only").flatMap { readOnly($0.value) } ?? []
        return (options, delimiter)
    }

    /// Reports a delimiter where the format has its own.
    func check(_ delimiter: YAMLEntry?, of format: RowFormat) {
        guard let delimiter, format != .csv else { return }
        context.log.error(
            at: delimiter.mark, found: "delimiter for \(format)", expected: "it with format: csv")
    }

    /// Notes an error for a column that is described and left out.
    func checkOnly(
        _ kind: GeneratorSpec.Kind?, _ columns: [ColumnContract], _ mapping: MappingReader
    ) {
        let only: [String]
        switch kind {
        case .file(let file): only = file.options.only
        case .command(let command): only = command.options.only
        case .sql?, .constant?, nil: return
        }
        guard !only.isEmpty else { return }
        for column in columns where !only.contains(column.name) {
            if let alias = column.alias, indexColumns.contains(alias) { continue }
            context.log.error(
                at: column.mark, found: "the column \(quoted(column.name)), which only leaves out",
                expected:
                    "columns that only names: \(only.map { quoted($0) }.joined(separator: ", "))",
                suggestion: nearestWord(to: column.name, among: only))
        }
    }

    /// One character of ASCII that can stand between fields; `\t` in plain text is a tab.
    private func readDelimiter(_ node: YAMLNode) -> UInt8? {
        let expected = "one character of ASCII such as \";\", \"|\" or \"\\t\", and no quote"
        guard case .scalar(let text, _) = node.content else {
            context.mismatch(node, expected: expected)
            return nil
        }
        let bytes = Array((text == "\\t" ? "\t" : text).utf8)
        let refused = Array("\"\r\n".utf8)
        guard bytes.count == 1, (0x01...0x7E).contains(bytes[0]), !refused.contains(bytes[0]) else {
            context.mismatch(node, expected: expected)
            return nil
        }
        return bytes[0]
    }

    /// One text, or a list of them; `null` and `~` in plain style are the texts that they are.
    private func readNulls(_ node: YAMLNode, mayBeEmpty: Bool = false) -> [String]? {
        if mayBeEmpty, case .sequence(let items) = node.content, items.isEmpty { return [] }
        let expected = "the texts that mean NULL, such as [NA, \"\\\\N\"]"
        var nodes = [node]
        if case .sequence = node.content {
            nodes = context.list(node, expected, maxCount: TextOptions.maxNulls) ?? []
        }
        return nodes.compactMap { node in
            guard case .scalar(let text, let style) = node.content,
                !(text.isEmpty && style == .plain), text.utf8.count <= TextOptions.maxNullSize
            else {
                context.mismatch(node, expected: expected)
                return nil
            }
            return text
        }
    }

    private func readOnly(_ node: YAMLNode) -> [String]? {
        let nodes = context.list(
            node, "the columns to take: a list of their names", maxCount: GeneratorSpec.maxColumns)
        var names: [String] = []
        for node in nodes ?? [] {
            guard let name = context.fieldName(node) else { continue }
            if names.contains(name) {
                context.log.error(
                    at: node.mark, found: "\(quoted(name)) twice", expected: "each column once")
            }
            names.append(name)
        }
        return names
    }
}
