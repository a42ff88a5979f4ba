/// The hold of a job, whose new versions are not promoted: its reason, its author and its time.
public struct Hold: Codable, Sendable, Hashable {
    /// The reason that was given.
    public let reason: String
    /// The person or token that set the hold.
    public let by: String
    /// When, in microseconds since 1970.
    public let at: Int64
    /// The version whose rollback set the hold; nil when `hold` did.
    ///
    /// Promoting just that version undoes the rollback, hold included.
    public let rolledBack: Int?
    /// The version that a later rollback took from service while the hold was there already; nil
    /// once it is promoted again.
    public internal(set) var alsoRolledBack: Int?

    /// Whether a rollback set the hold, or happened under it, and was not undone.
    var isOfRollback: Bool { rolledBack != nil || alsoRolledBack != nil }

    private enum CodingKeys: String, CodingKey {
        case reason, by, at
        case rolledBack = "rolled_back"
        case alsoRolledBack = "also_rolled_back"
    }
}

extension Hold {
    /// Writes the hold: its time as ``DocumentForm`` says.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(reason, forKey: .reason)
        try values.encode(by, forKey: .by)
        try values.encode(time: at, forKey: .at, asText: encoder.writesDocument)
        try values.encodeIfPresent(rolledBack, forKey: .rolledBack)
        try values.encodeIfPresent(alsoRolledBack, forKey: .alsoRolledBack)
    }

    /// Reads a hold in either form.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            reason: try values.decode(String.self, forKey: .reason),
            by: try values.decode(String.self, forKey: .by),
            at: try values.time(forKey: .at),
            rolledBack: try values.decodeIfPresent(Int.self, forKey: .rolledBack),
            alsoRolledBack: try values.decodeIfPresent(Int.self, forKey: .alsoRolledBack))
    }
}

/// The removal of a job, whose history stays and whose next run brings it back.
public struct Removal: Codable, Sendable, Hashable {
    /// The reason that was given.
    public let reason: String
    /// The person or token that removed the job.
    public let by: String
    /// When, in microseconds since 1970.
    public let at: Int64

    private enum CodingKeys: String, CodingKey {
        case reason, by, at
    }
}

extension Removal {
    /// Writes the removal: its time as ``DocumentForm`` says.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(reason, forKey: .reason)
        try values.encode(by, forKey: .by)
        try values.encode(time: at, forKey: .at, asText: encoder.writesDocument)
    }

    /// Reads a removal in either form.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            reason: try values.decode(String.self, forKey: .reason),
            by: try values.decode(String.self, forKey: .by),
            at: try values.time(forKey: .at))
    }
}
