/// One change of the catalog: who, when, what, from, to and why.
///
/// Each has its line in the journal.
public struct CatalogEvent: Codable, Sendable, Hashable {
    /// The kind of change.
    public enum Action: Sendable, Hashable {
        /// The store was made; the catalog was written down anew after its journal was lost.
        case create, checkpoint
        /// A run began; it checks its table; it published it; a check failed; it broke.
        case begin, check, publish, reject, fail
        /// Changes that people make.
        case promote, rollback, hold, release, drop, remove
        /// The tables of dropped versions were deleted.
        case free
        /// Something that a newer Nostos does.
        case unknown(String)
    }

    /// Counts the changes of the store, from 1.
    public let generation: UInt64
    /// When, in microseconds since 1970.
    public let at: Int64
    /// The author of the change: a user, or a token's name.
    public let actor: String
    /// The change that was made.
    public let action: Action
    /// To which job; nil for the store as a whole.
    public let job: String?
    /// The version that it was done to, or with.
    public let version: Int?
    /// The current version before.
    public let from: Int?
    /// The current version afterwards.
    public let to: Int?
    /// The reason that was given.
    public let reason: String?

    /// Whether another version is served after the change than before.
    public var changesServing: Bool { from != to }

    private enum CodingKeys: String, CodingKey {
        case generation, at, actor, action, job, version, from, to, reason
    }
}

extension CatalogEvent {
    /// Writes the event: its time as ``DocumentForm`` says.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(generation, forKey: .generation)
        try values.encode(time: at, forKey: .at, asText: encoder.writesDocument)
        try values.encode(actor, forKey: .actor)
        try values.encode(action, forKey: .action)
        try values.encodeIfPresent(job, forKey: .job)
        try values.encodeIfPresent(version, forKey: .version)
        try values.encodeIfPresent(from, forKey: .from)
        try values.encodeIfPresent(to, forKey: .to)
        try values.encodeIfPresent(reason, forKey: .reason)
    }

    /// Reads an event in either form.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            generation: try values.decode(UInt64.self, forKey: .generation),
            at: try values.time(forKey: .at),
            actor: try values.decode(String.self, forKey: .actor),
            action: try values.decode(Action.self, forKey: .action),
            job: try values.decodeIfPresent(String.self, forKey: .job),
            version: try values.decodeIfPresent(Int.self, forKey: .version),
            from: try values.decodeIfPresent(Int.self, forKey: .from),
            to: try values.decodeIfPresent(Int.self, forKey: .to),
            reason: try values.decodeIfPresent(String.self, forKey: .reason))
    }
}

extension CatalogEvent.Action: RawRepresentable, Codable, CustomStringConvertible {
    private static let known: [CatalogEvent.Action] = [
        .create, .checkpoint, .begin, .check, .publish, .reject, .fail, .promote, .rollback,
        .hold, .release, .drop, .remove, .free,
    ]

    /// The action of that name.
    public init(rawValue: String) {
        self = Self.known.first { $0.rawValue == rawValue } ?? .unknown(rawValue)
    }

    /// The name in journals, JSON and prose.
    public var rawValue: String {
        switch self {
        case .create: "create"
        case .checkpoint: "checkpoint"
        case .begin: "begin"
        case .check: "check"
        case .publish: "publish"
        case .reject: "reject"
        case .fail: "fail"
        case .promote: "promote"
        case .rollback: "rollback"
        case .hold: "hold"
        case .release: "release"
        case .drop: "drop"
        case .remove: "remove"
        case .free: "free"
        case .unknown(let name): name
        }
    }

    /// The same as `rawValue`.
    public var description: String { rawValue }
}
