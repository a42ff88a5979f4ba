import Nostos
import NostosLoader

/// The end of one job's run, as the command line prints it.
struct JobOutcome: Encodable {
    enum Kind: String, Encodable {
        case promoted, candidate, rejected, failed
        /// A dry run that found nothing wrong.
        case passed
        /// A job whose turn did not come before the run was stopped.
        case skipped
    }

    let job: String
    let outcome: Kind
    let exitCode: Int32
    var version: Int?
    var from: Int?
    var dropped: [Int]?
    var rows: Int?
    var size: Int?
    /// The reason why the version was not promoted.
    var reason: String?
    /// The warnings of the run and of its checks.
    var warnings: [String] = []
    /// The lines for standard output: the outcome and every warning; empty where standard error has
    /// said all of it.
    var lines: [String] {
        guard isPrinted else { return [] }
        let count = warnings.isEmpty ? "" : "; \(Shown.warnings(warnings.count))"
        return ["\(text)\(count)"] + warnings.map { "warning  \($0.shown)" }
    }

    private var isPrinted = true
    private let text: String

    private enum CodingKeys: CodingKey {
        case job, outcome, exitCode, version, from, dropped, rows, size, reason, warnings
    }

    /// The outcome of a publication; `isCandidate` is that of `--no-promote`.
    init(_ job: String, _ outcome: PublishOutcome, isCandidate: Bool) {
        let version = outcome.version
        self.job = job
        self.version = version
        let record = outcome.state[version]
        (rows, size) = (record?.rowCount, record?.size)
        (from, dropped) = (outcome.from, outcome.dropped)
        guard outcome.isPromoted else {
            let hold = outcome.state.hold
            self.outcome = .candidate
            // A candidate that was asked for is a success.
            exitCode = isCandidate ? 0 : ExitStatus.candidate.rawValue
            let why =
                hold.map { "held by \($0.by): \($0.reason)" }
                ?? (isCandidate ? "not promoted, as asked" : "the job promotes by hand")
            reason = why
            text = "candidate \(job) \(version); \(why)"
            return
        }
        self.outcome = .promoted
        exitCode = 0
        let before = outcome.from.map { "\($0) -> " } ?? ""
        let gone = outcome.dropped.map(String.init).joined(separator: ", ")
        text = "promoted \(job) \(before)\(version)" + (gone.isEmpty ? "" : "; dropped \(gone)")
    }

    /// The outcome of a dry run; `isCandidate` is that of `--no-promote`, and `isManual` says that
    /// the job promotes by hand.
    init(_ job: String, _ outcome: DryRunOutcome, isCandidate: Bool, isManual: Bool) {
        self.job = job
        self.outcome = .passed
        (rows, size) = (outcome.summary.rowCount, outcome.summary.size)
        let keys = "\(Shown.count(outcome.summary.rowCount)) keys"
        let held =
            outcome.hold.map { "; a run would stop at a candidate, held: \($0.reason)" }
            ?? (isManual ? "; a run would stop at a candidate, to be promoted by hand" : nil)
        exitCode =
            held == nil || isCandidate ? 0 : ExitStatus.candidate.rawValue
        reason = outcome.hold.map { "held by \($0.by): \($0.reason)" }
        text =
            "dry run of \(job): \(keys), \(Shown.size(outcome.summary.size)); nothing published"
            + (held ?? "")
    }

    /// The outcome of a run that failed or was rejected; it is printed where `isPrinted` says so.
    init(_ job: String, _ failure: Failure, isPrinted: Bool) {
        self.job = job
        outcome = failure.status == .notPromoted ? .rejected : .failed
        exitCode = failure.status.rawValue
        reason = failure.message
        text = "\(outcome.rawValue) \(job)"
        self.isPrinted = isPrinted
    }

    /// The outcome of a job whose turn did not come.
    init(skipped job: String) {
        self.job = job
        outcome = .skipped
        exitCode = ExitStatus.failed.rawValue
        reason = "stopped before its turn"
        text = "skipped \(job)"
    }

    /// The exit code of several runs: failures that waiting does not cure come first.
    static func worst(_ outcomes: [JobOutcome]) -> ExitStatus? {
        let ranked: [ExitStatus] = [
            .failed, .io, .configuration, .badData, .unavailable, .temporary, .notPromoted,
            .candidate,
        ]
        return ranked.first { status in outcomes.contains { $0.exitCode == status.rawValue } }
    }

    /// The last line of a run of several jobs: the number of each kind, with the names and exit
    /// codes of those that need attention: `3 jobs: 1 promoted, 1 candidate, 1 rejected (movies:
    /// 2)`.
    static func summary(_ outcomes: [JobOutcome]) -> String {
        let kinds: [Kind] = [.promoted, .candidate, .passed, .rejected, .failed, .skipped]
        let parts = kinds.compactMap { kind -> String? in
            let those = outcomes.filter { $0.outcome == kind }
            guard !those.isEmpty else { return nil }
            let isBad = kind == .rejected || kind == .failed || kind == .skipped
            let names = those.map { "\($0.job): \($0.exitCode)" }.joined(separator: ", ")
            return "\(those.count) \(kind.rawValue)\(isBad ? " (\(names))" : "")"
        }
        let warned = outcomes.filter { !$0.warnings.isEmpty }.map(\.job)
        let warnings =
            warned.isEmpty ? "" : "; warnings: \(warned.joined(separator: ", "))"
        let noun = outcomes.count == 1 ? "job" : "jobs"
        return "\(outcomes.count) \(noun): \(parts.joined(separator: ", "))\(warnings)"
    }
}
