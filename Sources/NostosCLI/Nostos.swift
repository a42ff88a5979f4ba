import ArgumentParser
import Foundation

/// The program `nostos`: it finds the verb, runs it and ends with its exit code.
@main struct NostosCommand: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "nostos",
        abstract: "An immutable, versioned key-value store, loaded in batches, served over HTTP.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 a check failed, 3 key not found, 4 a candidate waits \
            (the job is held or promotes by hand), 64 wrong usage, 65 bad job file or data, \
            69 source unavailable, 74 I/O error, 75 another run is under way, \
            78 bad configuration.

            `nostos help job` and `nostos help checks` explain the job file. `nostos help VERB` \
            explains one verb, with examples. `nostos completions bash` (or zsh, fish) prints the \
            shell's completions.
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Job",
                subcommands: [
                    InitCommand.self, ValidateCommand.self, PlanCommand.self, PreviewCommand.self,
                    RunCommand.self,
                ]),
            CommandGroup(
                name: "Catalog",
                subcommands: [
                    ListCommand.self, VersionsCommand.self, ShowCommand.self, GetCommand.self,
                    ScanCommand.self, DiffCommand.self, RunsCommand.self, EventsCommand.self,
                ]),
            CommandGroup(
                name: "Admin",
                subcommands: [
                    PromoteCommand.self, RollbackCommand.self, HoldCommand.self,
                    ReleaseCommand.self, DropCommand.self, RemoveCommand.self,
                ]),
            CommandGroup(
                name: "Server",
                subcommands: [
                    ServeCommand.self, TokenCommand.self, HealthCommand.self, VerifyCommand.self,
                    InspectCommand.self, CompletionsCommand.self,
                ]),
        ])

    /// The names of all verbs.
    static var verbs: [String] {
        configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    static func main() async {
        await main(Array(CommandLine.arguments.dropFirst()))
    }

    static func main(_ arguments: [String]?) async {
        Signals.ignoreBrokenPipes()
        let arguments = VerbLine(arguments ?? [])
        if let topic = arguments.topic { return Output.line(topic) }
        if let mistake = arguments.mistake {
            Output.message("nostos: \(mistake)")
            Foundation.exit(ExitCode.validationFailure.rawValue)
        }
        var verb: (any ParsableCommand.Type)?
        do {
            var command = try parseAsRoot(arguments.words)
            verb = type(of: command)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            if let error = error as? ValidationError, let verb { exit(error, in: verb) }
            // Help ends with examples.
            if exitCode(for: error) == .success, arguments.asksForHelp,
                let examples = Examples.text(for: arguments.verb)
            {
                Output.line(fullMessage(for: error) + "\n" + examples)
                Foundation.exit(ExitCode.success.rawValue)
            }
            exit(withError: error)
        }
    }

    /// Ends with 64 after the usage of the verb that found a mistake in its arguments.
    ///
    /// The parser prints the same of the mistakes that it finds itself.
    private static func exit(_ error: ValidationError, in verb: any ParsableCommand.Type) -> Never {
        let name = verb.configuration.commandName ?? ""
        Output.message(
            """
            Error: \(error.message)
            Usage: \(usageString(for: verb))
              See 'nostos \(name) --help' for more information.
            """)
        Foundation.exit(ExitCode.validationFailure.rawValue)
    }
}
