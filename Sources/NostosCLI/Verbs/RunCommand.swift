import ArgumentParser
import Nostos
import NostosLoader

/// `nostos run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Extract, sort, write, check, read back, publish and promote a new version.",
        discussion: """
            All files are read before the first job runs: with a mistake in one of them no job \
            runs. Then the jobs run one after another: one that fails does not stop the next, and \
            a last line counts the outcomes. The worst outcome gives the exit code: 1, else 74, \
            78, 65, 69, 75, 2, else 4. Code 2 says that a check failed, code 4 that a candidate \
            waits because the job is held or promotes by hand. Ctrl-C ends the current job and \
            skips the others.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var files: JobFileOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .customLong("no-promote"), help: "Publish as a candidate only.")
    var isCandidate = false

    @Flag(
        name: .customLong("dry-run"),
        help: "Do everything up to the last check in scratch, and publish nothing.")
    var isDry = false

    @Option(help: "Memory for sorting, such as 512M or 2G.")
    var memory = MemorySize(bytes: 512 << 20)

    @Option(
        help: "The time for which a dropped table stays, such as 0s or 10m (default: the job's).")
    var dropDelay: Delay?

    @Option(
        help: "Progress on standard error: text for people, or json, one object per line.")
    var logFormat = LogFormat.text

    func run() throws {
        let log = logFormat.makeLog()
        var outcomes: [JobOutcome] = []
        do {
            let loaded = try files.load { log.warn($0) }
            let catalog = try openStore()
            var options = RunOptions(
                actor: Actor.current, builder: "nostos \(NostosCommand.version)")
            options.memory = memory.bytes
            options.promote = !isCandidate
            options.dropDelay = try dropDelay?.duration ?? Delay.fromEnvironment()
            Signals.watch()
            let runner = JobRunner(
                catalog: catalog, options: options, isDry: isDry, log: log,
                tellsNames: loaded.count > 1)
            for (job, connections) in loaded {
                let outcome = runner.run(job, connections)
                if !output.isJSON { outcome.lines.forEach(Output.line) }
                outcomes.append(outcome)
            }
        } catch {
            // `main` prints usage errors with the verb's usage, and ends with 64.
            if error is ValidationError { throw error }
            let failure = Failure(error)
            log.fail(job: nil, failure)
            throw ExitCode(failure.status.rawValue)
        }
        if output.isJSON {
            try Output.json(outcomes)
        } else if outcomes.count > 1 {
            Output.line(JobOutcome.summary(outcomes))
        }
        if let worst = JobOutcome.worst(outcomes) { throw ExitCode(worst.rawValue) }
    }

    /// A dry run makes no store where there is none.
    private func openStore() throws -> Catalog? {
        guard isDry else { return try store.open(create: true) }
        return try store.openIfThere()
    }
}
