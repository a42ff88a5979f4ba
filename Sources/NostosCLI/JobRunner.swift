import Nostos
import NostosLoader

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
            outcome = JobOutcome(job.name, failure, isTold: tellsNames)
        }
        outcome.warnings = warnings
        return outcome
    }

    /// The warnings that an event of a run brings: its own, or those of its checks.
    private static func warnings(_ progress: RunProgress) -> [String] {
        switch progress {
        case .warning(let text): [text]
        case .checked(let results):
            results.filter { $0.status == .warn }.map { "check \($0.label): \($0.sentence)" }
        default: []
        }
    }
}
