import ArgumentParser
import Nostos

/// `nostos inspect`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Every byte of a small table, explained.")

    @OptionGroup var store: StoreOptions
    @Flag(help: "Print offsets, bytes and meaning.") var bytes = false
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference

    func run() throws {
        try Failure.guarded {
            guard bytes else { throw ValidationError("expected --bytes") }
            let (_, table) = try store.openLocal().table(of: job)
            for line in try TableDump.lines(of: table) { Output.line(line) }
        }
    }
}
