import Nostos

/// The finding of a check, before its severity decides the fate of the version.
struct Finding {
    /// Whether the check holds.
    enum Verdict {
        case holds, fails
        /// There is nothing to compare with.
        case skipped
    }

    let verdict: Verdict
    /// The observed value; nil where the check could not be evaluated.
    var observed: String?
    /// The limit that was set.
    var limit: String?
    /// Some of the keys that offend, as JSON.
    var keys: [String] = []
    /// Observed against limit, in one line.
    let sentence: String
    /// The consequence of the failure where it is less than the check's severity.
    var severity = CheckSpec.Severity.error

    /// A check that cannot be evaluated never counts as passed.
    static func notEvaluated(_ reason: String) -> Finding {
        Finding(verdict: .fails, sentence: "could not be evaluated: \(reason)")
    }

    /// The first version of a job has nothing to be compared with.
    static let firstVersion = Finding(
        verdict: .skipped, sentence: "no current version to compare with")

    /// The result of the check that found this.
    func result(of spec: CheckSpec) -> CheckResult {
        let severity = spec.severity == .warn ? CheckSpec.Severity.warn : severity
        let status: CheckResult.Status =
            switch verdict {
            case .holds: .ok
            case .skipped: .skipped
            case .fails: severity == .warn ? .warn : .failed
            }
        return CheckResult(
            name: spec.name, field: spec.field, severity: severity, status: status,
            observed: observed, limit: limit, keys: keys, sentence: sentence)
    }
}

extension CheckSpec {
    /// The check's name in plans and results: `missing language`.
    var label: String { field.map { "\(name) \($0)" } ?? name }

    /// The field that the check is about, where it is about one.
    var field: String? {
        switch kind {
        case .missing(let field, _), .range(let field, _, _), .inSet(let field, _): field
        default: nil
        }
    }
}

/// Keys that offend: how many, and the first of them as JSON.
struct Offenders {
    private(set) var count = 0
    private(set) var keys: [String] = []
    private let schema: KeySchema

    init(_ schema: KeySchema) { self.schema = schema }

    mutating func add(_ key: [UInt8]) {
        count += 1
        if keys.count < CheckResult.maxKeys { keys.append(schema.json(of: key) ?? "null") }
    }
}
