import Nostos
import NostosLoader

/// Runs jobs one after another and reports the progress of each.
struct JobRunner {
    let catalog: Catalog?
    let options: RunOptions
    let isDry: Bool
    let log: any RunLog
    /// Whether messages name their job: one of several.
    let tellsNames: Bool

    /// Runs one job; every failure becomes its outcome.
    func run(_ job: Job, _ connections: Connections) -> JobOutcome {
        guard !Interruption.isRequested else { return JobOutcome(skipped: job.name) }
        log.begin(job: job.name, isNamed: tellsNames)
        var warnings: [String] = []
        let run = Run(job, connections: connections, catalog: catalog, options: options) {
            warnings += Self.warnings($0)
            log.show($0)
        }
        var outcome: JobOutcome
        do throws(RunError) {
            outcome =
                isDry
                ? JobOutcome(
                    job.name, try run.dryRun(), isCandidate: !options.promote,
                    isManual: job.publish.promote == .manual)
                : JobOutcome(job.name, try run.run(), isCandidate: !options.promote)
        } catch {
            let failure = Failure(error)
            log.fail(job: tellsNames ? job.name : nil, failure)
            outcome = JobOutcome(job.name, failure, isPrinted: tellsNames)
        }
        outcome.warnings = warnings
        return outcome
    }

    /// The warnings of a run's event: its own, or those of its checks.
    private static func warnings(_ progress: RunProgress) -> [String] {
        switch progress {
        case .warning(let text): [text]
        case .checked(let results):
            results.filter { $0.status == .warn }.map { "check \($0.label): \($0.sentence)" }
        default: []
        }
    }
}
