/// A run that is under way, as its progress file says.
///
/// Times are microseconds since 1970. Lines are cut, and only the last ones are kept, so that the
/// size is bounded.
public struct ActiveRun: Sendable, Hashable {
    /// The most lines of ``log``.
    public static let maxLogLines = 50
    /// The longest line, in characters.
    public static let maxLineSize = 400

    /// One line of the log.
    public struct Line: Codable, Sendable, Hashable {
        /// The time of the line.
        public let at: Int64
        /// The line, without secrets.
        public let text: String
    }

    /// The job.
    public let job: String
    /// The version's number.
    public let version: Int
    /// The person or token that runs it.
    public let actor: String
    /// The time at which the run began.
    public let startedAt: Int64
    /// The time at which the run last wrote its progress.
    public internal(set) var updatedAt: Int64
    /// The stage that is under way: `begin`, `extract`, `write`, `read back` or `check`.
    public var stage = "begin"
    /// The generator that is extracted.
    public var generator: String?
    /// The time at which the stage began.
    public var stageStartedAt: Int64
    /// The number of rows or keys that went through the stage so far.
    public var rows = 0
    /// The number that there will be, judged by the current version; nil where nothing says so.
    public var expectedRows: Int?
    /// The share of the stage that is done, 0 to 1; nil where nothing says so.
    public var share: Double?
    /// The stages that are done, in the order of their work.
    public var stages: [RunStage] = []
    /// The number of warnings so far.
    public var warningCount = 0
    /// The last lines of its log, the oldest first.
    public private(set) var log: [Line] = []

    init(job: String, version: Int, actor: String, startedAt: Int64) {
        (self.job, self.version, self.actor) = (job, version, actor)
        (self.startedAt, updatedAt, stageStartedAt) = (startedAt, startedAt, startedAt)
    }

    /// Appends a line to the log, and forgets the first one where there are too many.
    public mutating func note(_ text: String, at time: Int64) {
        if log.count >= Self.maxLogLines { log.removeFirst() }
        let isLong = text.count > Self.maxLineSize
        let line = isLong ? text.prefix(Self.maxLineSize - 1) + "…" : text
        log.append(Line(at: time, text: line))
    }

    /// Begins a stage: nothing went through it yet.
    public mutating func begin(stage: String, generator: String? = nil, at time: Int64) {
        (self.stage, self.generator, stageStartedAt) = (stage, generator, time)
        (rows, expectedRows, share) = (0, nil, nil)
    }
}

extension ActiveRun: Codable {
    private enum CodingKeys: String, CodingKey {
        case job, version, actor, stage, generator, rows, share, stages, log
        case startedAt = "started_at"
        case updatedAt = "updated_at"
        case stageStartedAt = "stage_started_at"
        case expectedRows = "expected_rows"
        case warningCount = "warnings"
    }

    /// Writes the run: its times as ``DocumentForm`` says.
    public func encode(to encoder: any Encoder) throws {
        let isDocument = encoder.writesDocument
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(job, forKey: .job)
        try values.encode(version, forKey: .version)
        try values.encode(actor, forKey: .actor)
        try values.encode(time: startedAt, forKey: .startedAt, asText: isDocument)
        try values.encode(time: updatedAt, forKey: .updatedAt, asText: isDocument)
        try values.encode(stage, forKey: .stage)
        try values.encodeIfPresent(generator, forKey: .generator)
        try values.encode(time: stageStartedAt, forKey: .stageStartedAt, asText: isDocument)
        try values.encode(rows, forKey: .rows)
        try values.encodeIfPresent(expectedRows, forKey: .expectedRows)
        try values.encodeIfPresent(share, forKey: .share)
        try values.encode(stages, forKey: .stages)
        try values.encode(warningCount, forKey: .warningCount)
        try values.encode(log, forKey: .log)
    }

    /// Reads a run in either form.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            job: try values.decode(String.self, forKey: .job),
            version: try values.decode(Int.self, forKey: .version),
            actor: try values.decode(String.self, forKey: .actor),
            startedAt: try values.time(forKey: .startedAt))
        updatedAt = try values.time(forKey: .updatedAt)
        stage = try values.decode(String.self, forKey: .stage)
        generator = try values.decodeIfPresent(String.self, forKey: .generator)
        stageStartedAt = try values.time(forKey: .stageStartedAt)
        rows = try values.decode(Int.self, forKey: .rows)
        expectedRows = try values.decodeIfPresent(Int.self, forKey: .expectedRows)
        share = try values.decodeIfPresent(Double.self, forKey: .share)
        stages = try values.decode([RunStage].self, forKey: .stages)
        warningCount = try values.decode(Int.self, forKey: .warningCount)
        log = try values.decode([Line].self, forKey: .log)
    }
}

extension ActiveRun.Line {
    private enum CodingKeys: CodingKey {
        case at, text
    }

    /// Writes the line: its time as ``DocumentForm`` says.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(time: at, forKey: .at, asText: encoder.writesDocument)
        try values.encode(text, forKey: .text)
    }

    /// Reads a line in either form.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            at: try values.time(forKey: .at), text: try values.decode(String.self, forKey: .text))
    }
}
