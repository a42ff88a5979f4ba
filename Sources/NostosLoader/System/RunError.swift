/// The reason for which a run ended without a published version: one message for people, free of
/// secrets, and the kind of failure, which decides the exit code.
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
    /// The message: the finding, its place, and the expectation.
    public let message: String

    /// The message.
    public var description: String { message }

    /// A failure of that kind.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
