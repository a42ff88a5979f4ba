import ArgumentParser
import Nostos
import NostosLoader

/// `nostos preview`.
struct PreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show the first finished records of a job, by limited queries.",
        discussion: """
            Reads a few rows and writes nothing. A database computes only the rows of the keys \
            shown; a file is read, and a program runs, to the end.
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var inputs: JobInputOptions

    @Option(name: .customShort("n"), help: "The number of records.") var count = 5

    @Option(
        name: .customLong("key"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Show the record of this key instead; may be repeated. A composite key is 42,en.",
            valueName: "key"))
    var keys: [String] = []

    @Argument(help: "The job file.", completion: .file(extensions: ["yml", "yaml"]))
    var file: String

    func validate() throws {
        guard (1...Preview.maxCount).contains(count) else {
            throw ValidationError("-n \(count): expected 1 to \(Preview.maxCount)")
        }
        guard keys.count <= Preview.maxCount else {
            throw ValidationError("\(keys.count) keys: expected at most \(Preview.maxCount)")
        }
    }

    func run() throws {
        try Failure.guarded {
            Signals.watch()
            let jobs = try inputs.jobFiles(among: [file]).flatMap { file in
                try inputs.load(file) { Output.message("\($0)") }
            }
            var isMissing = false
            var texts: [String] = []
            for (job, connections) in jobs {
                let preview = try Preview(job, connections: connections)
                let result =
                    keys.isEmpty
                    ? try preview.records(limit: count) : try preview.records(keys: keys)
                result.warnings.forEach { Output.message("warning: \($0)") }
                for key in result.missing where !keys.isEmpty {
                    isMissing = true
                    Output.message("no key \(key) in \(job.name)")
                }
                if output.isJSON {
                    texts.append(json(job, result))
                } else {
                    if jobs.count > 1 { Output.line("job \(job.name)") }
                    for record in result.records { Output.line("\(record.key)  \(record.values)") }
                    if result.records.isEmpty, keys.isEmpty { Output.message("no records") }
                }
            }
            if output.isJSON { Output.line("[\(texts.joined(separator: ","))]") }
            if isMissing { throw ExitCode(ExitStatus.keyNotFound.rawValue) }
        }
    }

    private func json(_ job: Job, _ result: Preview.Result) -> String {
        let records = result.records.map { "{\"key\":\($0.key),\"values\":\($0.values)}" }
        return "{\"job\":\"\(job.name)\",\"records\":[\(records.joined(separator: ","))]}"
    }
}
