import Nostos
import NostosLoader

/// How the run of one job ended, as people and programs are told.
struct JobOutcome: Encodable {
    enum Kind: String, Encodable {
        case promoted, candidate, rejected, failed
        /// A dry run that found nothing wrong.
        case passed
        /// Left out, because somebody asked for the end.
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
    /// Why it is no more than it is.
    var reason: String?
    /// What to print on standard output; nil where standard error says all.
    var line: String? { isTold ? text : nil }

    private var isTold = true
    private let text: String

    private enum CodingKeys: CodingKey {
        case job, outcome, exitCode, version, from, dropped, rows, size, reason
    }

    init(_ job: String, _ outcome: PublishOutcome) {
        let version = outcome.version
        self.job = job
        self.version = version
        let record = outcome.state[version]
        (rows, size) = (record?.rowCount, record?.size)
        (from, dropped) = (outcome.from, outcome.dropped)
        guard outcome.isPromoted else {
            let hold = outcome.state.hold
            self.outcome = .candidate
            // Only a hold is a surprise: who asked for a candidate has got one.
            exitCode = hold == nil ? 0 : ExitStatus.notPromoted.rawValue
            let why = hold.map { "held by \($0.by): \($0.reason)" } ?? "not promoted, as asked"
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

    init(_ job: String, _ outcome: DryRunOutcome) {
        self.job = job
        self.outcome = .passed
        (rows, size) = (outcome.summary.rowCount, outcome.summary.size)
        let keys = "\(Shown.count(outcome.summary.rowCount)) keys"
        let held = outcome.hold.map { "; a run would stop at a candidate, held: \($0.reason)" }
        exitCode = outcome.hold == nil ? 0 : ExitStatus.notPromoted.rawValue
        reason = outcome.hold.map { "held by \($0.by): \($0.reason)" }
        text =
            "dry run of \(job): \(keys), \(Shown.size(outcome.summary.size)); nothing published"
            + (held ?? "")
    }

    init(_ job: String, _ failure: Failure, isTold: Bool) {
        self.job = job
        outcome = failure.status == .notPromoted ? .rejected : .failed
        exitCode = failure.status.rawValue
        reason = failure.message
        text = "\(outcome.rawValue) \(job)"
        self.isTold = isTold
    }

    init(skipped job: String) {
        self.job = job
        outcome = .skipped
        exitCode = ExitStatus.failed.rawValue
        reason = "stopped before its turn"
        text = "skipped \(job)"
    }

    /// The exit code of several runs: what nobody can wait away comes first.
    static func worst(_ outcomes: [JobOutcome]) -> ExitStatus? {
        let ranked: [ExitStatus] = [
            .failed, .io, .configuration, .badData, .unavailable, .temporary, .notPromoted,
        ]
        return ranked.first { status in outcomes.contains { $0.exitCode == status.rawValue } }
    }
}

/// Runs jobs one by one and tells how each of them does.
struct JobRunner {
    let catalog: Catalog?
    let options: RunOptions
    let isDry: Bool
    let log: any RunLog
    /// Whether messages must say which job they are about.
    let tellsNames: Bool

    /// Runs one job to its end, whatever that is.
    func run(_ job: Job, _ connections: Connections) -> JobOutcome {
        guard !Interruption.isRequested else { return JobOutcome(skipped: job.name) }
        log.begin(job: job.name, isNamed: tellsNames)
        let run = Run(job, connections: connections, catalog: catalog, options: options) {
            log.show($0)
        }
        do throws(RunError) {
            return isDry
                ? JobOutcome(job.name, try run.dryRun()) : JobOutcome(job.name, try run.run())
        } catch {
            let failure = Failure(error)
            log.fail(job: tellsNames ? job.name : nil, failure)
            return JobOutcome(job.name, failure, isTold: tellsNames)
        }
    }
}
