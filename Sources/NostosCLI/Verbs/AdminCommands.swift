import ArgumentParser
import Foundation
import Nostos

/// `nostos promote`.
struct PromoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Make a version the current one.",
        discussion: """
            Promoting the version that was rolled back undoes the rollback and ends its hold. A \
            version that failed its checks is promoted only with --force --reason; it stays marked \
            and never counts as a good version.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "JOB@VERSION: a number or candidate.") var job: JobReference
    @Flag(help: "Promote a version that failed its checks; needs --reason.") var force = false
    @Option(help: "The reason; kept in the history.") var reason: String?

    func validate() throws {
        guard !force || reason != nil else {
            throw ValidationError("--force: expected --reason TEXT beside it")
        }
    }

    func run() throws {
        try Failure.guarded {
            let catalog = try catalog.open()
            let number = try job.number(in: catalog)
            let after = try catalog.promote(
                job: job.job, version: number, isForced: force, reason: reason)
            guard !output.isJSON else { return try Output.json(after) }
            let failure = after[number]?.checkFailure.map { "; it failed its checks: \($0)" }
            Output.line("promoted \(job.job) \(number)\(failure ?? "")")
        }
    }
}

/// `nostos hold`.
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Stop promotions: later runs end with a candidate.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference
    @Option(help: "The reason; kept in the history.") var reason: String

    func run() throws {
        try Failure.guarded {
            let after = try catalog.open().hold(job: try job.name(), reason: reason)
            guard !output.isJSON else { return try Output.json(after) }
            Output.line("held \(job.job) until `nostos release \(job.job)`")
        }
    }
}

/// `nostos release`.
struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let runs promote again after a hold.",
        discussion: "It promotes no version itself.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference
    @Option(help: "The reason; kept in the history.") var reason: String?

    func run() throws {
        try Failure.guarded {
            let after = try catalog.open().release(job: try job.name(), reason: reason)
            guard !output.isJSON else { return try Output.json(after) }
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
        commandName: "drop",
        abstract: "Drop a version that is not current, and free its disk space.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "JOB@VERSION.") var job: JobReference
    @Option(help: "The reason; kept in the history.") var reason: String?

    func run() throws {
        try Failure.guarded {
            let catalog = try catalog.open()
            let number = try job.number(in: catalog)
            let after = try catalog.drop(job: job.job, version: number, reason: reason)
            guard !output.isJSON else { return try Output.json(after) }
            let isHeld = after[number]?.hasTable == true
            Output.line(
                "dropped \(job.job) \(number)"
                    + (isHeld
                        ? "; a reader still has it open: its disk space is freed after that" : ""))
        }
    }
}

/// `nostos remove`.
struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Stop serving a job and drop all its versions.",
        discussion: """
            The history stays in `nostos runs JOB` and `nostos events JOB`. A later run of the job \
            brings it back with the next version number.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference
    @Option(help: "The reason; kept in the history.") var reason: String

    func run() throws {
        try Failure.guarded {
            let after = try catalog.open().remove(job: try job.name(), reason: reason)
            guard !output.isJSON else { return try Output.json(after) }
            let held = after.versions.filter(\.hasTable).count
            Output.line(
                "removed \(job.job)"
                    + (held > 0
                        ? "; readers still have \(held) of its tables open: they go after that"
                        : ""))
        }
    }
}
