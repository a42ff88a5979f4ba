import ArgumentParser
import Foundation
import Nostos

/// `nostos rollback`.
struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Go back to the newest good previous version, and hold the job.",
        discussion: """
            The version rolled back from is rejected, and later runs stop at a candidate until \
            `nostos release`. `nostos promote` undoes it.
            """)

    @OptionGroup var catalog: CatalogOptions
    @Argument(help: "The job.") var job: JobReference
    @Option(help: "The version to go back to.") var to: Int?
    @Option(help: "Why; kept in the history.") var reason: String
    @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false

    func run() throws {
        try Failure.guarded {
            let catalog = try catalog.open()
            let before = try catalog.state(of: job.job)
            let isAsked = !yes && isatty(STDIN_FILENO) == 1
            if isAsked { try confirm(before) }
            // What was confirmed must still be so; who is not asked wants it whatever happens.
            let after = try catalog.rollBack(
                job: job.job, to: to, reason: reason, seen: isAsked ? before : nil)
            Output.line(
                "rolled back \(job.job) \(before.currentNumber ?? 0) -> \(after.currentNumber ?? 0); "
                    + "held until `nostos release \(job.job)`")
        }
    }

    private func confirm(_ state: JobState) throws {
        VersionTable.show(state)
        let target = to ?? state.previous.first?.number
        Output.draw("roll back to \(target.map(String.init) ?? "?") [y/N] ")
        guard readLine()?.lowercased().hasPrefix("y") == true else {
            throw Failure(.failed, "nothing was changed")
        }
    }
}

/// `nostos promote`.
struct PromoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Make a version the current one.")

    @OptionGroup var catalog: CatalogOptions
    @Argument(help: "JOB@VERSION.") var job: JobReference
    @Option(help: "Why; kept in the history.") var reason: String?

    func run() throws {
        try Failure.guarded {
            let after = try catalog.open().promote(
                job: job.job, version: job.number(), reason: reason)
            Output.line("promoted \(job.job) \(after.currentNumber ?? 0)")
        }
    }
}

/// `nostos hold`.
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Let later runs stop at a candidate.")

    @OptionGroup var catalog: CatalogOptions
    @Argument(help: "The job.") var job: JobReference
    @Option(help: "Why; kept in the history.") var reason: String

    func run() throws {
        try Failure.guarded {
            _ = try catalog.open().hold(job: job.job, reason: reason)
            Output.line("held \(job.job)")
        }
    }
}

/// `nostos release`.
struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let runs promote again.")

    @OptionGroup var catalog: CatalogOptions
    @Argument(help: "The job.") var job: JobReference

    func run() throws {
        try Failure.guarded {
            let after = try catalog.open().release(job: job.job)
            let candidate = after.candidate.map {
                "; version \($0.number) waits: `nostos promote \(job.job)@\($0.number)`"
            }
            Output.line("released \(job.job)\(candidate ?? "")")
        }
    }
}

/// `nostos drop`.
struct DropCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Give up a version that is not current, and free its disk.")

    @OptionGroup var catalog: CatalogOptions
    @Argument(help: "JOB@VERSION.") var job: JobReference
    @Option(help: "Why; kept in the history.") var reason: String?

    func run() throws {
        try Failure.guarded {
            let number = try job.number()
            let after = try catalog.open().drop(
                job: job.job, version: number, reason: reason)
            let isHeld = after[number]?.hasTable == true
            Output.line(
                "dropped \(job.job) \(number)"
                    + (isHeld ? "; a reader still has it, its disk is freed after that" : ""))
        }
    }
}

/// `nostos runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "What ran, and how it ended.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job; all by default.") var job: JobReference?

    func run() throws {
        try Failure.guarded {
            let runs = try catalog.open().runs(job: job?.job)
            guard !output.isJSON else { return try Output.json(runs) }
            let lines = Output.tableLines(
                ["JOB", "VERSION", "STARTED", "SECONDS", "OUTCOME", "CHECKS", "ERROR"],
                runs.map { run in
                    [
                        run.job, String(run.version), Shown.time(run.startedAt),
                        String(format: "%.1f", Double(run.finishedAt - run.startedAt) / 1e6),
                        run.outcome.rawValue, CheckLines.counts(run.checks),
                        run.error?.split(separator: "\n").first.map(String.init) ?? "-",
                    ]
                })
            Output.line(lines[0])
            for (line, run) in zip(lines.dropFirst(), runs) {
                Output.line(line)
                let told = run.checks.filter { $0.status == .warn || $0.status == .failed }
                for check in CheckLines.lines(told) { Output.line("    \(check)") }
            }
        }
    }
}

/// `nostos events`.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Who changed what, when, and why.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job; all by default.") var job: JobReference?

    func run() throws {
        try Failure.guarded {
            let events = try catalog.open().events(job: job?.job)
            guard !output.isJSON else { return try Output.json(events) }
            Output.table(
                ["TIME", "WHO", "WHAT", "JOB", "VERSION", "FROM", "TO", "WHY"],
                events.map { event in
                    [
                        Shown.time(event.at), event.actor, event.action.rawValue, event.job ?? "-",
                        event.version.map(String.init) ?? "-", event.from.map(String.init) ?? "-",
                        event.to.map(String.init) ?? "-", event.reason ?? "-",
                    ]
                })
        }
    }
}
