import Nostos

/// Reads the list of `checks`: each item is a mapping with one key, the check's name.
struct CheckReader {
    /// The checks by their names in job files.
    private enum Name: String, CaseIterable {
        case rowCount = "row_count"
        case missing, changed, schema
        case mustExist = "must_exist"
        case range
        case inSet = "in_set"
        case primaryKey = "primary_key"
        case countCheck = "count_check"
        case columnCheck = "column_check"
    }

    /// The names of all checks.
    static let names = Name.allCases.map(\.rawValue)
    private static let maxPercent = 1_000_000.0

    let context: ReadingContext
    let keyColumnCount: Int

    /// All checks that could be read.
    func read(_ node: YAMLNode) -> [CheckSpec] {
        if case .sequence(let items) = node.content, items.isEmpty { return [] }
        let nodes = context.list(node, "a list of checks", maxCount: Job.maxChecks) ?? []
        return nodes.compactMap(readCheck)
    }

    private func readCheck(_ node: YAMLNode) -> CheckSpec? {
        guard case .mapping(let entries) = node.content, let entry = entries.first,
            entries.count == 1
        else {
            let expected = "a check: a mapping with one key, its name"
            if node.isMapping {
                context.log.error(
                    at: node.mark, found: "a mapping of several keys or none", expected: expected)
            } else {
                context.mismatch(node, expected: expected)
            }
            return nil
        }
        guard let name = Name(rawValue: entry.key) else {
            context.log.error(
                at: entry.mark, found: "the unknown check \(quoted(entry.key))",
                expected: alternatives(Self.names),
                suggestion: nearestWord(to: entry.key, among: Self.names))
            return nil
        }
        guard let mapping = MappingReader(entry.value, entry.key, log: context.log) else {
            return nil
        }
        let severity = mapping.take("severity").flatMap {
            context.choice($0.value, CheckSpec.Severity.self)
        }
        let kind = readKind(name, mapping)
        mapping.finish()
        return kind.map {
            CheckSpec(name: entry.key, kind: $0, severity: severity ?? .error, mark: entry.mark)
        }
    }

    private func readKind(_ name: Name, _ mapping: MappingReader) -> CheckSpec.Kind? {
        switch name {
        case .rowCount: readRowCount(mapping)
        case .missing: readMissing(mapping)
        case .changed: percent(mapping.require("max")).map { .changed(max: $0) }
        case .schema: readSchema(mapping)
        case .mustExist: readMustExist(mapping)
        case .range: readRange(mapping)
        case .inSet: readInSet(mapping)
        case .primaryKey: .primaryKey
        case .countCheck: readCountCheck(mapping)
        case .columnCheck: readColumnCheck(mapping)
        }
    }

    private func percent(_ entry: YAMLEntry?, upTo max: Double = 100) -> Double? {
        entry.flatMap { context.percent($0.value, upTo: max) }
    }

    private func field(_ mapping: MappingReader) -> String? {
        mapping.require("field").flatMap { context.fieldName($0.value) }
    }
}

extension CheckReader {
    private func readRowCount(_ mapping: MappingReader) -> CheckSpec.Kind? {
        let minEntry = mapping.take("min")
        let changeEntry = mapping.take("max_change")
        if minEntry == nil, changeEntry == nil {
            context.log.error(
                at: mapping.mark, found: "row_count without a limit",
                expected: "min, max_change or both")
        }
        return .rowCount(
            min: minEntry.flatMap { context.int($0.value, in: 0...Int.max) },
            maxChange: percent(changeEntry, upTo: Self.maxPercent))
    }

    private func readMissing(_ mapping: MappingReader) -> CheckSpec.Kind? {
        let name = field(mapping)
        let max = percent(mapping.require("max"))
        guard let name, let max else { return nil }
        return .missing(field: name, max: max)
    }

    private func readSchema(_ mapping: MappingReader) -> CheckSpec.Kind? {
        func severity(_ key: String) -> CheckSpec.Severity {
            mapping.take(key).flatMap { context.choice($0.value, CheckSpec.Severity.self) }
                ?? .error
        }
        return .schema(removed: severity("removed"), typeChanged: severity("type_changed"))
    }

    private func readMustExist(_ mapping: MappingReader) -> CheckSpec.Kind? {
        guard let entry = mapping.require("keys"),
            let nodes = context.list(entry.value, "a list of keys", maxCount: CheckSpec.maxValues)
        else { return nil }
        return .mustExist(keys: nodes.map(key))
    }

    private func key(_ node: YAMLNode) -> [Literal] {
        let parts: [YAMLNode]
        if case .sequence(let items) = node.content { parts = items } else { parts = [node] }
        if keyColumnCount > 0, parts.count != keyColumnCount {
            context.log.error(
                at: node.mark, found: "a key of \(parts.count) parts",
                expected: "\(keyColumnCount), one for each index column")
        }
        return parts.compactMap(keyPart)
    }

    private func keyPart(_ node: YAMLNode) -> Literal? {
        guard let literal = context.literal(node) else { return nil }
        switch literal {
        case .int64, .string: return literal
        case .null, .bool, .number:
            context.mismatch(node, expected: "a key: a whole number or text")
            return nil
        }
    }

    private func readRange(_ mapping: MappingReader) -> CheckSpec.Kind? {
        let name = field(mapping)
        let minEntry = mapping.take("min")
        let maxEntry = mapping.take("max")
        if minEntry == nil, maxEntry == nil {
            context.log.error(
                at: mapping.mark, found: "range without a limit", expected: "min, max or both")
        }
        let min = minEntry.flatMap { bound($0.value) }
        let max = maxEntry.flatMap { bound($0.value) }
        if let min, let max, let maxEntry, max.value < min.value {
            context.mismatch(maxEntry.value, expected: "a number not below min")
        }
        return name.map { .range(field: $0, min: min?.literal, max: max?.literal) }
    }

    private func bound(_ node: YAMLNode) -> (literal: Literal, value: Double)? {
        switch context.literal(node) {
        case .int64(let value)?: return (.int64(value), Double(value))
        case .number(let text)?: return (.number(text), Double(text) ?? 0)
        case nil: return nil
        case .null?, .bool?, .string?:
            context.mismatch(node, expected: "a number")
            return nil
        }
    }

    private func readInSet(_ mapping: MappingReader) -> CheckSpec.Kind? {
        let name = field(mapping)
        let nodes = mapping.require("values").flatMap {
            context.list($0.value, "a list of values", maxCount: CheckSpec.maxValues)
        }
        guard let name, let nodes else { return nil }
        return .inSet(field: name, values: nodes.compactMap { context.literal($0) })
    }

    private func readCountCheck(_ mapping: MappingReader) -> CheckSpec.Kind? {
        let query = readQuery(mapping)
        let tolerance = context.tolerance(mapping)
        return query.map { .countCheck($0, tolerance: tolerance) }
    }

    private func readColumnCheck(_ mapping: MappingReader) -> CheckSpec.Kind? {
        let query = readQuery(mapping)
        let size = context.sampleSize(mapping)
        let tolerance = context.tolerance(mapping)
        return query.map { .columnCheck($0, sampleSize: size, tolerance: tolerance) }
    }

    private func readQuery(_ mapping: MappingReader) -> CheckQuery? {
        let sql = mapping.require("source_sql").flatMap { context.sql($0.value) }
        let connection = mapping.take("connection").flatMap {
            context.text($0.value, "a connection's name")
        }
        return sql.map { CheckQuery($0, connection: connection) }
    }
}

extension ReadingContext {
    /// Dataduct's tolerance: a number in percent, without the sign; 1 where none is stated.
    func tolerance(_ mapping: MappingReader) -> Double {
        mapping.take("tolerance").flatMap { number($0.value, upTo: 100) } ?? 1
    }

    /// The number of keys that a column-check compares; 100 where it is not stated, as in Dataduct.
    func sampleSize(_ mapping: MappingReader) -> Int {
        mapping.take("sample_size").flatMap {
            int($0.value, in: 1...CheckSpec.maxSampleSize)
        } ?? 100
    }
}
