/// The forecast of a job's run, made without reading a row.
public struct RunForecast: Encodable, Sendable {
    /// A part of the key or a field; the type is nil where only rows can decide it.
    public struct Column: Encodable, Sendable, Hashable {
        /// The name.
        public let name: String
        /// The type of its values, of a list its elements'.
        public let type: String?
        /// Whether its values are lists.
        public let isList: Bool
        /// The generator that fills it; nil for the key.
        public let generator: String?

        /// As people read it: `list of string`, `?`.
        public var shape: String { isList ? "list of \(type ?? "?")" : type ?? "?" }
    }

    /// One generator and where it reads.
    public struct Generator: Encodable, Sendable, Hashable {
        /// The name in messages.
        public let name: String
        /// `sql_iterator`, `file`, `command` or `constant`.
        public let kind: String
        /// The connection's name, the file's path or the program; never a secret.
        public let source: String?
        /// The rows that it had in the current version.
        public let rowsBefore: Int?
        /// Whether its fields are known only once its program has run.
        public let isOpen: Bool
    }

    /// The difference between one field and the current version's.
    public struct Change: Encodable, Sendable, Hashable {
        /// The kind of difference.
        public enum Kind: String, Encodable, Sendable {
            case added, removed
            case typeChanged = "type_changed"
        }

        /// The field's name; of a change of the key, its columns.
        public let name: String
        /// The kind of difference.
        public let kind: Kind
        /// The type before, as people read it.
        public let from: String?
        /// The type after.
        public let to: String?
    }

    /// One check that will run.
    public struct Check: Encodable, Sendable, Hashable {
        /// Its name in the job file.
        public let name: String
        /// The consequence of its failure.
        public let severity: String
    }

    /// The fate of the version.
    public enum Publication: String, Encodable, Sendable {
        /// It becomes current.
        case promoted
        /// It waits: somebody promotes it.
        case candidate
        /// It waits: the job is held.
        case held
    }

    /// The disk that a run takes.
    public struct Disk: Encodable, Sendable, Hashable {
        /// About as many bytes more than now, at its peak; nil for a first version.
        public let needed: Int?
        /// Bytes free where the store lies.
        public let free: Int?
        /// Bytes that come free again once the dropped versions' tables are gone.
        public let freedLater: Int

        /// Whether it fits; true where that cannot be known.
        public var fits: Bool {
            guard let needed, let free else { return true }
            return needed <= free
        }

        private enum CodingKeys: CodingKey { case needed, free, freedLater, fits }

        /// All of it, and whether it fits.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(needed, forKey: .needed)
            try container.encode(free, forKey: .free)
            try container.encode(freedLater, forKey: .freedLater)
            try container.encode(fits, forKey: .fits)
        }
    }

    /// The job.
    public let job: String
    /// The number that the version would get.
    public let version: Int
    /// The version that is served now.
    public let current: Int?
    /// The key's columns.
    public let key: [Column]
    /// The fields, in order.
    public let fields: [Column]
    /// The generators, in the job's order.
    public let generators: [Generator]
    /// The differences from the current version; empty without one.
    public let changes: [Change]
    /// The fields of the current version that may come or not: a program writes the rows, and only
    /// its run shows all of its columns.
    public let undecided: [String]
    /// The checks, in the job's order.
    public let checks: [Check]
    /// The fate of the version, when its checks pass.
    public let publication: Publication
    /// The reason for which the job is held.
    public let holdReason: String?
    /// The age at which readers call the version stale, in seconds; nil is any age.
    public let maxAgeSeconds: Double?
    /// Whether a version without keys would replace one that has some; otherwise it is rejected.
    public let allowsEmpty: Bool
    /// The versions that are dropped for it.
    public let drops: [Int]
    /// The disk that it takes.
    public let disk: Disk
}
