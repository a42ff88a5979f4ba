import ArgumentParser
import Nostos

/// The option `--fields a,b`.
struct FieldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The fields to read (default: all).", valueName: "a,b"))
    var fields: String?

    /// The names of the fields; nil is all.
    var names: [String]? { fields.map { $0.split(separator: ",").map(String.init) } }
}

/// `nostos get`.
struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Read records by key.",
        discussion: """
            A composite key is written 42,en; a comma within a part is %2C. Negative numbers are \
            keys; put `--` before other keys that begin with a dash.
            """)

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var fields: FieldOptions
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference
    @Argument(help: "Keys.") var keys: [String]

    func run() throws {
        try Failure.guarded {
            let (version, records) = try catalog.open().records(
                of: job, keys: keys, fields: fields.names)
            var missing = 0
            for record in records {
                if record.values == nil { missing += 1 }
                if output.isJSON { continue }
                if let values = record.values {
                    Output.line("\(record.key)  \(values)")
                } else {
                    Output.message("no key \(record.key) in \(job.job)@\(version)")
                }
            }
            if output.isJSON {
                let results = records.map(\.json).joined(separator: ",")
                Output.line(
                    "{\"job\":\"\(job.job)\",\"version\":\(version),\"results\":[\(results)]}")
            }
            if missing > 0 { throw ExitCode(ExitStatus.keyNotFound.rawValue) }
        }
    }
}

/// `nostos scan`.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Print records in key order, one JSON object per line.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var fields: FieldOptions
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference
    @Option(
        parsing: .unconditional,
        help: "Only keys that begin with this text, or with these parts of a composite key.")
    var prefix: String?
    @Option(
        parsing: .unconditional,
        help: "The first key, or the first parts of a composite key.")
    var from: String?
    @Option(
        parsing: .unconditional,
        help: "The key to stop before, or the first parts of a composite key.")
    var to: String?
    @Option(help: "The most records to print (default: all).") var limit: Int?

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit \(limit): expected 0 or more") }
    }

    func run() throws {
        try Failure.guarded {
            let range = ScanRange(prefix: prefix, from: from, to: to, limit: limit ?? .max)
            // The lines are JSON with and without `-o json`.
            try catalog.open().scan(job, range, fields: fields.names) { Output.bytes($0) }
        }
    }
}

extension FoundRecord {
    /// The record's entry in `get -o json`.
    fileprivate var json: String {
        let rest = values.map { "true,\"values\":\($0)" } ?? "false"
        return "{\"key\":\(key),\"found\":\(rest)}"
    }
}
