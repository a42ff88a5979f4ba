public import Nostos
public import SystemPackage

/// One job as its file states it: everything typed, templates filled in, limits kept.
public struct Job: Sendable {
    /// The longest name, in bytes.
    public static let maxNameSize = 63
    /// The longest description, in bytes.
    public static let maxDescriptionSize = 65_536
    /// The most generators.
    public static let maxGenerators = 256
    /// The most variables in `vars`.
    public static let maxVars = 256
    /// The most checks.
    public static let maxChecks = 256
    /// The most jobs in one file.
    public static let maxJobsPerFile = 64

    /// The two forms of a job file.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// A Dataduct pipeline with a `nostos-v2` step.
        case dataduct
        /// A job file of its own.
        case full
    }

    /// The meaning of a key's second row in a generator that is neither a set nor an aggregate.
    public enum DuplicatePolicy: String, Sendable, Hashable, CaseIterable {
        /// The run fails.
        case error
        /// The first row counts.
        case first
        /// The last row counts.
        case last
    }

    /// Whose keys are in the table.
    public enum Join: String, Sendable, Hashable, CaseIterable {
        /// The keys of any generator.
        case outer
        /// The keys of the first generator.
        case first
    }

    /// `[a-z0-9][a-z0-9_-]{0,62}`; part of file names and URLs.
    public let name: String
    /// The purpose of the job.
    public let description: String?
    /// Whom to ask.
    public let owner: String?
    /// The key's columns, 1 to ``KeySchema/maxColumnCount``, all different.
    public let indexColumns: [String]
    /// The types that the key's columns must have, one for each; empty takes them from the source.
    public let keyTypes: [KeyType]
    /// The connection of generators that name none themselves.
    public let connection: String?
    /// The variables that templates could name, `--var` included.
    public let vars: [String: String]
    /// The generators that fill the fields, 1 to ``maxGenerators``.
    public let generators: [GeneratorSpec]
    /// The meaning of a second row of a key.
    public let onDuplicate: DuplicatePolicy
    /// Whether a run warns of keys with several rows: the file left `on_duplicate` to the Dataduct
    /// form's default, which is `last`.
    public let warnsOfDuplicates: Bool
    /// Whose keys are in the table.
    public let join: Join
    /// The checks that a version must pass before it is promoted, at most ``maxChecks``.
    public let checks: [CheckSpec]
    /// The treatment of a finished version.
    public let publish: PublishPolicy
    /// The form of the file.
    public let form: Form
    /// The file, as the caller gave it.
    public let path: FilePath
    /// The whole file as it was read, templates unfilled: free of secrets, for provenance.
    public let text: String
    /// The place in the file at which the job starts.
    public let mark: TextMark
    /// The places of the job's keys.
    public let keyMarks: [String: TextMark]
    /// Every value that the file's templates took from the environment.
    public internal(set) var secrets: SecretMask
}

/// The treatment of a finished version.
public struct PublishPolicy: Sendable, Hashable {
    /// The allowed numbers of good versions to keep.
    public static let keepVersionsRange = 1...100
    /// The shortest ``maxAge``: ages are counted in seconds.
    public static let shortestMaxAge = Duration.seconds(1)

    /// The actor that makes a version the current one.
    public enum Promotion: String, Sendable, Hashable, CaseIterable {
        /// The run, when all checks pass.
        case auto
        /// An operator.
        case manual
    }

    /// The number of good versions that stay, the current one included.
    public var keepVersions = 3
    /// The actor that promotes.
    public var promote = Promotion.auto
    /// The time for which a version stays on disk after it is dropped.
    public var dropDelay = Duration.seconds(600)
    /// The age at which readers call the served version stale; nil is any age.
    public var maxAge: Duration?
    /// Whether a version without keys may replace one that has some.
    public var allowsEmpty = false

    /// The policy of a job that states none: three versions, promoted at once, gone 10 minutes
    /// after they are dropped, never stale; an empty version replaces only an empty one.
    public init() {}
}
