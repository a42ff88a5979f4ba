import ArgumentParser
import NostosLoader
import SystemPackage

/// `nostos init`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write an example job with its small SQLite source, ready to run.")

    @OptionGroup var output: OutputOptions
    @Argument(help: "The directory; made if it is missing.") var directory = "."

    /// The files that `-o json` prints.
    private struct Report: Encodable {
        let job: String
        let connections: String
        let database: String
    }

    func run() throws {
        try Failure.guarded {
            let example = ExampleProject(directory: FilePath(directory))
            let job = try example.write()
            guard !output.isJSON else {
                let folder = job.removingLastComponent()
                return try Output.json(
                    Report(
                        job: job.string,
                        connections: folder.appending(Connections.fileName).string,
                        database: example.database.string))
            }
            Output.line("wrote \(job), its connections.yml and \(example.database)")
            Output.line("next: nostos run \(job)")
        }
    }
}
