import ArgumentParser
import Nostos
import NostosLoader
import SystemPackage

/// `nostos plan`.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a run would do, without reading rows or writing anything.",
        discussion: """
            Opens the sources; programs of command generators are not started. Works before there \
            is a store. Ends with the code that a run would end with, as far as that is known: 4 \
            when the job is held or promotes by hand, 74 when the disk is too small.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var files: JobFileOptions

    @Flag(name: .customLong("no-promote"), help: "Plan a run with --no-promote.")
    var isCandidate = false

    @Option(help: "Memory for sorting, such as 512M or 2G.")
    var memory = MemorySize(bytes: 512 << 20)

    func run() throws {
        try Failure.guarded {
            let jobs = try files.load { Output.message("\($0)") }
            let catalog = try store.openIfThere()
            var options = RunOptions(
                actor: Actor.current, builder: "nostos \(NostosCommand.version)")
            options.memory = memory.bytes
            options.promote = !isCandidate
            let plans = try jobs.map { job, connections in
                try JobPlanner(
                    job, connections: connections, catalog: catalog, root: store.path,
                    options: options
                ).plan()
            }
            if output.isJSON {
                try Output.json(plans)
            } else {
                for (index, plan) in plans.enumerated() {
                    if index > 0 { Output.line("") }
                    PlanText(plan, store: store.path.string).show()
                }
            }
            if plans.contains(where: { !$0.disk.fits }) { throw ExitCode(ExitStatus.io.rawValue) }
            if !isCandidate, plans.contains(where: { $0.publication != .promoted }) {
                throw ExitCode(ExitStatus.candidate.rawValue)
            }
        }
    }
}

/// The text of a plan.
private struct PlanText {
    private let plan: RunForecast
    private let store: String

    init(_ plan: RunForecast, store: String) { (self.plan, self.store) = (plan, store) }

    func show() {
        let current = plan.current.map { "current is \($0)" } ?? "the first"
        Output.line("job        \(plan.job), version \(plan.version) (\(current))")
        Output.line(
            "key        \(plan.key.map { "\($0.name) \($0.shape)" }.joined(separator: ", "))")
        Output.line("")
        Output.table(
            ["GENERATOR", "KIND", "READS", "ROWS LAST TIME"],
            plan.generators.map { generator in
                [
                    generator.name, generator.kind, generator.source ?? "-",
                    generator.rowsBefore.map(Shown.count) ?? "-",
                ]
            })
        Output.line("")
        Output.table(["FIELD", "TYPE", "FROM", "CHANGE"], fieldRows)
        for generator in plan.generators where generator.isOpen {
            Output.line(
                "\(generator.name): its program decides the other fields when it runs")
        }
        Output.line("")
        Output.line("checks     " + checks)
        Output.line("publishes  " + publication)
        if let age = plan.maxAgeSeconds {
            Output.line("stale      when older than \(Shown.span(Int64(age * 1e6)))")
        }
        let drops = plan.drops.map(String.init).joined(separator: ", ")
        Output.line("drops      \(drops.isEmpty ? "nothing" : drops)")
        Output.line("disk       " + disk)
    }

    private var fieldRows: [[String]] {
        let changes = Dictionary(plan.changes.map { ($0.name, $0) }) { first, _ in first }
        let rows = plan.fields.map { field in
            let change = changes[field.name]
            let shown =
                switch change?.kind {
                case .added: "added"
                case .typeChanged: "was \(change?.from ?? "?")"
                case .removed, nil: plan.current == nil ? "" : "-"
                }
            return [field.name, field.shape, field.generator ?? "-", shown]
        }
        let removed = plan.changes.filter { $0.kind == .removed }
        return rows + removed.map { [$0.name, $0.from ?? "?", "-", "removed"] }
            + plan.undecided.map { [$0, "?", "-", "known after the run"] }
    }

    private var checks: String {
        let names = plan.checks.map { "\($0.name) (\($0.severity))" }
        // A first version replaces nothing.
        let isGuarded = plan.current != nil && !plan.allowsEmpty
        let all = names + (isGuarded ? ["not_empty (error)"] : [])
        return all.isEmpty ? "none" : all.joined(separator: ", ")
    }

    private var publication: String {
        switch plan.publication {
        case .promoted: "and promotes it, if its checks pass"
        case .candidate: "a candidate, to be promoted by hand"
        case .held: "a candidate: held by \(plan.holdReason ?? "?")"
        }
    }

    private var disk: String {
        let free = plan.disk.free.map { "\(Shown.size($0)) free for \(store)" } ?? "free: unknown"
        guard let needed = plan.disk.needed else {
            return "unknown before a first version; \(free)"
        }
        let fits = plan.disk.fits ? "" : "; TOO LITTLE"
        let later =
            plan.disk.freedLater > 0 ? "; \(Shown.size(plan.disk.freedLater)) freed later" : ""
        return "about \(Shown.size(needed)) more, \(free)\(fits)\(later)"
    }
}
