import ArgumentParser
import Nostos
import NostosServer

/// `nostos verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte of the kept versions against its checksum.",
        discussion: """
            Reports every damaged page with its file and offset, and reads all versions, however \
            many are damaged. Nothing is repaired: promote another version, and drop the damaged \
            one.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job, or JOB@VERSION (default: the whole store).")
    var job: JobReference?

    func run() throws {
        try Failure.guarded {
            let catalog = try catalog.open()
            var results: [(state: JobState, version: VersionRecord, VerificationDocument)] = []
            for state in try job.map({ [try catalog.state(of: $0.job)] }) ?? catalog.jobs() {
                let one = try job.flatMap { $0.selector == nil ? nil : try $0.version(in: state) }
                // A dropped version may lose its table at any moment.
                for version in one.map({ [$0] }) ?? state.versions
                where version.isReadable {
                    let result = try catalog.verify(job: state.name, version: version.number)
                    if !output.isJSON { Self.show(result) }
                    results.append((state, version, result))
                }
            }
            if output.isJSON { try Output.json(results.map { $0.2 }) }
            try Self.judge(results.filter { !$0.2.isSound }.map { ($0.state, $0.version) })
        }
    }

    /// Throws a failure with advice where there are damaged versions.
    private static func judge(_ damaged: [(state: JobState, version: VersionRecord)]) throws {
        guard !damaged.isEmpty else { return }
        let advice = damaged.map { state, version in
            let good = state.previous.first { previous in
                !damaged.contains { $0 == (state, previous) }
            }
            return Self.advice(version, of: state, good: good)
        }
        throw Failure(
            .io,
            "\(damaged.count) damaged; tables are never repaired\n"
                + advice.joined(separator: "\n"))
    }

    /// Prints one line for a sound version, or one for each damaged place.
    private static func show(_ result: VerificationDocument) {
        let name = "\(result.job)@\(result.version)"
        if let rows = result.rows, let size = result.size {
            Output.line("ok       \(name)  \(Shown.count(rows)) rows, \(Shown.size(size))")
        }
        for damage in result.damages { Output.line("DAMAGED  \(name)  \(damage)") }
    }

    /// The advice for a damaged version; `good` is the newest previous version that is sound.
    private static func advice(
        _ version: VersionRecord, of state: JobState, good: VersionRecord?
    ) -> String {
        let name = "\(state.name)@\(version.number)"
        guard version.state == .current else { return "\(name): `nostos drop \(name)`" }
        guard let good else {
            return "\(name): it is current and no previous one is sound: run the job again"
        }
        return "\(name): it is the current one: `nostos promote \(state.name)@\(good.number)`, "
            + "then `nostos drop \(name)`"
    }
}
