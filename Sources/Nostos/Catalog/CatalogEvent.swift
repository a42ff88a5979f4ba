/// One change of the catalog: who, when, what, from, to and why.
///
/// Each has its line in the journal.
public struct CatalogEvent: Codable, Sendable, Hashable {
    /// What was done.
    public enum Action: Sendable, Hashable {
        /// The store was made; the catalog was written down anew after its journal was lost.
        case create, checkpoint
        /// A run began; it checks its table; it published it; a check failed; it broke.
        case begin, check, publish, reject, fail
        /// What people do.
        case promote, rollback, hold, release, drop
        /// The tables of dropped versions were deleted.
        case free
        /// Something that a newer Nostos does.
        case unknown(String)
    }

    /// Counts the changes of the store, from 1.
    public let generation: UInt64
    /// When, in microseconds since 1970.
    public let at: Int64
    /// Who: a user, or a token's name.
    public let actor: String
    /// What was done.
    public let action: Action
    /// To which job; nil for the store as a whole.
    public let job: String?
    /// The version that it was done to, or with.
    public let version: Int?
    /// The current version before.
    public let from: Int?
    /// The current version afterwards.
    public let to: Int?
    /// Why.
    public let reason: String?
}

extension CatalogEvent.Action: RawRepresentable, Codable, CustomStringConvertible {
    private static let known: [CatalogEvent.Action] = [
        .create, .checkpoint, .begin, .check, .publish, .reject, .fail, .promote, .rollback,
        .hold, .release, .drop, .free,
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
        case .free: "free"
        case .unknown(let name): name
        }
    }

    /// The same as `rawValue`.
    public var description: String { rawValue }
}
