import Nostos

/// Why a run ended without a published version: one message for people, free of secrets, and the
/// kind of failure, which decides the exit code.
public struct RunError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds that people handle differently.
    public enum Kind: Sendable {
        /// The job file, its SQL or its data is wrong; exit 65.
        case badJob
        /// A source cannot be reached or broke off; exit 69.
        case unavailable
        /// A connection is missing or wrong; exit 78.
        case configuration
        /// The operating system refused: disk full, no permission; exit 74.
        case io
        /// Another run of the job is under way; exit 75.
        case busy
        /// A check failed: the version is rejected, and what was served still is; exit 2.
        case rejected
        /// Somebody stopped it; exit 1.
        case cancelled
        /// Anything else; exit 1.
        case failed
    }

    /// The kind.
    public let kind: Kind
    /// What was found, where, and what was expected.
    public let message: String

    /// The message.
    public var description: String { message }

    /// A failure of that kind.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The failure that an error of any layer is.
    init(_ error: any Error, _ mask: SecretMask) {
        let (kind, message) = Self.parts(of: error)
        self.init(kind, mask.mask(message))
    }

    private static func parts(of error: any Error) -> (Kind, String) {
        switch error {
        case let error as RunError: (error.kind, error.message)
        case let error as LocatedSourceError: (error.kind, error.description)
        case let error as ConnectionError: (.configuration, error.description)
        case let error as LocatedPlanError: (.badJob, error.description)
        case let error as ExtractionError: (.badJob, error.description)
        case let error as MergeError: (.badJob, error.description)
        case let error as SortError: (.io, error.description)
        case let error as TableError: (.io, error.description)
        case let error as CatalogError: (kind(of: error), error.description)
        case is CancellationError: (.cancelled, "stopped; nothing was published")
        default: (.failed, "\(error)")
        }
    }

    private static func kind(of error: CatalogError) -> Kind {
        switch error {
        case .busy, .locked: .busy
        case .noStore, .newerFormat, .networkFileSystem: .configuration
        case .badJobName, .badArgument: .badJob
        case .io, .damaged, .lost, .exists: .io
        default: .failed
        }
    }
}
