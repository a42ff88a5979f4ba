import Nostos
import SystemPackage

/// Reads one job: the whole file in the full form, one step in the Dataduct form.
struct JobReader {
    /// Keys of Dataduct's steps that mean nothing here.
    static let stepKeys = [
        "name", "depends_on", "input_node", "input_path", "output_node", "output_path", "resource",
        "resource_type", "max_retries", "timeout", "precondition", "worker_group",
    ]

    private(set) var context: ReadingContext
    let form: Job.Form
    let path: FilePath
    let text: String
    /// Checks that stand outside of the job's own mapping: Dataduct's QA steps.
    let stepChecks: [CheckSpec]

    init(
        context: ReadingContext, form: Job.Form, path: FilePath, text: String,
        stepChecks: [CheckSpec] = []
    ) {
        self.context = context
        self.form = form
        self.path = path
        self.text = text
        self.stepChecks = stepChecks
    }

    /// The job; after an error, what of it could be read.
    ///
    /// Takes all keys of the mapping.
    mutating func read(_ mapping: MappingReader) -> Job {
        let name = mapping.require("job", or: "job_name")
        let description = mapping.take("description")
        let owner = mapping.take("owner")
        let indexColumn = mapping.require("index_column")
        let keyType = mapping.take("key_type")
        let connection = mapping.take("connection")
        // Before all that may hold templates.
        if let vars = mapping.take("vars") { readVars(vars.value) }
        let fields = mapping.require("fields")
        let policy = mapping.take("on_duplicate")
        let join = mapping.take("join")
        let checks = mapping.take("checks")
        let publish = mapping.take("publish")
        if form == .dataduct { warnOfStepKeys(mapping) }
        mapping.finish()

        let context = context
        let indexColumns = indexColumn.flatMap { readIndexColumns($0.value) } ?? []
        let duplicatePolicy = policy.flatMap { context.choice($0.value, Job.DuplicatePolicy.self) }
        return Job(
            name: name.flatMap { readName($0.value) } ?? "",
            description: description.flatMap {
                context.text($0.value, "a description", maxSize: Job.maxDescriptionSize)
            },
            owner: owner.flatMap { context.text($0.value, "an owner") },
            indexColumns: indexColumns,
            keyTypes: keyType.flatMap { readKeyTypes($0.value, indexColumns) } ?? [],
            connection: connection.flatMap { context.text($0.value, "a connection's name") },
            vars: context.scope.vars,
            generators: fields.map { readGenerators($0.value, indexColumns) } ?? [],
            onDuplicate: duplicatePolicy ?? (form == .dataduct ? .last : .error),
            warnsOfDuplicates: form == .dataduct && policy == nil,
            join: join.flatMap { context.choice($0.value, Job.Join.self) } ?? .outer,
            checks: (checks.map { readChecks($0.value, indexColumns) } ?? []) + stepChecks,
            publish: publish.map { readPublish($0.value) } ?? PublishPolicy(),
            form: form, path: path, text: text, mark: mapping.mark, keyMarks: mapping.keyMarks,
            secrets: context.log.secrets)
    }

    private func warnOfStepKeys(_ mapping: MappingReader) {
        for key in Self.stepKeys {
            guard let entry = mapping.take(key, isListed: false) else { continue }
            context.log.warning(
                at: entry.mark, "the key \"\(key)\" is ignored: it means nothing outside Dataduct")
        }
    }
}

extension JobReader {
    private func readName(_ node: YAMLNode) -> String? {
        let expected = "a job's name: a-z, 0-9, _ and -, not first _ or -, at most 63 characters"
        guard let name = context.text(node, expected) else { return nil }
        let isName =
            name.utf8.count <= Job.maxNameSize
            && name.unicodeScalars.allSatisfy { $0.isJobName }
            && !name.hasPrefix("_") && !name.hasPrefix("-")
        if !isName { context.log.error(at: node.mark, found: quoted(name), expected: expected) }
        return isName ? name : nil
    }

    private func readIndexColumns(_ node: YAMLNode) -> [String]? {
        guard case .sequence = node.content else {
            return context.fieldName(node).map { [$0] }
        }
        let expected = "a column's name or a list of names"
        guard let nodes = context.list(node, expected, maxCount: KeySchema.maxColumnCount) else {
            return nil
        }
        var names: [String] = []
        for node in nodes {
            guard let name = context.fieldName(node) else { continue }
            if names.contains(name) {
                context.log.error(
                    at: node.mark, found: "\(quoted(name)) a second time",
                    expected: "each column once")
            }
            names.append(name)
        }
        return names
    }

    /// One type for a key of one column, a list of as many for a key of several.
    private func readKeyTypes(_ node: YAMLNode, _ columns: [String]) -> [KeyType]? {
        let types: [KeyType] = [.int64, .string]
        func type(_ node: YAMLNode) -> KeyType? {
            let word = context.word(node, among: types.map(\.name))
            return types.first { $0.name == word }
        }
        // Without index columns that error is reported already, and the number of types is not
        // known.
        guard columns.count > 1 else { return type(node).map { columns.isEmpty ? [] : [$0] } }
        let expected = "a list of \(columns.count) types, one for each index column"
        guard case .sequence(let nodes) = node.content else {
            context.mismatch(node, expected: expected)
            return nil
        }
        guard nodes.count == columns.count else {
            context.log.error(
                at: node.mark, found: "a list of \(nodes.count)", expected: expected)
            return nil
        }
        let found = nodes.compactMap(type)
        return found.count == columns.count ? found : nil
    }

    /// Adds the file's variables below those of `--var`, which win.
    private mutating func readVars(_ node: YAMLNode) {
        guard let mapping = MappingReader(node, "vars", log: context.log) else { return }
        let entries = mapping.takeRest()
        var vars: [String: String] = [:]
        for entry in entries {
            guard isVariableName(entry.key) else {
                context.log.error(
                    at: entry.mark, found: quoted(entry.key),
                    expected: "a variable's name: letters, digits and _, no digit first")
                continue
            }
            guard case .scalar(let text, _) = entry.value.content, !entry.value.isNull else {
                context.mismatch(entry.value, expected: "the variable's value: text")
                continue
            }
            if context.isPlain(text, entry.value) { vars[entry.key] = text }
            context.log.knownVars.insert(entry.key)
        }
        if entries.count > Job.maxVars {
            context.log.error(
                at: entries[Job.maxVars].mark, found: "\(entries.count) variables",
                expected: "at most \(Job.maxVars)")
        }
        context.scope = TemplateScope(
            vars: vars.merging(context.scope.vars) { _, override in override },
            environment: context.scope.environment)
    }

    private func readGenerators(_ node: YAMLNode, _ indexColumns: [String]) -> [GeneratorSpec] {
        let nodes = context.list(node, "a list of generators", maxCount: Job.maxGenerators) ?? []
        var generators = nodes.enumerated().compactMap { index, node in
            GeneratorReader(context: context, indexColumns: indexColumns, ordinal: index + 1)
                .read(node)
        }
        var names: Set<String> = []
        for index in generators.indices {
            if !names.insert(generators[index].name).inserted {
                generators[index].name += "#\(generators[index].ordinal)"
            }
        }
        let isConstant = generators.allSatisfy { generator in
            if case .constant = generator.kind { true } else { false }
        }
        // Where something else is wrong, this may be why.
        if isConstant, !generators.isEmpty, !context.log.hasErrors {
            context.log.error(
                at: node.mark, found: "constants only",
                expected: "at least one generator with rows, whose keys get them")
        }
        return generators
    }

    private func readChecks(_ node: YAMLNode, _ indexColumns: [String]) -> [CheckSpec] {
        CheckReader(context: context, keyColumnCount: indexColumns.count).read(node)
    }

    private func readPublish(_ node: YAMLNode) -> PublishPolicy {
        var policy = PublishPolicy()
        guard let mapping = MappingReader(node, "publish", log: context.log) else { return policy }
        if let entry = mapping.take("keep_versions"),
            let count = context.int(entry.value, in: PublishPolicy.keepVersionsRange)
        {
            policy.keepVersions = count
        }
        if let entry = mapping.take("promote"),
            let promotion = context.choice(entry.value, PublishPolicy.Promotion.self)
        {
            policy.promote = promotion
        }
        if let entry = mapping.take("drop_delay"), let delay = context.duration(entry.value) {
            policy.dropDelay = delay
        }
        if let entry = mapping.take("max_age"), let age = context.duration(entry.value) {
            if age >= PublishPolicy.shortestMaxAge {
                policy.maxAge = age
            } else {
                context.mismatch(entry.value, expected: "a duration of 1s or more")
            }
        }
        if let entry = mapping.take("allow_empty"), let value = context.bool(entry.value) {
            policy.allowsEmpty = value
        }
        mapping.finish()
        return policy
    }
}

/// Whether it is `[A-Za-z_][A-Za-z0-9_]*`.
func isVariableName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
    return text.unicodeScalars.allSatisfy(\.isWord)
}

extension Unicode.Scalar {
    /// Whether it may stand in a job's name.
    fileprivate var isJobName: Bool {
        switch self {
        case "a"..."z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
