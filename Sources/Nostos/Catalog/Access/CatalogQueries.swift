/// A choice of events.
public struct EventChoice: Sendable, Hashable {
    /// At most so many, the newest.
    public var limit: Int
    /// Only events from that time on, in microseconds since 1970.
    public var since: Int64?
    /// Whether all events are chosen; otherwise only those that change what is served.
    public var isComplete: Bool

    /// A choice; without `since` of all times.
    public init(limit: Int, since: Int64? = nil, isComplete: Bool = false) {
        (self.limit, self.since, self.isComplete) = (limit, since, isComplete)
    }

    /// Whether the event is chosen, as far as its time and kind go.
    public func includes(_ event: CatalogEvent) -> Bool {
        event.at >= since ?? .min && (isComplete || event.changesServing)
    }
}

/// One record that was asked for; key and values are JSON texts.
public struct FoundRecord: Sendable, Hashable {
    /// The key.
    public let key: String
    /// The object of the fields; nil where there is no such key.
    public let values: String?

    /// A record, or with nil the lack of one.
    public init(key: String, values: String?) { (self.key, self.values) = (key, values) }
}

/// A choice of records by their keys, as people type them.
public struct ScanRange: Sendable, Hashable {
    /// The text, or the first parts of a composite key, that keys begin with.
    public var prefix: String?
    /// The first key, or its first parts.
    public var from: String?
    /// The key to end before, or its first parts.
    public var to: String?
    /// At most so many records.
    public var limit: Int

    /// A choice; by default of all records.
    public init(
        prefix: String? = nil, from: String? = nil, to: String? = nil, limit: Int = .max
    ) {
        (self.prefix, self.from, self.to, self.limit) = (prefix, from, to, limit)
    }

    /// The bounds as encoded keys.
    ///
    /// - Throws: ``RecordRequestError/prefixOfInteger``, or ``KeyTextError`` for a text that is no
    ///   key.
    public func bounds(
        _ schema: KeySchema
    ) throws -> (prefix: [UInt8], from: [UInt8]?, to: [UInt8]?) {
        if prefix != nil, schema.isInt64 { throw RecordRequestError.prefixOfInteger }
        return (
            try prefix.map { text in try schema.encode(prefix: text) } ?? [],
            try from.map { text in try schema.encode(prefix: text) },
            try to.map { text in try schema.encode(prefix: text) }
        )
    }
}

/// The reason for which records cannot be asked for in this way.
public enum RecordRequestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The version has no field of that name; `known` are the names that it has.
    case unknownField(String, known: [String])
    /// Keys that are integers have no prefix.
    case prefixOfInteger

    /// Checks the names of fields; nil is all fields.
    ///
    /// - Throws: ``unknownField(_:known:)`` for the first name that is unknown.
    public static func check(
        fields: [String]?, known: [String]
    ) throws(RecordRequestError) {
        guard let missing = fields?.first(where: { !known.contains($0) }) else { return }
        throw .unknownField(missing, known: known)
    }

    /// The message: what was asked for, and what may be asked for.
    public var description: String {
        switch self {
        case .unknownField(let name, let known):
            let hint = nearestWord(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
            return "no field \"\(name)\"; the fields are \(known.joined(separator: ", "))\(hint)"
        case .prefixOfInteger:
            return "--prefix needs a string or composite key; use --from and --to"
        }
    }
}
