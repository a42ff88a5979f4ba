import ArgumentParser
import Foundation
import Nostos
import NostosLoader
import Synchronization
import SystemPackage

/// `nostos run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Extract, sort, write, read back, publish and promote a new version.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var files: JobFileOptions

    @Flag(name: .customLong("no-promote"), help: "Publish as a candidate only.")
    var isCandidate = false

    @Option(help: "Memory for sorting, such as 512M or 2G.")
    var memory = MemorySize(bytes: 512 << 20)

    @Option(help: "How long a dropped version's table stays, such as 0s or 10m; beats the job's.")
    var dropDelay: Delay?

    func run() throws {
        try Failure.guarded {
            let loaded = try files.load()
            let catalog = try store.open(create: true)
            Interruption.watch()
            var isPromoted = true
            for (job, connections) in loaded {
                isPromoted = try run(job, connections, catalog) && isPromoted
            }
            // Only a hold is a surprise: who asked for a candidate has got one.
            if !isPromoted { throw ExitCode(ExitStatus.notPromoted.rawValue) }
        }
    }

    /// Runs one job; false when it stopped at a candidate because the job is held.
    private func run(_ job: Job, _ connections: Connections, _ catalog: Catalog) throws -> Bool {
        var options = RunOptions(
            actor: Actor.current, builder: "nostos \(NostosCommand.version)")
        options.memory = memory.bytes
        options.promote = !isCandidate
        options.dropDelay = try dropDelay?.duration ?? Delay.fromEnvironment()
        let progress = ProgressDisplay()
        let run = Run(job, connections: connections, catalog: catalog, options: options) {
            if Interruption.isRequested { throw CancellationError() }
            progress.show($0)
        }
        let outcome = try run.run()
        let name = "\(job.name) \(outcome.version)"
        guard outcome.isPromoted else {
            let hold = outcome.state.hold
            let why = hold.map { "held by \($0.by): \($0.reason)" } ?? "not promoted, as asked"
            Output.line("candidate \(name); \(why)")
            return hold == nil
        }
        let from = outcome.from.map { "\($0) -> " } ?? ""
        let dropped = outcome.dropped.map(String.init).joined(separator: ", ")
        Output.line(
            "promoted \(job.name) \(from)\(outcome.version)"
                + (dropped.isEmpty ? "" : "; dropped \(dropped)"))
        return true
    }
}

/// Job files with what they need: variables and connections.
struct JobFileOptions: ParsableArguments {
    @Argument(help: "Job files.", completion: .file(extensions: ["yml", "yaml"]))
    var files: [String]

    @Option(
        name: .customLong("var"),
        help: ArgumentHelp("A variable for {{ templates }}.", valueName: "name=value"))
    var variables: [String] = []

    @Option(
        name: .customLong("connections"),
        help: "The connections file (default: connections.yml beside the job file).")
    var connectionsFile: String?

    /// All jobs of all files with their connections; warnings are told.
    func load() throws -> [(Job, Connections)] {
        let environment = ProcessInfo.processInfo.environment
        var loaded: [(Job, Connections)] = []
        for file in files {
            let contents = try JobFile.load(
                FilePath(file), vars: try vars(), environment: environment)
            for warning in contents.warnings { Output.message("\(warning)") }
            let connections = try Connections.load(
                for: FilePath(file), file: connectionsFile.map { FilePath($0) },
                environment: environment)
            loaded += contents.jobs.map { ($0, connections) }
        }
        return loaded
    }

    /// The variables by name.
    func vars() throws -> [String: String] {
        var vars: [String: String] = [:]
        for variable in variables {
            guard let equals = variable.firstIndex(of: "="), equals != variable.startIndex else {
                throw ValidationError("--var \(variable): expected name=value")
            }
            vars[String(variable[..<equals])] = String(variable[variable.index(after: equals)...])
        }
        return vars
    }
}

/// A number of bytes with an optional K, M or G (of 1,024).
struct MemorySize: ExpressibleByArgument {
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let unit = argument.last.flatMap { units[Character($0.uppercased())] }
        guard let count = Int(unit == nil ? argument[...] : argument.dropLast()) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow, bytes >= 32 << 20 else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { "\(bytes >> 20)M" }
}

/// A duration as job files write it: a whole number and s, m, h or d.
struct Delay: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }),
            let count = Int64(argument.dropLast()), (0...36_500).contains(count)
        else { return nil }
        duration = .seconds(count * unit)
    }

    /// `$NOSTOS_DROP_DELAY`, or nil.
    static func fromEnvironment() throws -> Duration? {
        guard let text = ProcessInfo.processInfo.environment["NOSTOS_DROP_DELAY"] else {
            return nil
        }
        guard let delay = Delay(argument: text) else {
            throw Failure(
                .configuration,
                "NOSTOS_DROP_DELAY: found \"\(text)\", expected such as 0s or 10m")
        }
        return delay.duration
    }
}

/// Ctrl-C: the first asks the run to stop and clean up, the second ends the process.
enum Interruption {
    private static let flag = Atomic(false)

    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    static func watch() {
        for number in [SIGINT, SIGTERM] {
            // Unsafe in name only: an atomic store is all that the handler does.
            _ = signal(number) { number in
                Interruption.flag.store(true, ordering: .relaxed)
                _ = signal(number, SIG_DFL)
            }
        }
    }
}
