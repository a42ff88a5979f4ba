import ArgumentParser
import NostosLoader
import SystemPackage

/// `nostos init`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write an example job with its small SQLite source, ready to run.")

    @Argument(help: "The directory; made if it is missing.") var directory = "."

    func run() throws {
        try Failure.guarded {
            let example = ExampleProject(directory: FilePath(directory))
            let job = try example.write()
            Output.line("wrote \(job), its connections.yml and \(example.database)")
            Output.line("next: nostos run \(job)")
        }
    }
}
