public import Nostos
public import SystemPackage

/// Forecasts a job's run: it examines the sources and the store, reads no row and writes nothing.
public struct JobPlanner {
    private let job: Job
    private let connections: Connections
    private let state: JobState?
    private let nextNumber: Int
    private let current: TableReader?
    private let before: RunRecord?
    private let root: FilePath
    private let options: RunOptions

    /// A planner for a job.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - connections: what its generators connect to.
    ///   - catalog: the store, or nil where there is none yet.
    ///   - root: where the store is, or will be.
    ///   - options: how the run would be done.
    /// - Throws: ``CatalogError``; a table that cannot be opened is not compared with.
    public init(
        _ job: Job, connections: Connections, catalog: Catalog?, root: FilePath,
        options: RunOptions
    ) throws(CatalogError) {
        (self.job, self.connections, self.root, self.options) = (job, connections, root, options)
        state = try catalog?.job(job.name)
        nextNumber = try catalog?.nextNumber(of: job.name) ?? 1
        if let catalog, let number = state?.currentNumber {
            current = try? catalog.openTable(job: job.name, version: number)
            before = try catalog.runs(job: job.name).last { $0.version == number }
        } else {
            (current, before) = (nil, nil)
        }
    }

    /// The plan.
    ///
    /// - Throws: what a run would end with, as far as opening its sources shows.
    public func plan() throws(RunError) -> RunForecast {
        let mask = connections.mask(of: job)
        do { return try makePlan(mask) } catch { throw RunError(error, mask) }
    }

    private func makePlan(_ mask: SecretMask) throws -> RunForecast {
        let sessions = SourceSessions()
        let inputs = try job.generators.map { try RowInput($0, of: job, connections, mask) }
        var known: [GeneratorInput] = []
        for (generator, input) in zip(job.generators, inputs) {
            if let input = try generatorInput(generator, input, sessions) { known.append(input) }
        }
        let plan = try loadPlan(of: known)
        let isOpen = inputs.contains(where: \.isCommand)
        if let plan {
            _ = try JobChecks(
                job, plan, connections, sessions, before: current?.info.schema, isOpen: isOpen)
        }
        let columns = columns(of: known, plan)
        let promote = options.promote && job.publish.promote == .auto
        let forecast = (state ?? JobState.unknown(job.name)).forecast(
            promote: promote, keepVersions: job.publish.keepVersions)
        return RunForecast(
            job: job.name, version: nextNumber, current: state?.currentNumber,
            key: columns.key, fields: columns.fields,
            generators: zip(job.generators, inputs).map { generator, input in
                planned(generator, input, mask, isOpen: input.isCommand)
            },
            changes: changes(key: columns.key, fields: columns.fields, isComplete: !isOpen),
            undecided: isOpen ? undecided(columns.fields) : [],
            checks: job.checks.map {
                RunForecast.Check(name: $0.label, severity: $0.severity.rawValue)
            },
            publication: forecast.isPromoted ? .promoted : promote ? .held : .candidate,
            holdReason: state?.hold.map { "\($0.by): \($0.reason)" },
            maxAgeSeconds: job.publish.maxAge.map { Double($0.inMicroseconds) / 1e6 },
            allowsEmpty: job.publish.allowsEmpty,
            drops: forecast.dropped.map(\.number),
            disk: disk(forecast.dropped))
    }

    /// The generator's columns; nil where only its program's run shows them.
    private func generatorInput(
        _ generator: GeneratorSpec, _ input: RowInput, _ sessions: SourceSessions
    ) throws -> GeneratorInput? {
        if case .constant(let constants) = generator.kind {
            return GeneratorInput(name: generator.name, constants: constants)
        }
        if let columns = try input.columns(generator, in: sessions) {
            return GeneratorInput(generator, columns: columns)
        }
        // What the job states; what else the program writes, the run will see.
        let columns = generator.promisedColumns(of: job.indexColumns)
        guard !columns.isEmpty else { return nil }
        return GeneratorInput(generator, columns: columns)
    }

    /// The generators' columns as one plan; nil where none of them is known but constants.
    private func loadPlan(of inputs: [GeneratorInput]) throws(LocatedPlanError) -> RecordPlan? {
        guard inputs.contains(where: \.constants.isEmpty) else { return nil }
        return try job.plan(of: inputs)
    }

    private func columns(
        of inputs: [GeneratorInput], _ plan: RecordPlan?
    ) -> (key: [RunForecast.Column], fields: [RunForecast.Column]) {
        guard let plan else {
            let key = job.indexColumns.enumerated().map { part, name in
                RunForecast.Column(
                    name: name, type: job.keyTypes.isEmpty ? nil : job.keyTypes[part].name,
                    isList: false, generator: nil)
            }
            return (key, [])
        }
        let key = plan.keyColumns.map {
            RunForecast.Column(name: $0.name, type: $0.type?.name, isList: false, generator: nil)
        }
        let fields = plan.fields.map { field in
            RunForecast.Column(
                name: field.name, type: field.declaredType?.shown, isList: field.isList,
                generator: inputs[field.generator].name)
        }
        return (key, fields)
    }

    private func planned(
        _ generator: GeneratorSpec, _ input: RowInput, _ mask: SecretMask, isOpen: Bool
    ) -> RunForecast.Generator {
        let provenance = try? current?.metadata().provenance
        let before = provenance?.generators.first { $0.name == generator.name }
        return RunForecast.Generator(
            name: generator.name, kind: generator.kindName, source: input.name.map(mask.mask),
            rowsBefore: before?.rowCount, isOpen: isOpen)
    }
}

extension JobPlanner {
    private func changes(
        key: [RunForecast.Column], fields: [RunForecast.Column], isComplete: Bool
    ) -> [RunForecast.Change] {
        guard let schema = current?.info.schema else { return [] }
        var changes: [RunForecast.Change] = []
        let keyBefore = schema.key.columns.map { "\($0.name) \($0.type.name)" }
        let keyAfter = zip(key, schema.key.columns).map { column, before in
            "\(column.name) \(column.type ?? before.type.name)"
        }
        if key.count != keyBefore.count || keyBefore != keyAfter {
            changes.append(
                RunForecast.Change(
                    name: key.map(\.name).joined(separator: ","), kind: .typeChanged,
                    from: keyBefore.joined(separator: ", "),
                    to: key.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")))
        }
        let names = Set(fields.map(\.name))
        for field in fields {
            guard let index = schema.index(of: field.name) else {
                changes.append(
                    RunForecast.Change(name: field.name, kind: .added, from: nil, to: field.shape))
                continue
            }
            let before = schema.fields[index]
            let isKnown = field.type != nil && before.type != .none
            guard before.isList != field.isList || (isKnown && before.type.name != field.type)
            else { continue }
            changes.append(
                RunForecast.Change(
                    name: field.name, kind: .typeChanged, from: before.typeName, to: field.shape))
        }
        // A program may still bring a field that is missing so far.
        for field in schema.fields where isComplete && !names.contains(field.name) {
            changes.append(
                RunForecast.Change(name: field.name, kind: .removed, from: field.typeName, to: nil))
        }
        return changes
    }

    /// The fields of the current version that a program may bring: only its run shows them.
    private func undecided(_ fields: [RunForecast.Column]) -> [String] {
        let names = Set(fields.map(\.name))
        return (current?.info.schema.fields ?? []).map(\.name).filter { !names.contains($0) }
    }

    /// About what a run takes.
    ///
    /// The new table will be about as large as the current one; what the sort spills lies beside it
    /// until the run ends. Versions that are dropped stay until their delay is over.
    private func disk(_ dropped: [VersionRecord]) -> RunForecast.Disk {
        var needed: Int?
        if let size = state?.current?.size {
            let read = (before?.stages ?? []).filter { $0.name.hasPrefix("extract ") }
                .reduce(0) { $0 + $1.bytes }
            needed = size + (read > options.memory ? read : 0)
        }
        return RunForecast.Disk(
            needed: needed, free: FreeSpace.bytes(at: root),
            freedLater: dropped.reduce(0) { $0 + $1.size })
    }
}

extension ValueType {
    /// The name, or nil where it is not useful.
    fileprivate var shown: String? { self == .none ? nil : name }
}
