import ArgumentParser
import Nostos

/// `nostos diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two versions of a job.",
        discussion: """
            Without versions it compares the current one with the newest above it that waits or \
            was rejected; where there is none, the previous one with the current one.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference
    @Argument(help: "The older version: a number, current, previous or candidate.")
    var from: String?
    @Argument(help: "The newer version (default: current).") var to: String?
    @Flag(help: "Print the keys that differ, with the values that differ.") var rows = false
    @Option(help: "With --rows: the most keys to print.") var limit = 100
    @Flag(
        name: .customLong("exit-code"),
        help: "End with 0 when nothing differs, 1 when something does, another code on errors.")
    var exitCode = false

    func validate() throws {
        if let selector = job.selector {
            throw ValidationError(
                "\(job.job)@\(selector): expected \(job.job), with the versions after it, such as "
                    + "`nostos diff \(job.job) \(selector) current`")
        }
        if limit < 0 { throw ValidationError("--limit \(limit): expected 0 or more") }
    }

    func run() throws {
        // The exit code 1 is for a difference alone, so that a script can tell it from an error.
        try Failure.guarded(failed: exitCode ? .badData : .failed) {
            let report = rows ? try reportWithRows() : try self.report()
            if output.isJSON { try report.printJSON() } else { report.printText() }
            if exitCode, !report.summary.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
        }
    }

    private func report() throws -> DiffReport {
        let catalog = try catalog.open()
        let (from, to) = try versions(try catalog.state(of: job.job))
        return DiffReport(
            job: job.job, from: from.number, to: to.number,
            summary: try catalog.difference(of: job.job, from: from.number, to: to.number),
            rows: nil)
    }

    private func reportWithRows() throws -> DiffReport {
        let catalog = try catalog.openLocal("diff --rows")
        let (from, to) = try versions(try catalog.state(of: job.job))
        let new = try catalog.table(of: job.job, to.number)
        var diff = try TableDiff(from: catalog.table(of: job.job, from.number), to: new)
        var shown: [DiffRow] = []
        while let change = try diff.next() {
            guard change != .unchanged, shown.count < limit else { continue }
            shown.append(
                DiffRow(
                    key: new.info.schema.key.json(of: diff.key) ?? "null", change: change,
                    values: try diff.values()))
        }
        return DiffReport(
            job: job.job, from: from.number, to: to.number, summary: diff.summary, rows: shown)
    }

    /// The two versions to compare.
    private func versions(_ state: JobState) throws -> (VersionRecord, VersionRecord) {
        if let from {
            return (
                try state.version(named: from), try state.version(named: to ?? "current")
            )
        }
        let current = state.currentNumber ?? 0
        let above = state.versions.last {
            $0.number > current && $0.hasTable && ($0.state == .candidate || $0.state == .rejected)
        }
        guard let above, let served = state.current else {
            return (try state.version(named: "previous"), try state.version(named: "current"))
        }
        return (served, above)
    }
}
