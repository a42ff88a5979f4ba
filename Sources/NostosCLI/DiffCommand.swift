import ArgumentParser
import Nostos

/// `nostos diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What differs between two versions of a job.",
        discussion: """
            Without versions: from the current one to the newest above it that waits or was \
            rejected; where there is none, from the previous one to the current one.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference
    @Argument(help: "The older version: a number, current, previous or candidate.")
    var from: String?
    @Argument(help: "The newer version (default: current).") var to: String?
    @Flag(help: "Print the keys that differ, with the values that do.") var rows = false
    @Option(help: "With --rows: at most so many keys.") var limit = 100
    @Flag(name: .customLong("exit-code"), help: "End with 1 when there is a difference.")
    var exitCode = false

    func validate() throws {
        if job.selector != nil { throw ValidationError("expected \(job.job) FROM TO") }
        if limit < 0 { throw ValidationError("--limit \(limit): expected 0 or more") }
    }

    func run() throws {
        try Failure.guarded {
            let catalog = try store.open()
            let (from, to) = try versions(try job.state(in: catalog))
            let (older, old) = try from.table(in: catalog)
            let (newer, new) = try to.table(in: catalog)
            var diff = try TableDiff(from: old, to: new)
            var shown: [DiffRow] = []
            while let change = try diff.next() {
                guard rows, change != .unchanged, shown.count < limit else { continue }
                shown.append(
                    DiffRow(
                        key: new.info.schema.key.json(of: diff.key) ?? "null", change: change,
                        values: try diff.values()))
            }
            let report = DiffReport(
                job: job.job, from: older.number, to: newer.number, summary: diff.summary,
                rows: rows ? shown : nil)
            if output.isJSON { try report.printJSON() } else { report.printText() }
            if exitCode, !diff.summary.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
        }
    }

    /// The two versions that are meant.
    private func versions(_ state: JobState) throws -> (JobReference, JobReference) {
        if let from { return (try reference(from), try reference(to ?? "current")) }
        let current = state.currentNumber ?? 0
        let above = state.versions.last {
            $0.number > current && $0.hasTable && ($0.state == .candidate || $0.state == .rejected)
        }
        guard let above, state.current != nil else {
            return (try reference("previous"), try reference("current"))
        }
        return (try reference("current"), try reference(String(above.number)))
    }

    private func reference(_ selector: String) throws -> JobReference {
        guard let reference = JobReference(argument: "\(job.job)@\(selector)") else {
            throw ValidationError("found \"\(selector)\", expected a version")
        }
        return reference
    }
}
