import Nostos
public import SystemPackage

/// One entry of `connections.yml`.
public struct Connection: Sendable, Hashable {
    /// The longest name, in bytes.
    public static let maxNameSize = 63

    /// The kind of source at the other end.
    public enum Kind: Sendable, Hashable {
        /// An SQLite file, to be opened read-only; a relative path is already resolved against the
        /// directory of `connections.yml`.
        case sqlite(path: FilePath)
        /// A PostgreSQL server: what libpq takes as its connection string.
        case postgresql(conninfo: Secret)
        /// A Redshift cluster: the same, without COPY.
        case redshift(conninfo: Secret)
    }

    /// The name in the file.
    public let name: String
    /// The kind of source at the other end.
    public let kind: Kind
    /// The place in the file.
    public let mark: TextMark
    /// The time for which the server may work on one statement before it ends it; nil is the
    /// server's own setting.
    public var statementTimeout: Duration?
    /// Every secret in its entry: passwords, whole URLs, and all that `env_var` gave.
    public var secrets = SecretMask()
}

/// The reason for which a generator has no connection.
///
/// The messages name connections, never what is in them.
public enum ConnectionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no connection of that name.
    case unknown(name: String, known: [String], file: String)
    /// No connection was named, and there are several, none called `default`.
    case ambiguous(known: [String], file: String)
    /// There are no connections at all.
    case none(file: String)
    /// The connection needs environment variables that are not set.
    case incomplete(JobFileErrors)

    /// The message: the finding, the expectation, and the near name if there is one.
    public var description: String {
        switch self {
        case .unknown(let name, let known, let file):
            DiagnosticLog.message(
                found: "the unknown connection \(quoted(name))",
                expected: known.isEmpty
                    ? "a connection in \(file)" : "\(alternatives(known)) of \(file)",
                suggestion: nearestWord(to: name, among: known))
        case .ambiguous(let known, let file):
            DiagnosticLog.message(
                found: "no connection's name and several in \(file)",
                expected: "connection: \(alternatives(known)) in the job, or one called default",
                suggestion: nil)
        case .none(let file):
            DiagnosticLog.message(
                found: "no connections", expected: "at least one in \(file)", suggestion: nil)
        case .incomplete(let errors): errors.description
        }
    }
}
