/// The state of a version in its life.
///
/// `loading`, `checking`, then `current` at once or `candidate` first, then `previous`, at last
/// `dropped`; aside `failed` (the run broke) and `rejected` (a check failed, or rolled back).
public enum VersionState: Sendable, Hashable {
    case loading, checking, candidate, current, previous, rejected, failed, dropped
    /// A state that a newer Nostos wrote: shown, kept as it is, never served, moved or dropped.
    case unknown(String)
}

extension VersionState: RawRepresentable, Codable, CustomStringConvertible {
    /// The state of that name.
    public init(rawValue: String) {
        switch rawValue {
        case "loading": self = .loading
        case "checking": self = .checking
        case "candidate": self = .candidate
        case "current": self = .current
        case "previous": self = .previous
        case "rejected": self = .rejected
        case "failed": self = .failed
        case "dropped": self = .dropped
        default: self = .unknown(rawValue)
        }
    }

    /// The name in catalogs, in JSON and in prose.
    public var rawValue: String {
        switch self {
        case .loading: "loading"
        case .checking: "checking"
        case .candidate: "candidate"
        case .current: "current"
        case .previous: "previous"
        case .rejected: "rejected"
        case .failed: "failed"
        case .dropped: "dropped"
        case .unknown(let name): name
        }
    }

    /// The same as `rawValue`.
    public var description: String { rawValue }

    /// Whether a run is still under way, or died without saying so.
    var isUnfinished: Bool { self == .loading || self == .checking }

    /// Whether a reader opens a version in this state, if its table is there.
    var isReadable: Bool {
        switch self {
        case .current, .previous, .candidate, .rejected: true
        case .loading, .checking, .failed, .dropped, .unknown: false
        }
    }
}

/// One version of a job, as the catalog knows it.
///
/// Times are microseconds since 1970.
public struct VersionRecord: Codable, Sendable, Hashable {
    /// The number, from 1; never used twice in its job.
    public let number: Int
    /// The version's state.
    public internal(set) var state: VersionState
    /// When its run began.
    public let startedAt: Int64
    /// When its table was published: the age of the data that readers see.
    public internal(set) var publishedAt: Int64?
    /// When it last became the current version.
    public internal(set) var promotedAt: Int64?
    /// The number of records in the table; 0 until it is published.
    public internal(set) var rowCount: Int
    /// The table's size in bytes; 0 until it is published.
    public internal(set) var size: Int
    /// The digest of the table's contents; empty until it is published.
    public internal(set) var digest: String
    /// The reason for which it was rejected, failed or dropped.
    public internal(set) var reason: String?
    /// From when on the table of a dropped version may be deleted.
    public internal(set) var dropAfter: Int64?
    /// Whether `tables/` holds the version's file.
    public internal(set) var hasTable: Bool
    /// The age at which the version becomes stale, in microseconds; from its job file.
    public internal(set) var maxAge: Int64?
    /// The checks that the version failed, such as `1 of 3 checks failed: range score`; kept for
    /// ever, also while the version is served; nil when it passed.
    public internal(set) var failedChecks: String?
    /// The number of warnings of its run and its checks.
    public internal(set) var warningCount: Int?

    init(number: Int, startedAt: Int64) {
        self.number = number
        self.startedAt = startedAt
        state = .loading
        rowCount = 0
        size = 0
        digest = ""
        hasTable = false
    }

    private enum CodingKeys: String, CodingKey {
        case number, state, size, digest, reason
        case failedChecks = "failed_checks"
        case warningCount = "warnings"
        case startedAt = "started_at"
        case publishedAt = "published_at"
        case promotedAt = "promoted_at"
        case rowCount = "row_count"
        case dropAfter = "drop_after"
        case hasTable = "has_table"
        case maxAge = "max_age"
        case maxAgeSeconds = "max_age_seconds"
    }

    /// Whether the version's table may be read: it is there, and the version was not dropped or
    /// left unfinished.
    public var isReadable: Bool { hasTable && state.isReadable }

    /// Whether the version was published longer ago than its job allows; `now` is in microseconds
    /// since 1970.
    public func isStale(at now: Int64) -> Bool {
        guard let maxAge, let publishedAt else { return false }
        return now.subtractingReportingOverflow(publishedAt).partialValue > maxAge
    }

    /// The checks that the version failed, or nil when it passed them.
    ///
    /// Catalogs of before ``failedChecks`` was kept tell by the state: a rejected version that was
    /// never served did not pass its checks.
    public var checkFailure: String? {
        if let failedChecks { return failedChecks }
        return state == .rejected && promotedAt == nil ? reason ?? "its checks failed" : nil
    }

    /// Whether the version served, passed its checks, and a rollback took its place.
    var isRolledBack: Bool {
        state == .rejected && promotedAt != nil && checkFailure == nil
    }
}

extension VersionRecord {
    /// Writes the record: times and durations as ``DocumentForm`` says.
    public func encode(to encoder: any Encoder) throws {
        let isDocument = encoder.writesDocument
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(number, forKey: .number)
        try values.encode(state, forKey: .state)
        try values.encode(time: startedAt, forKey: .startedAt, asText: isDocument)
        try values.encode(time: publishedAt, forKey: .publishedAt, asText: isDocument)
        try values.encode(time: promotedAt, forKey: .promotedAt, asText: isDocument)
        try values.encode(rowCount, forKey: .rowCount)
        try values.encode(size, forKey: .size)
        try values.encode(digest, forKey: .digest)
        try values.encodeIfPresent(reason, forKey: .reason)
        try values.encode(time: dropAfter, forKey: .dropAfter, asText: isDocument)
        try values.encode(hasTable, forKey: .hasTable)
        if isDocument {
            try values.encode(seconds: maxAge, forKey: .maxAgeSeconds)
        } else {
            try values.encodeIfPresent(maxAge, forKey: .maxAge)
        }
        try values.encodeIfPresent(failedChecks, forKey: .failedChecks)
        try values.encodeIfPresent(warningCount, forKey: .warningCount)
    }

    /// Reads a record in either form; members that an older Nostos did not write are nil.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        number = try values.decode(Int.self, forKey: .number)
        state = try values.decode(VersionState.self, forKey: .state)
        startedAt = try values.time(forKey: .startedAt)
        publishedAt = try values.timeIfPresent(forKey: .publishedAt)
        promotedAt = try values.timeIfPresent(forKey: .promotedAt)
        rowCount = try values.decode(Int.self, forKey: .rowCount)
        size = try values.decode(Int.self, forKey: .size)
        digest = try values.decode(String.self, forKey: .digest)
        reason = try values.decodeIfPresent(String.self, forKey: .reason)
        dropAfter = try values.timeIfPresent(forKey: .dropAfter)
        hasTable = try values.decode(Bool.self, forKey: .hasTable)
        maxAge = try values.durationIfPresent(micro: .maxAge, seconds: .maxAgeSeconds)
        failedChecks = try values.decodeIfPresent(String.self, forKey: .failedChecks)
        warningCount = try values.decodeIfPresent(Int.self, forKey: .warningCount)
    }
}
