public import Nostos
import SystemPackage

/// Runs one job: its sources in, one published version out.
///
/// Used by `nostos run`; one object per run. Not thread-safe.
public final class Run {
    /// The job.
    public let job: Job
    let connections: Connections
    let catalog: Catalog
    let options: RunOptions
    let report: (RunProgress) throws -> Void
    let mask: SecretMask

    var stages: [RunStage] = []
    var warnings: [String] = []

    /// A run that has not begun.
    ///
    /// - Parameters:
    ///   - job: a job of a file that parsed.
    ///   - connections: what its generators connect to.
    ///   - catalog: the store.
    ///   - options: see ``RunOptions``.
    ///   - report: is told how far the run is; what it throws ends the run as failed.
    public init(
        _ job: Job, connections: Connections, catalog: Catalog, options: RunOptions,
        report: @escaping (RunProgress) throws -> Void
    ) {
        (self.job, self.connections, self.catalog) = (job, connections, catalog)
        (self.options, self.report) = (options, report)
        var mask = job.secrets
        mask.formUnion(connections.secrets)
        self.mask = mask
    }

    /// Extracts, sorts, writes, reads back, publishes.
    ///
    /// - Throws: ``RunError``; the store serves what it served before, and the version is `failed`
    ///   in its history once it had a number.
    public func run() throws(RunError) -> PublishOutcome {
        let unsupported = job.unsupported
        guard unsupported.isEmpty else {
            let lines = unsupported.map { mask.mask("\($0)") }
            throw RunError(.badJob, lines.joined(separator: "\n"))
        }
        let run: JobRun
        do { run = try catalog.beginRun(job: job.name, actor: options.actor) } catch {
            throw RunError(error, mask)
        }
        do {
            return try load(run)
        } catch {
            let failure = RunError(error, mask)
            // The reason to tell is the first failure; that it cannot be recorded is the second.
            do { try run.fail(reason: failure.message, record: record(run, failure)) } catch {
                throw RunError(
                    failure.kind, "\(failure.message)\n(and it is not recorded: \(error))")
            }
            throw failure
        }
    }

    private func load(_ run: JobRun) throws -> PublishOutcome {
        var sources = try OpenedSources(job, connections)
        let plan = try sources.plan()
        let sorter = try RowSorter(directory: run.scratch, memory: options.memory)
        var extraction = Extraction(plan, sorter: sorter)
        for generator in plan.generators {
            try extract(generator, try sources.cursor(generator.ordinal), &extraction)
        }
        let read = extraction.progress
        let (schema, profile) = (extraction.schema, extraction.profile)

        let clock = Stopwatch()
        let writer = try TableWriter(
            creating: run.tablePath, schema: schema, profile: profile, job: job.name,
            version: run.version)
        var records = try extraction.merged(
            MergeRules(onDuplicate: job.onDuplicate, join: job.join))
        while try records.next() {
            try writer.append(key: records.key, record: records.record)
            if records.recordCount % Extraction.progressInterval == 0 {
                try report(.write(rows: records.recordCount, size: nil))
            }
        }
        let summary = try writer.finish(provenance: provenance(run, plan, read))
        try finish("write", rows: summary.rowCount, size: summary.size, clock)
        try report(.write(rows: summary.rowCount, size: summary.size))
        try tellDuplicates(plan, records.counts)

        try run.checking()
        try prove(run, read: read, merged: records.counts, written: summary)
        let outcome = try run.publish(
            summary: summary, promote: options.promote && job.publish.promote == .auto,
            keepVersions: job.publish.keepVersions,
            dropDelay: options.dropDelay ?? job.publish.dropDelay, record: record(run, nil))
        try report(.published(outcome, summary))
        return outcome
    }

    private func extract(
        _ generator: GeneratorPlan, _ rows: any RowCursor, _ extraction: inout Extraction
    ) throws {
        let clock = Stopwatch()
        do {
            try extraction.run(generator, rows: rows) { progress in
                try report(.extract(generator: generator.name, rows: progress.rows, isDone: false))
            }
        } catch let error as SourceError {
            throw LocatedSourceError(error, job.generators[generator.ordinal])
        }
        let progress = extraction.progress[generator.ordinal]
        try finish("extract \(generator.name)", rows: progress.rows, size: progress.size, clock)
        try report(.extract(generator: generator.name, rows: progress.rows, isDone: true))
    }

    /// Proves that nothing was lost: rows read are rows merged, keys written are keys read back.
    private func prove(
        _ run: JobRun, read: [ExtractionProgress], merged: [MergeCounts], written: TableSummary
    ) throws {
        let clock = Stopwatch()
        for (index, generator) in job.generators.enumerated()
        where read[index].rows != merged[index].rows {
            throw RunError(
                .failed,
                "\(generator.name): \(read[index].rows) rows read, \(merged[index].rows) merged")
        }
        let count = try TableReader(opening: run.tablePath).verify()
        guard count == written.rowCount else {
            throw RunError(.failed, "\(written.rowCount) keys written, \(count) read back")
        }
        try finish("read back", rows: count, size: written.size, clock)
        try report(.verified(rows: count))
    }

    private func finish(_ stage: String, rows: Int, size: Int, _ clock: Stopwatch) throws {
        stages.append(
            RunStage(name: stage, rows: rows, bytes: size, microseconds: clock.microseconds))
    }

    private func tellDuplicates(_ plan: LoadPlan, _ counts: [MergeCounts]) throws {
        for (generator, count) in zip(plan.generators, counts) where count.repeatedKeys > 0 {
            guard job.warnsOfDuplicates else { continue }
            let example = count.repeatedExample.map { ", for example \($0)" } ?? ""
            let warning =
                "\(generator.name): \(count.repeatedKeys) keys have more than one row\(example); "
                + "the \(job.onDuplicate.rawValue) one counts"
            warnings.append(warning)
            try report(.warning(warning))
        }
    }
}
