import Nostos
import SystemPackage

/// Reads one generator of `fields`.
struct GeneratorReader {
    /// The kinds of generators by their names in job files.
    private enum KindName: String, CaseIterable {
        case query = "sql_iterator"
        case file, command, constant
    }

    /// The names of all kinds.
    static let kinds = KindName.allCases.map(\.rawValue)
    /// The types that a column's contract may ask for.
    static let columnTypes: [ValueType] = [
        .string, .int64, .number, .bool, .timestamp, .json, .bytes,
    ]

    let context: ReadingContext
    let indexColumns: [String]
    let ordinal: Int

    private typealias Rows = (
        aggregate: GeneratorSpec.Aggregate?, limitPerKey: Int?, columns: [ColumnContract]
    )

    /// The generator, or nil after an error.
    func read(_ node: YAMLNode) -> GeneratorSpec? {
        guard case .mapping(let entries) = node.content else {
            context.mismatch(node, expected: "a generator: a mapping")
            return nil
        }
        // Without the kind, no other key can be judged.
        guard let entry = entries.first(where: { $0.key == "generator" }) else {
            let near = entries.first { nearestWord(to: $0.key, among: ["generator"]) != nil }
            context.log.error(
                at: near?.mark ?? node.mark,
                found: near.map { "the unknown key \(quoted($0.key)) in a generator" }
                    ?? "a generator without \"generator\"",
                expected: "generator: \(alternatives(Self.kinds))",
                suggestion: near.map { _ in "generator" })
            return nil
        }
        guard let kind = context.choice(entry.value, KindName.self) else { return nil }
        let mapping = MappingReader(node, "a \(kind.rawValue) generator", log: context.log)
        return read(mapping, kind)
    }

    private func read(_ mapping: MappingReader?, _ kindName: KindName) -> GeneratorSpec? {
        guard let mapping else { return nil }
        _ = mapping.take("generator")
        var kind: GeneratorSpec.Kind?
        var rows: Rows = (nil, nil, [])
        var connection: String?
        switch kindName {
        case .query:
            kind = readSQL(mapping).map { .sql($0) }
            connection = mapping.take("connection").flatMap {
                context.text($0.value, "a connection's name")
            }
            rows = readRows(mapping)
        case .file:
            kind = readFile(mapping).map { .file($0) }
            rows = readRows(mapping)
            checkOnly(kind, rows.columns, mapping)
        case .command:
            kind = readCommand(mapping).map { .command($0) }
            rows = readRows(mapping)
            checkOnly(kind, rows.columns, mapping)
        case .constant:
            kind = readConstants(mapping).map { .constant($0) }
        }
        mapping.finish()
        guard let kind else { return nil }
        return GeneratorSpec(
            ordinal: ordinal,
            name: name(of: kind, rows.columns) ?? "\(kindName.rawValue)#\(ordinal)",
            mark: mapping.mark, keyMarks: mapping.keyMarks, kind: kind, aggregate: rows.aggregate,
            limitPerKey: rows.limitPerKey, columns: rows.columns, connection: connection)
    }

    /// The name of the file or of the script, or the first field where the job file shows it; nil
    /// where neither may be shown.
    private func name(of kind: GeneratorSpec.Kind, _ columns: [ColumnContract]) -> String? {
        switch kind {
        case .sql(let sql):
            let keys = Set(indexColumns.map { $0.lowercased() })
            let names = SelectList.names(in: sql.template).compactMap(\.self).map { name in
                columns.first { $0.name == name }?.targetName ?? name
            }
            return names.first { !keys.contains($0.lowercased()) && !$0.isEmpty }
        case .file(let file): return shown(file.path) ?? columns.first?.targetName
        case .command(let command):
            let script = command.words.prefix(2).first { $0.contains(".") && !$0.contains(" ") }
            return (script ?? command.words.first).flatMap { shown(FilePath($0)) }
                ?? columns.first?.targetName
        case .constant(let constants): return constants.first?.field
        }
    }

    private func shown(_ path: FilePath) -> String? {
        guard let name = path.lastComponent?.string, context.log.secrets.mask(name) == name else {
            return nil
        }
        return name
    }
}

extension GeneratorReader {
    private func readSQL(_ mapping: MappingReader) -> SQLText? {
        guard let entry = mapping.require("sql") else { return nil }
        return context.sql(entry.value)
    }

    /// The options that all generators with rows may state.
    private func readRows(_ mapping: MappingReader) -> Rows {
        let isSet = mapping.take("is_set").flatMap { context.bool($0.value) } ?? false
        let aggregateEntry = mapping.take("aggregate")
        var aggregate = aggregateEntry.flatMap { entry in
            context.choice(entry.value, GeneratorSpec.Aggregate.self)
        }
        if isSet, let stated = aggregate, stated != .set, let entry = aggregateEntry {
            context.log.error(
                at: entry.mark, found: "is_set and aggregate: \(stated)", expected: "one of them")
        }
        if isSet { aggregate = .set }
        let limitEntry = mapping.take("limit_per_key")
        let limit = limitEntry.flatMap { context.int($0.value, in: 1...1_000_000) }
        if let limitEntry, aggregate != .set, aggregate != .list {
            context.log.error(
                at: limitEntry.mark, found: "limit_per_key for single values",
                expected: "it with a list or a set")
        }
        let columns = mapping.take("columns").map { readColumns($0.value) } ?? []
        for column in columns where column.separator != nil {
            guard let aggregate, ![.count, .first, .last].contains(aggregate) else { continue }
            context.log.error(
                at: column.mark, found: "split and aggregate: \(aggregate)",
                expected: "one of them")
        }
        return (aggregate, limit, columns)
    }
}

extension GeneratorReader {
    private func readFormat(_ entry: YAMLEntry?) -> RowFormat? {
        entry.flatMap { context.choice($0.value, RowFormat.self) }
    }

    private func readFile(_ mapping: MappingReader) -> FileInput? {
        let pathEntry = mapping.require("path")
        let formatEntry = mapping.take("format")
        let stated = readFormat(formatEntry)
        let (options, delimiter) = readOptions(mapping)
        guard let node = pathEntry?.value, let raw = context.rawText(node, "a path"),
            let path = context.expand(raw.text, raw.style, at: node.mark)?.text.trimmed
        else { return nil }
        guard !path.isEmpty else {
            context.log.error(at: node.mark, found: "empty text", expected: "a path")
            return nil
        }
        var stem = path.lowercased()[...]
        var compression = Compression.none
        for (suffix, kind) in [(".gz", Compression.gzip), (".zst", .zstd)]
        where stem.hasSuffix(suffix) {
            compression = kind
            stem = stem.dropLast(suffix.count)
            break
        }
        let byName = stem.split(separator: ".").last.flatMap { RowFormat(rawValue: String($0)) }
        guard let format = stated ?? byName else {
            if formatEntry == nil {
                context.log.error(
                    at: node.mark, found: quoted(raw.text.trimmed),
                    expected: "a path ending in .csv, .tsv or .jsonl, with .gz or .zst or without, "
                        + "or a format")
            }
            return nil
        }
        check(delimiter, of: format)
        return FileInput(
            path: context.path(path), format: format, compression: compression, options: options)
    }

    private func readCommand(_ mapping: MappingReader) -> CommandInput? {
        let entry = mapping.require("command")
        let format = readFormat(mapping.take("format")) ?? .jsonl
        let (options, delimiter) = readOptions(mapping)
        check(delimiter, of: format)
        let timeout = mapping.take("timeout").flatMap { context.duration($0.value) }
        let expected = "the program and its arguments: a list of words"
        guard let node = entry?.value,
            let nodes = context.list(node, expected, maxCount: GeneratorSpec.maxWords)
        else { return nil }
        let words = nodes.compactMap { node -> String? in
            // An argument may be empty, if it is in quotes.
            guard case .scalar(let text, let style) = node.content, !node.isNull else {
                context.mismatch(node, expected: "a word: text")
                return nil
            }
            return context.expand(text, style, at: node.mark)?.text
        }
        if words.count == nodes.count, words.first?.trimmed.isEmpty == true {
            context.mismatch(nodes[0], expected: "a program")
        }
        return CommandInput(
            words: words, format: format, timeout: timeout ?? GeneratorSpec.defaultTimeout,
            options: options)
    }

    private func readConstants(_ mapping: MappingReader) -> [Constant]? {
        guard let entry = mapping.require("values"),
            let values = MappingReader(entry.value, "values", log: context.log)
        else { return nil }
        let entries = values.takeRest()
        if entries.isEmpty || entries.count > GeneratorSpec.maxColumns {
            context.log.error(
                at: values.mark, found: "\(entries.count) values",
                expected: "1 to \(GeneratorSpec.maxColumns)")
        }
        return entries.compactMap { entry in
            guard context.isFieldName(entry.key, at: entry.mark),
                let value = context.literal(entry.value)
            else { return nil }
            return Constant(field: entry.key, value: value)
        }
    }
}
