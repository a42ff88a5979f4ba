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
            `nostos release`. `nostos promote JOB@V` undoes it. Of a job that a rollback holds \
            already, --to must name the version, so that two people do not go back twice.

            On a terminal it shows the versions and asks; without one, or with --yes, it does it \
            at once.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference
    @Option(help: "The version to go back to.") var to: VersionNumber?
    @Option(help: "Why; kept in the history.") var reason: String
    @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false

    func run() throws {
        try Failure.guarded {
            let catalog = try catalog.open()
            let before = try catalog.state(of: try job.name())
            let isAsked = !yes && isatty(STDIN_FILENO) == 1
            if isAsked { try confirm(before) }
            // What was confirmed must still be so; who is not asked wants it whatever happens.
            let after = try catalog.rollBack(
                job: job.job, to: to?.number, reason: reason, seen: isAsked ? before : nil)
            guard !output.isJSON else { return try Output.json(after) }
            Output.line(
                "rolled back \(job.job) \(before.currentNumber ?? 0) -> "
                    + "\(after.currentNumber ?? 0); "
                    + "held until `nostos release \(job.job)`")
        }
    }

    /// Shows the versions and asks; a rollback that cannot be is refused without a question.
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
