import Nostos

/// A step that is a job: its mapping, after its type was taken, and the checks of QA steps.
struct DataductJob {
    let mapping: MappingReader
    /// The step's name in `depends_on`.
    let name: String?
    var checks: [CheckSpec] = []

    init(_ node: YAMLNode, _ mapping: MappingReader) {
        self.mapping = mapping
        name = node.texts(of: "name").first
    }
}

/// A QA step: a check of the job that the steps before it made.
struct DataductCheck {
    let node: YAMLNode
    let mapping: MappingReader
    let type: String
    let mark: TextMark
    /// The number of jobs before it.
    let jobsBefore: Int
    /// The names of the steps that it waits for.
    let dependencies: [String]

    init(
        _ node: YAMLNode, _ mapping: MappingReader, _ type: String, at mark: TextMark,
        after jobsBefore: Int
    ) {
        (self.node, self.mapping, self.type, self.mark) = (node, mapping, type, mark)
        self.jobsBefore = jobsBefore
        dependencies = node.texts(of: "depends_on")
    }
}

/// Reads Dataduct's QA steps as checks of the job around which they stand.
///
/// The keys are those of Dataduct's `CountCheckStep`, `ColumnCheckStep` and `PrimaryKeyCheckStep`.
/// What they say of the destination means the job's own table here.
struct DataductCheckReader {
    /// The types of the steps that are checks.
    static let types = ["primary-key-check", "count-check", "column-check"]
    private static let names = [
        "primary-key-check": "primary_key", "count-check": "count_check",
        "column-check": "column_check",
    ]

    let context: ReadingContext

    /// Assigns each check to its job: the one that `depends_on` names, else the last one before it,
    /// else the first.
    func read(_ checks: [DataductCheck], into jobs: inout [DataductJob]) {
        for check in checks {
            let named = jobs.firstIndex { $0.name.map(check.dependencies.contains) ?? false }
            let index = named ?? max(0, check.jobsBefore - 1)
            if named == nil, jobs.count > 1 {
                context.log.warning(
                    at: check.mark,
                    "this \(check.type) is one of the job on line \(jobs[index].mapping.mark.line); "
                        + "\"depends_on\" and the \"name\" of a step say so for sure")
            }
            let kind = readKind(check)
            ignoreKeys(check.mapping)
            check.mapping.finish()
            guard let kind else { continue }
            jobs[index].checks.append(
                CheckSpec(
                    name: Self.names[check.type] ?? check.type, kind: kind, severity: .error,
                    mark: check.mark))
        }
    }

    private func readKind(_ check: DataductCheck) -> CheckSpec.Kind? {
        let mapping = check.mapping
        switch check.type {
        case "count-check":
            let query = readCountQuery(mapping)
            ignore(Self.destinationKeys, mapping, "the check compares with the job's own table")
            let tolerance = context.tolerance(mapping)
            return query.map { .countCheck($0, tolerance: tolerance) }
        case "column-check":
            let query = readColumnQuery(mapping)
            ignore(["sql_tail_for_source"], mapping, "the check draws its sample itself")
            let size = context.sampleSize(mapping)
            let tolerance = context.tolerance(mapping)
            return query.map { .columnCheck($0, sampleSize: size, tolerance: tolerance) }
        default:
            ignore(["table_definition"], mapping, "the check is one of the job's own table")
            return .primaryKey
        }
    }

    /// The keys by which a count-check describes its destination.
    static let destinationKeys = [
        "destination_sql", "destination_table_name", "destination_table_definition",
    ]

    /// One of `source_sql`, whose rows are counted, `source_count_sql`, which returns the number,
    /// and `source_table_name`.
    private func readCountQuery(_ mapping: MappingReader) -> CheckQuery? {
        let rows = mapping.take("source_sql")
        let number = mapping.take("source_count_sql")
        let table = mapping.take("source_table_name")
        let connection = host(mapping)
        let given = [rows, number, table].compactMap(\.self)
        guard given.count == 1 else {
            context.log.error(
                at: given.count > 1 ? given[1].mark : mapping.mark,
                found: given.isEmpty ? "a count-check without a source" : "a second source",
                expected: "one of source_sql, source_count_sql and source_table_name")
            return nil
        }
        if let table {
            guard let name = context.text(table.value, "a source table's name") else { return nil }
            let sql = SQLText(
                text: "SELECT COUNT(1) FROM \(name)", template: "SELECT COUNT(1) FROM \(name)",
                file: context.log.file, origin: TextOrigin(at: table.value.mark))
            return CheckQuery(sql, connection: connection)
        }
        guard let sql = (rows ?? number).flatMap({ context.sql($0.value) }) else { return nil }
        var query = CheckQuery(sql, connection: connection)
        query.countsRows = rows != nil
        return query
    }

    /// `source_sql`, whose columns are called as those of `destination_sql` are: Dataduct compares
    /// them by position.
    private func readColumnQuery(_ mapping: MappingReader) -> CheckQuery? {
        let sql = mapping.require("source_sql").flatMap { context.sql($0.value) }
        let destination = mapping.take("destination_sql").flatMap { context.sql($0.value) }
        ignore(
            ["destination_table_definition"], mapping,
            "columns are compared with the fields of the same names")
        let connection = host(mapping)
        guard let sql else { return nil }
        var query = CheckQuery(sql, connection: connection)
        query.columnNames = destination.map { SelectList.names(in: $0.text) } ?? []
        query.comparesTexts = true
        return query
    }

    private func host(_ mapping: MappingReader) -> String? {
        mapping.take("source_host").flatMap { context.text($0.value, "a connection's name") }
    }

    /// Keys of each check: a script in place of its rule.
    static let scriptKeys = ["script", "script_arguments", "command"]
    /// Keys of each check: where its result goes.
    static let resultKeys = ["log_to_s3", "sns_topic_arn"]

    private func ignoreKeys(_ mapping: MappingReader) {
        ignore(Self.scriptKeys, mapping, "the check's own rule is used, not a script")
        ignore(Self.resultKeys, mapping, "results are kept with the version")
        ignore(JobReader.stepKeys, mapping, "it means nothing outside Dataduct")
    }

    private func ignore(_ keys: [String], _ mapping: MappingReader, _ reason: String) {
        for key in keys {
            guard let entry = mapping.take(key, isListed: false) else { continue }
            context.log.warning(at: entry.mark, "the key \"\(key)\" is ignored: \(reason)")
        }
    }
}

extension YAMLNode {
    /// The text, or the texts of the list, under a key of a mapping.
    fileprivate func texts(of key: String) -> [String] {
        guard case .mapping(let entries) = content,
            let value = entries.first(where: { $0.key == key })?.value
        else { return [] }
        switch value.content {
        case .scalar(let text, _): return [text]
        case .sequence(let items):
            return items.compactMap { item in
                if case .scalar(let text, _) = item.content { text } else { nil }
            }
        default: return []
        }
    }
}
