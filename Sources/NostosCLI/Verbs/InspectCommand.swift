import ArgumentParser
import Nostos

/// `nostos inspect`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Explain every byte of a small table.")

    @OptionGroup var store: StoreOptions
    @Flag(help: "Print offsets, bytes and their meaning; the only form, and required.") var bytes =
        false
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference

    func validate() throws {
        guard bytes else {
            throw ValidationError("expected --bytes: a table is printed in no other form")
        }
    }

    func run() throws {
        try Failure.guarded {
            let (_, table) = try store.openLocal().table(of: job)
            for line in try TableDump.lines(of: table) { Output.line(line) }
        }
    }
}
