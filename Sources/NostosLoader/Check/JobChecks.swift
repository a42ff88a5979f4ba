import Nostos

/// The checks of one job, resolved against its plan: the gate that a finished table must pass.
struct JobChecks {
    private let job: Job
    /// The sources of the checks that ask one, by the check's place in the job file.
    private let sources: [Int: CheckSource]

    /// Resolves the checks before anything is read.
    ///
    /// Sources describe the queries once, so that a wrong one is reported before an hour of
    /// extraction, not after. A source that cannot be reached now may be back when its check's turn
    /// comes.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - plan: what its records are, as far as the sources report it.
    ///   - connections: what the queries of checks connect to.
    ///   - sessions: the run's sessions.
    ///   - before: the schema of the current version. A check of a field that only this version has
    ///     is no mistake in the job file: it fails, and so may `schema`.
    ///   - isOpen: whether a program may bring fields that the plan lacks.
    /// - Throws: ``RunError`` of kind `badJob` with all that is wrong; ``ConnectionError``.
    init(
        _ job: Job, _ plan: RecordPlan, _ connections: Connections, _ sessions: SourceSessions,
        before: Schema? = nil, isOpen: Bool = false
    ) throws {
        self.job = job
        var sources: [Int: CheckSource] = [:]
        let fields = KnownFields(plan: plan, before: before, isOpen: isOpen)
        var problems = Self.problems(of: job, in: fields).map(\.description)
        for (ordinal, spec) in job.checks.enumerated() {
            guard let query = spec.query else { continue }
            let source = try CheckSource(query, of: spec, job, connections, sessions)
            sources[ordinal] = source
            if let problem = Self.problem(with: source, of: spec, job, fields) {
                problems.append(problem)
            }
        }
        self.sources = sources
        guard problems.isEmpty else { throw RunError(.badJob, problems.joined(separator: "\n")) }
    }

    /// The results of the checks of a finished table, in the job file's order.
    ///
    /// The table is complete and verified; the baseline is the current version, nil before the
    /// first. `repeated` holds the keys of generators without an aggregate that had several rows.
    /// `report` is called with the number of keys or rows that a check has passed, and may throw to
    /// stop.
    func results(
        _ table: TableReader, against baseline: Baseline?, repeated: RepeatedKeys? = nil,
        report: (Int) throws -> Void
    ) throws -> [CheckResult] {
        var scan = FieldScan(table, repeated: repeated)
        var findings: [Int: Finding] = [:]
        for (ordinal, spec) in job.checks.enumerated() {
            findings[ordinal] = try finding(spec, ordinal, &scan, table, baseline, report)
        }
        if !scan.isEmpty { findings.merge(try scan.run(report: report)) { first, _ in first } }
        return job.checks.enumerated().map { ordinal, spec in
            (findings[ordinal] ?? .notEvaluated("nothing was found")).result(of: spec)
        }
    }

    /// The finding of a check that does not join the scan; nil for one that does.
    private func finding(
        _ spec: CheckSpec, _ ordinal: Int, _ scan: inout FieldScan, _ table: TableReader,
        _ baseline: Baseline?, _ report: (Int) throws -> Void
    ) throws -> Finding? {
        if let field = spec.field, table.info.schema.index(of: field) == nil {
            let names = table.info.schema.fields.map(\.name)
            return .notEvaluated(
                "there is no field \(quoted(field)) any more, only \(alternatives(names))")
        }
        switch spec.kind {
        case .rowCount(let min, let maxChange):
            return RowCountCheck(min: min, maxChange: maxChange)
                .finding(rowCount: table.info.rowCount, against: baseline)
        case .missing(let field, let max):
            let check = MissingCheck(field: field, max: max, severity: spec.severity)
            scan.add(check, of: field, ordinal: ordinal)
        case .changed(let max):
            return try ChangedCheck(max: max, severity: spec.severity)
                .finding(table, against: baseline, report: report)
        case .schema(let removed, let typeChanged):
            return SchemaCheck(removed: removed, typeChanged: typeChanged)
                .finding(table.info.schema, against: baseline)
        case .mustExist(let keys):
            return try MustExistCheck(keys: keys).finding(table)
        case .range(let field, let min, let max):
            scan.add(RangeCheck(min: min, max: max), of: field, ordinal: ordinal)
        case .inSet(let field, let values):
            scan.add(InSetCheck(values: values), of: field, ordinal: ordinal)
        case .primaryKey:
            scan.addPrimaryKey(ordinal: ordinal)
        case .countCheck(_, let tolerance):
            return try asking(ordinal) { source in
                try CountCheck(source: source, tolerance: tolerance)
                    .finding(rowCount: table.info.rowCount)
            }
        case .columnCheck(_, let sampleSize, let tolerance):
            return try asking(ordinal) { source in
                try ColumnCheck(source: source, sampleSize: sampleSize, tolerance: tolerance)
                    .finding(table, report: report)
            }
        }
        return nil
    }

    /// The result of `body` with the check's source; a source that fails is a check not passed.
    private func asking(
        _ ordinal: Int, _ body: (CheckSource) throws -> Finding
    ) throws -> Finding {
        guard let source = sources[ordinal] else { return .notEvaluated("it has no source") }
        do { return try body(source) } catch let error as LocatedSourceError {
            return .notEvaluated("\(error)")
        }
    }
}
