import ArgumentParser
import Foundation
import Nostos

/// `nostos rollback`.
struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Return to the newest good previous version, and hold the job.",
        discussion: """
            The version that was served is rejected, and later runs stop at a candidate until \
            `nostos release`. `nostos promote JOB@V` undoes the rollback. When a rollback holds \
            the job already, --to must name the version, so that two people do not go back twice.

            On a terminal it shows the versions and asks; without a terminal, or with --yes, it \
            rolls back at once.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference
    @Option(help: "The version to return to.") var to: VersionNumber?
    @Option(help: "The reason; kept in the history.") var reason: String
    @Flag(name: .shortAndLong, help: "Roll back without a question.") var yes = false

    func run() throws {
        try Failure.guarded {
            let catalog = try catalog.open()
            let before = try catalog.state(of: try job.name())
            let isAsked = !yes && isatty(STDIN_FILENO) == 1
            if isAsked { try confirm(before) }
            // The state that was confirmed must not have changed; without a question any state will
            // do.
            let after = try catalog.rollBack(
                job: job.job, to: to?.number, reason: reason, seen: isAsked ? before : nil)
            guard !output.isJSON else { return try Output.json(after) }
            Output.line(
                "rolled back \(job.job) \(before.currentNumber ?? 0) -> "
                    + "\(after.currentNumber ?? 0); "
                    + "held until `nostos release \(job.job)`")
        }
    }

    /// Shows the versions and asks; a rollback that is impossible is refused without a question.
    private func confirm(_ state: JobState) throws {
        let target = try state.rollbackTarget(to?.number)
        guard state[target]?.state == .previous else { return }
        VersionList.show(state)
        Output.draw("roll back \(job.job) to \(target) [y/N] ")
        guard readLine()?.lowercased().hasPrefix("y") == true else {
            throw Failure(.failed, "nothing was changed")
        }
    }
}
