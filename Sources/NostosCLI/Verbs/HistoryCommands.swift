import ArgumentParser
import Foundation
import Nostos

/// The options `--limit` and `--since` of the histories.
struct HistoryOptions: ParsableArguments {
    @Option(name: [.customShort("n"), .long], help: "The most to list; the newest come first.")
    var limit = 50
    @Option(
        help: ArgumentHelp(
            "Only those since: a span such as 90m, 12h or 2d, or a time such as 2026-12-01.",
            valueName: "span or time"))
    var since: Since?

    func validate() throws {
        guard limit >= 1 else { throw ValidationError("--limit \(limit): expected 1 or more") }
    }
}

/// A point in time, written as a span before now, a date, or an RFC 3339 time in UTC.
struct Since: ExpressibleByArgument {
    /// The time in microseconds since 1970.
    let time: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        if let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
            (0...100_000).contains(count)
        {
            time = Timestamp.now - count * unit * 1_000_000
        } else if let time = Timestamp.microseconds(ofText: argument)
            ?? Timestamp.microseconds(ofText: argument + "T00:00:00Z")
        {
            self.time = time
        } else {
            return nil
        }
    }
}

/// `nostos runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List runs and their outcomes, the newest first.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var history: HistoryOptions
    @Argument(help: "The job (default: all).") var job: JobReference?

    func run() throws {
        try Failure.guarded {
            let runs = try catalog.open().runs(job: try job?.name(), limit: history.limit)
                .filter { $0.startedAt >= history.since?.time ?? .min }
            guard !output.isJSON else { return try Output.json(runs) }
            Output.list(
                ["JOB", "VERSION", "STARTED", "SECONDS", "OUTCOME", "CHECKS"],
                runs.map { run in
                    let cells = [
                        run.job, String(run.version), Shown.minute(run.startedAt),
                        String(format: "%.1f", Double(run.finishedAt - run.startedAt) / 1e6),
                        run.outcome.rawValue, CheckLines.counts(run.checks),
                    ]
                    return (cells, Self.details(run))
                })
        }
    }

    /// The error's last line, the checks that failed or warned, and the warnings.
    private static func details(_ run: RunRecord) -> [String] {
        let shown = run.checks.filter { $0.status == .warn || $0.status == .failed }
        return [run.error?.lastLine].compactMap { $0 } + CheckLines.lines(shown)
            + run.warnings.map { "warning: \($0.lastLine)" }
    }
}

/// `nostos events`.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "List changes: who, when and why; the newest first.",
        discussion: """
            Lists the changes of the versions that are served; with --verbose all changes of the \
            catalog.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var history: HistoryOptions
    @Flag(name: .shortAndLong, help: "List all changes of the catalog.") var verbose = false
    @Argument(help: "The job (default: all).") var job: JobReference?

    func run() throws {
        try Failure.guarded {
            let events = try catalog.open().events(
                job: try job?.name(),
                EventChoice(
                    limit: history.limit, since: history.since?.time, isComplete: verbose))
            guard !output.isJSON else { return try Output.json(events) }
            guard verbose else { return Self.showChanges(events) }
            Output.table(
                ["TIME", "WHO", "WHAT", "JOB", "VERSION", "FROM", "TO", "WHY"],
                events.map { event in
                    [
                        Shown.time(event.at), event.actor, event.action.rawValue, event.job ?? "-",
                        event.version.map(String.init) ?? "-", event.from.map(String.init) ?? "-",
                        event.to.map(String.init) ?? "-", event.reason?.lastLine ?? "-",
                    ]
                })
        }
    }

    private static func showChanges(_ events: [CatalogEvent]) {
        Output.table(
            ["TIME", "JOB", "SERVED", "BY", "WHO", "WHY"],
            events.map { event in
                let from = event.from.map(String.init) ?? "-"
                return [
                    Shown.minute(event.at), event.job ?? "-",
                    "\(from) -> \(event.to.map(String.init) ?? "-")", Self.word(event.action),
                    event.actor, event.reason?.lastLine ?? "-",
                ]
            })
    }

    /// The verb by which people know the change.
    private static func word(_ action: CatalogEvent.Action) -> String {
        action == .publish ? "run" : action.rawValue
    }
}
