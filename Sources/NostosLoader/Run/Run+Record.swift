import Nostos
import SystemPackage

/// The options of a run.
public struct RunOptions: Sendable {
    /// The memory for sorting, in bytes; the whole run stays within it and some 64 MiB.
    public var memory = 512 << 20
    /// Whether the version becomes current, unless the job says `promote: manual` or is held.
    public var promote = true
    /// The time for which a dropped version's table stays; nil is the job's setting.
    public var dropDelay: Duration?
    /// The actor that runs it, for the history.
    public var actor: String
    /// The Nostos that builds the table, for its provenance.
    public var builder: String

    /// The defaults, for that actor and builder.
    public init(actor: String, builder: String) {
        self.actor = actor
        self.builder = builder
    }
}

/// Measures one stage by the monotonic clock.
struct Stopwatch {
    private let start = ContinuousClock.now

    /// Since it was made.
    var microseconds: Int64 {
        let elapsed = ContinuousClock.now - start
        let (seconds, attoseconds) = elapsed.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}

extension Run {
    /// The run's record; its outcome and end are set by the catalog.
    func record(_ place: RunPlace, _ failure: RunError?) -> RunRecord {
        RunRecord(
            job: job.name, version: place.version, startedAt: place.startedAt,
            finishedAt: Timestamp.now,
            outcome: .failed, stages: stages, warnings: warnings, checks: checks,
            error: failure?.message, completeness: completeness, fields: fields)
    }

    /// The counts until the records were merged.
    func completeness(
        _ plan: RecordPlan, _ read: [ExtractionProgress], _ merged: [MergeCounts], keys: Int
    ) -> Completeness {
        let generators = plan.generators.filter(\.hasRows).map { generator in
            let counts = merged[generator.ordinal]
            return Completeness.Generator(
                name: generator.name, rowsRead: read[generator.ordinal].rows,
                rowsMerged: counts.rows, rowsRepeated: counts.repeatedRows,
                rowsUnjoined: counts.unjoinedRows)
        }
        return Completeness(generators: generators, keysMerged: keys)
    }

    /// Ends a run whose version is not published: `failed`, or `rejected` by its checks.
    func end(_ run: JobRun, _ failure: RunError) throws(CatalogError) {
        let record = record(RunPlace(run), failure)
        if failure.kind == .rejected {
            try run.reject(
                reason: rejection ?? failure.message, record: record, keeping: verified)
        } else {
            try run.fail(reason: failure.message, record: record)
        }
    }

    /// The origin of the rows; the SQL as it was written, without the values of templates.
    func provenance(
        _ place: RunPlace, _ plan: RecordPlan, _ read: [ExtractionProgress]
    ) -> Provenance {
        let generators = plan.generators.map { generator in
            let spec = job.generators[generator.ordinal]
            var (sql, input): (String?, String?)
            switch spec.kind {
            case .sql(let text): sql = text.template
            case .file(let file): input = mask.mask("file \(file.path.string)")
            case .command(let command):
                input = mask.mask("command \(command.words.joined(separator: " "))")
            case .constant: input = "the job file"
            }
            return GeneratorProvenance(
                name: generator.name, sql: sql,
                connection: sql.flatMap { _ in spec.connection ?? job.connection }, input: input,
                fields: generator.fields.map { plan.fields[$0].name },
                rowCount: read[generator.ordinal].rows)
        }
        let text = Array(job.text.utf8)
        return Provenance(
            jobText: job.text, jobHash: Checksum.text(Checksum.hash(text.span)),
            generators: generators, builder: options.builder, startedAt: place.startedAt,
            finishedAt: Timestamp.now)
    }
}
