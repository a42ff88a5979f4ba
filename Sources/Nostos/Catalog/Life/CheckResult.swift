/// The result of one check of one run; kept with the run's record.
///
/// A plain value of bounded size: texts are cut at ``maxTextSize`` characters, keys at
/// ``maxKeySize``, and of the keys that offend at most ``maxKeys`` are kept.
public struct CheckResult: Codable, Sendable, Hashable {
    /// The most keys that are kept.
    public static let maxKeys = 10
    /// The longest key, in characters.
    public static let maxKeySize = 80
    /// The longest other text, in characters.
    public static let maxTextSize = 400

    /// The consequence of the check's failure.
    public enum Severity: String, Codable, Sendable, Hashable, CaseIterable {
        /// The version is rejected.
        case error
        /// The run says so and goes on.
        case warn
    }

    /// The verdict of the check.
    public enum Status: String, Codable, Sendable, Hashable {
        /// It holds.
        case ok
        /// It does not hold, or could not be evaluated, and only warns.
        case warn
        /// It does not hold, or could not be evaluated: the version is rejected.
        case failed
        /// There was nothing to compare with: the job's first version.
        case skipped
    }

    /// The check's name in the job file: `missing`.
    public let name: String
    /// The field that it is about, where it is about one.
    public let field: String?
    /// The consequence of its failure.
    public let severity: Severity
    /// The verdict.
    public let status: Status
    /// The observed value, such as `50.0 %`; nil where the check could not be evaluated.
    public let observed: String?
    /// The limit that was set, such as `at most 5 %`.
    public let limit: String?
    /// Some of the keys that offend, as JSON; the first ones in key order.
    public let keys: [String]
    /// Observed against limit in one line, for people.
    public let sentence: String

    /// A result of these parts, cut to their bounds.
    public init(
        name: String, field: String? = nil, severity: Severity, status: Status,
        observed: String? = nil, limit: String? = nil, keys: [String] = [], sentence: String
    ) {
        self.name = name
        self.field = field
        self.severity = severity
        self.status = status
        self.observed = observed.map { Self.cut($0, Self.maxTextSize) }
        self.limit = limit.map { Self.cut($0, Self.maxTextSize) }
        self.keys = keys.prefix(Self.maxKeys).map { Self.cut($0, Self.maxKeySize) }
        self.sentence = Self.cut(sentence, Self.maxTextSize)
    }

    /// The check's name in progress and history: `missing language`.
    public var label: String { field.map { "\(name) \($0)" } ?? name }

    private static func cut(_ text: String, _ size: Int) -> String {
        text.count <= size ? text : text.prefix(size - 1) + "…"
    }
}
