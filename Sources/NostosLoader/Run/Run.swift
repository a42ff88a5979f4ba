public import Nostos
import SystemPackage

/// Runs one job: its sources in, one published version out.
///
/// Used by `nostos run`; one object per run. Not thread-safe. Ends early, as cancelled, when
/// ``Interruption`` is requested.
public final class Run {
    /// The job.
    public let job: Job
    let connections: Connections
    let catalog: Catalog?
    let options: RunOptions
    private let report: (RunProgress) -> Void
    let mask: SecretMask

    var stages: [RunStage] = [] { didSet { recorder?.finish(stages) } }
    var warnings: [String] = []
    var completeness: Completeness?
    var checks: [CheckResult] = []
    /// The keys of which several rows were read and one stayed.
    var repeated: RepeatedKeys?
    /// Tells other processes how far a run is that has a place in the catalog.
    private var recorder: ProgressRecorder?
    /// The figures of the table's fields, once it is written.
    var fields: [FieldFigures] = []
    /// The table, once it is written and verified.
    var verified: TableSummary?

    /// A run that has not begun.
    ///
    /// - Parameters:
    ///   - job: a job of a file that parsed.
    ///   - connections: what its generators connect to.
    ///   - catalog: the store; nil only for a dry run where there is none.
    ///   - options: see ``RunOptions``.
    ///   - report: is told how far the run is.
    public init(
        _ job: Job, connections: Connections, catalog: Catalog?, options: RunOptions,
        report: @escaping (RunProgress) -> Void
    ) {
        (self.job, self.connections, self.catalog) = (job, connections, catalog)
        (self.options, self.report) = (options, report)
        mask = connections.mask(of: job)
    }

    /// Extracts, sorts, writes, reads back, checks, publishes.
    ///
    /// - Throws: ``RunError``; the store serves what it served before, and the version is `failed`,
    ///   or `rejected` by its checks, in its history once it had a number.
    public func run() throws(RunError) -> PublishOutcome {
        guard let catalog else { throw RunError(.configuration, "a run needs a store") }
        let run: JobRun
        do { run = try catalog.beginRun(job: job.name, actor: options.actor) } catch {
            throw failure(error)
        }
        let place = RunPlace(run)
        let recorder = ProgressRecorder(run)
        self.recorder = recorder
        defer { self.recorder = nil }
        do {
            let summary = try build(place) { try run.checking() }
            recorder.stop()
            let outcome = try run.publish(
                summary: summary, promote: options.promote && job.publish.promote == .auto,
                keepVersions: job.publish.keepVersions,
                dropDelay: options.dropDelay ?? job.publish.dropDelay, maxAge: job.publish.maxAge,
                owner: job.owner.map(mask.mask), description: job.description.map(mask.mask),
                record: record(place, nil))
            report(.published(outcome, summary))
            return outcome
        } catch {
            recorder.stop()
            let failure = failure(error)
            // The first failure is the one to report; that it cannot be recorded is the second.
            do { try end(run, failure) } catch {
                throw RunError(
                    failure.kind, "\(failure.message)\n(and it is not recorded: \(error))")
            }
            throw failure
        }
    }

    /// Does the work of ``run()`` up to its last check, in scratch, and removes it.
    ///
    /// No number is used up and nothing is recorded: the catalog is only read.
    public func dryRun() throws(RunError) -> DryRunOutcome {
        do {
            let place = try DryRunPlace(job: job.name, in: catalog)
            let summary = try build(RunPlace(place, startedAt: Timestamp.now)) {}
            let state = try catalog?.job(job.name)
            return DryRunOutcome(summary: summary, hold: state?.hold)
        } catch {
            throw failure(error)
        }
    }

    /// The run's end as people read it: a request to stop explains every failure after it.
    private func failure(_ error: any Error) -> RunError {
        RunError(Interruption.isRequested ? CancellationError() : error, mask)
    }

    /// Reports the run's progress, and ends the run when a stop was requested.
    func tell(_ progress: RunProgress) throws(CancellationError) {
        try Interruption.check()
        recorder?.take(progress)
        report(progress)
    }
}

extension Run {
    /// Writes the table and proves it; `checking` is called in between.
    private func build(
        _ place: RunPlace, checking: () throws -> Void
    ) throws -> TableSummary {
        let current = currentTable()
        try tell(
            .began(version: place.version, expected: RunExpectation(job, current: current)))
        let sessions = SourceSessions()
        var sources = try OpenedSources(job, connections, sessions, mask: mask)
        let plan = try sources.plan().assumingKeyTypes(of: current?.info.schema.key)
        let checks = try JobChecks(
            job, plan, connections, sessions, before: current?.info.schema)
        sessions.restAll()
        let sorter = try RowSorter(directory: place.scratch, memory: options.memory)
        var extraction = Extraction(plan, sorter: sorter)
        for generator in plan.generators where generator.hasRows {
            try extract(generator, try sources.cursor(generator.ordinal), &extraction)
            sources.finish(generator.ordinal)
        }
        let read = extraction.progress
        let (summary, merged) = try write(place, plan, read, extraction)
        try checking()
        try prove(place, merged, summary)
        verified = summary
        // For the history only: no reason to fail a run whose table is proven.
        fields = (try? TableReader(opening: place.tablePath).figures()) ?? []
        try check(place, checks)
        return summary
    }

    /// The table that is current, if there is one that can be opened.
    private func currentTable() -> TableReader? {
        guard let catalog, let number = (try? catalog.job(job.name))?.currentNumber else {
            return nil
        }
        return try? catalog.openTable(job: job.name, version: number)
    }

    private func extract(
        _ generator: GeneratorPlan, _ rows: any RowCursor, _ extraction: inout Extraction
    ) throws {
        let clock = Stopwatch()
        do {
            try tell(.extract(generator: generator.name, rows: 0, isDone: false))
            let warned = try tellWarnings(of: rows, generator, from: 0)
            defer { _ = try? tellWarnings(of: rows, generator, from: warned) }
            try extraction.run(generator, rows: rows) { progress in
                try tell(.extract(generator: generator.name, rows: progress.rows, isDone: false))
            }
        } catch let error as SourceError {
            throw LocatedSourceError(error, job.generators[generator.ordinal])
        }
        let progress = extraction.progress[generator.ordinal]
        try finish("extract \(generator.name)", rows: progress.rows, size: progress.size, clock)
        try tell(.extract(generator: generator.name, rows: progress.rows, isDone: true))
    }

    private func write(
        _ place: RunPlace, _ plan: RecordPlan, _ read: [ExtractionProgress],
        _ extraction: consuming Extraction
    ) throws -> (TableSummary, Completeness) {
        let clock = Stopwatch()
        let rules = MergeRules(onDuplicate: job.onDuplicate, join: job.join)
        var records = try extraction.merged(rules) {
            try tell(.write(rows: 0, share: 0, size: nil))
        }
        try tell(.write(rows: 0, share: 0, size: nil))
        let writer = try TableWriter(
            creating: place.tablePath, schema: records.schema, profile: records.profile,
            job: job.name, version: place.version)
        let rowCount = Double(max(1, read.reduce(0) { $0 + $1.rows }))
        try RecordBatch.pass(&records, to: writer) { count, merged in
            try tell(.write(rows: count, share: Double(merged) / rowCount, size: nil))
        }
        let summary = try writer.finish(provenance: provenance(place, plan, read))
        try finish("write", rows: summary.rowCount, size: summary.size, clock)
        try tell(.write(rows: summary.rowCount, share: 1, size: summary.size))
        try tellDuplicates(plan, records.counts)
        let merged = completeness(plan, read, records.counts, keys: records.recordCount)
        return (summary, merged)
    }

    /// Proves that nothing was lost.
    ///
    /// Rows read are rows merged, keys merged are keys written and read back. The counts are kept
    /// with the run, also when it fails.
    private func prove(
        _ place: RunPlace, _ merged: Completeness, _ written: TableSummary
    ) throws {
        let clock = Stopwatch()
        try tell(.verified(rows: nil))
        var proof = merged
        proof.keysWritten = written.rowCount
        proof.keysReadBack = try TableReader(opening: place.tablePath).verify()
        completeness = proof
        if let gap = proof.gap { throw RunError(.failed, "rows were lost: \(gap)") }
        try finish("read back", rows: proof.keysReadBack, size: written.size, clock)
        try tell(.verified(rows: proof.keysReadBack))
    }

    private func finish(_ stage: String, rows: Int, size: Int, _ clock: Stopwatch) throws {
        stages.append(
            RunStage(name: stage, rows: rows, bytes: size, microseconds: clock.microseconds))
    }

    /// Reports the warnings of a cursor from the given one on, and returns how many there are.
    private func tellWarnings(
        of rows: any RowCursor, _ generator: GeneratorPlan, from first: Int
    ) throws -> Int {
        let all = rows.warnings
        for text in all.dropFirst(first) {
            let warning = mask.mask("\(generator.name): \(text)")
            warnings.append(warning)
            try tell(.warning(warning))
        }
        return all.count
    }

    private func tellDuplicates(_ plan: RecordPlan, _ counts: [MergeCounts]) throws {
        repeated = RepeatedKeys(counts, of: job)
        for (generator, count) in zip(plan.generators, counts) {
            guard let repeated = RepeatedKeys([count], of: job) else { continue }
            try warn("\(generator.name): \(repeated.sentence)")
        }
    }

    /// Reports a warning and keeps it with the run.
    func warn(_ warning: String) throws(CancellationError) {
        warnings.append(warning)
        try tell(.warning(warning))
    }
}
