import ArgumentParser

/// `nostos`: jobs in, versions out, served by key.
@main struct NostosCommand: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "nostos",
        abstract: "An immutable, versioned key-value store, loaded in batches, served over HTTP.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 nothing promoted (checks or hold), 3 key not found, \
            64 usage, 65 bad job file or data, 69 source unavailable, 74 I/O error, \
            75 another run is under way, 78 bad configuration.
            """,
        version: version,
        subcommands: [
            InitCommand.self, ValidateCommand.self, PlanCommand.self, PreviewCommand.self,
            RunCommand.self, ListCommand.self,
            VersionsCommand.self, ShowCommand.self, GetCommand.self, ScanCommand.self,
            DiffCommand.self,
            RollbackCommand.self, PromoteCommand.self, HoldCommand.self, ReleaseCommand.self,
            DropCommand.self, RunsCommand.self, EventsCommand.self, VerifyCommand.self,
            InspectCommand.self, ServeCommand.self, TokenCommand.self,
        ])
}
