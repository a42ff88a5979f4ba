/// The outcome of a run.
public enum RunOutcome: String, Codable, Sendable, Hashable {
    /// Published and made current.
    case promoted
    /// Published, and waits for a promotion: held, or by hand.
    case candidate
    /// A check failed.
    case rejected
    /// The run broke.
    case failed
}

/// One stage of a run and what went through it.
public struct RunStage: Codable, Sendable, Hashable {
    /// The stage, such as `extract language` or `write`.
    public let name: String
    /// Rows in the stage's own sense: read, merged or written.
    public let rows: Int
    /// Bytes that the stage wrote or read.
    public let bytes: Int
    /// The duration.
    public let microseconds: Int64

    /// A stage with its figures.
    public init(name: String, rows: Int, bytes: Int, microseconds: Int64) {
        self.name = name
        self.rows = rows
        self.bytes = bytes
        self.microseconds = microseconds
    }
}

/// The history of one run, kept with the version in the catalog.
///
/// Times are microseconds since 1970.
public struct RunRecord: Codable, Sendable, Hashable {
    /// The most warnings that a record keeps; the last one then counts them all.
    public static let maxWarnings = 100

    /// The job.
    public let job: String
    /// The version's number.
    public let version: Int
    /// When the run began.
    public let startedAt: Int64
    /// When it ended.
    public var finishedAt: Int64
    /// The outcome.
    public var outcome: RunOutcome
    /// Its stages in the order of their work.
    public let stages: [RunStage]
    /// The warnings of the run.
    public let warnings: [String]
    /// The results of its checks, in the job file's order; empty where the run ended before them.
    public let checks: [CheckResult]
    /// The reason of its failure or rejection.
    public let error: String?
    /// The proof that nothing was lost; nil for a run that broke before it, or of an older Nostos.
    public let completeness: Completeness?
    /// The text of ``fields``; read only when they are asked for, for a store has many runs.
    private var fieldText: String?

    /// The figures of the version's fields, which outlive its table; empty for a run that did not
    /// write one, or of an older Nostos.
    ///
    /// The first ones of a wide table, see ``FieldFigures/maxFieldCount``. O(fields): each access
    /// reads them anew.
    public var fields: [FieldFigures] { fieldText.map(FieldFiguresText.decode) ?? [] }

    /// The same record without ``fields``.
    var withoutFields: RunRecord {
        var record = self
        record.fieldText = nil
        return record
    }

    /// A record of these parts; `warnings` beyond ``maxWarnings`` are counted, not kept.
    public init(
        job: String, version: Int, startedAt: Int64, finishedAt: Int64, outcome: RunOutcome,
        stages: [RunStage] = [], warnings: [String] = [], checks: [CheckResult] = [],
        error: String? = nil, completeness: Completeness? = nil, fields: [FieldFigures] = []
    ) {
        self.job = job
        self.version = version
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.outcome = outcome
        self.stages = stages
        self.checks = checks
        let excess = warnings.count - Self.maxWarnings
        self.warnings =
            excess <= 0
            ? warnings
            : warnings.prefix(Self.maxWarnings - 1) + ["and \(excess + 1) more warnings"]
        self.error = error
        self.completeness = completeness
        fieldText = FieldFiguresText.encode(fields)
    }

    private enum CodingKeys: String, CodingKey {
        case job, version, outcome, stages, warnings, checks, error, completeness
        case fieldText = "fields"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
    }
}

extension RunRecord {
    /// The number of warnings of the run and its checks.
    public var warningCount: Int { warnings.count + checks.count { $0.status == .warn } }

    /// Writes the record: its times as ``DocumentForm`` says.
    ///
    /// Documents have no ``fields``, which would be most of a list of runs.
    public func encode(to encoder: any Encoder) throws {
        let isDocument = encoder.writesDocument
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(job, forKey: .job)
        try values.encode(version, forKey: .version)
        try values.encode(time: startedAt, forKey: .startedAt, asText: isDocument)
        try values.encode(time: finishedAt, forKey: .finishedAt, asText: isDocument)
        try values.encode(outcome, forKey: .outcome)
        try values.encode(stages, forKey: .stages)
        try values.encode(warnings, forKey: .warnings)
        try values.encode(checks, forKey: .checks)
        try values.encodeIfPresent(error, forKey: .error)
        try values.encodeIfPresent(completeness, forKey: .completeness)
        if !isDocument { try values.encodeIfPresent(fieldText, forKey: .fieldText) }
    }

    /// Reads a record in either form; those of before there were checks have none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            job: try values.decode(String.self, forKey: .job),
            version: try values.decode(Int.self, forKey: .version),
            startedAt: try values.time(forKey: .startedAt),
            finishedAt: try values.time(forKey: .finishedAt),
            outcome: try values.decode(RunOutcome.self, forKey: .outcome),
            stages: try values.decode([RunStage].self, forKey: .stages),
            warnings: try values.decode([String].self, forKey: .warnings),
            checks: try values.decodeIfPresent([CheckResult].self, forKey: .checks) ?? [],
            error: try values.decodeIfPresent(String.self, forKey: .error),
            completeness: try values.decodeIfPresent(Completeness.self, forKey: .completeness))
        fieldText = try values.decodeIfPresent(String.self, forKey: .fieldText)
    }
}
