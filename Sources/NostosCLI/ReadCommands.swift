import ArgumentParser
import Nostos

/// `--fields a,b`.
struct FieldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The fields to read (default: all).", valueName: "a,b"))
    var fields: String?

    func selection(of table: TableReader) throws -> FieldSelection {
        let names = fields.map { $0.split(separator: ",").map(String.init) }
        let selection = table.select(names)
        if let missing = selection.absent.first {
            let known = table.info.schema.fields.map(\.name).joined(separator: ", ")
            throw Failure(.badData, "no field \"\(missing)\"; the fields are \(known)")
        }
        return selection
    }
}

/// `nostos get`.
struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Read records by key, straight from the store.",
        discussion: "A composite key is written 42,en; a comma within a part is %2C.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var fields: FieldOptions
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference
    @Argument(help: "Keys.") var keys: [String]

    func run() throws {
        try Failure.guarded {
            let (version, table) = try job.table(in: store.open())
            let selection = try fields.selection(of: table)
            let schema = table.info.schema.key
            var results: [String] = []
            var missing = 0
            for text in keys {
                let key = try schema.encode(text: text)
                let shown = schema.json(of: key) ?? "null"
                var values: [UInt8] = []
                guard try table.get(key.span, selection, into: &values) else {
                    missing += 1
                    results.append("{\"key\":\(shown),\"found\":false}")
                    if !output.isJSON {
                        Output.message("no key \(shown) in \(job.job)@\(version.number)")
                    }
                    continue
                }
                let object = String(decoding: values, as: UTF8.self)
                results.append("{\"key\":\(shown),\"found\":true,\"values\":\(object)}")
                if !output.isJSON { Output.line("\(shown)  \(object)") }
            }
            if output.isJSON {
                Output.line(
                    "{\"job\":\"\(job.job)\",\"version\":\(version.number),"
                        + "\"results\":[\(results.joined(separator: ","))]}")
            }
            if missing > 0 { throw ExitCode(ExitStatus.keyNotFound.rawValue) }
        }
    }
}

/// `nostos scan`.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Records in key order, one JSON object a line.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var fields: FieldOptions
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference
    @Option(help: "Only keys that begin with this text, or with these parts of a composite key.")
    var prefix: String?
    @Option(help: "The first key; of a composite key its first parts suffice.") var from: String?
    @Option(help: "The key to end before; of a composite key its first parts suffice.")
    var to: String?
    @Option(help: "At most this many records.") var limit: Int?

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit \(limit): expected 0 or more") }
    }

    func run() throws {
        try Failure.guarded {
            let (_, table) = try job.table(in: store.open())
            let selection = try fields.selection(of: table)
            let schema = table.info.schema.key
            let prefix = try encodedPrefix(schema)
            let from = try from.map { text in try schema.encode(prefix: text) }
            let to = try to.map { text in try schema.encode(prefix: text) }
            var cursor = table.makeCursor()
            let start = from.map { $0.span.precedes(prefix.span) ? prefix : $0 } ?? prefix
            try cursor.seek(to: start.span)
            var buffer: [UInt8] = []
            var count = 0
            while count < limit ?? .max, try cursor.next() {
                if let to, !cursor.key.span.precedes(to.span) { break }
                guard cursor.key.starts(with: prefix) else { break }
                buffer += Array(
                    "{\"key\":\(schema.json(of: cursor.key) ?? "null"),\"values\":".utf8)
                try cursor.appendJSON(selection, into: &buffer)
                buffer += Array("}\n".utf8)
                count += 1
                if buffer.count > 1 << 16 {
                    Output.bytes(buffer)
                    buffer.removeAll(keepingCapacity: true)
                }
            }
            Output.bytes(buffer)
        }
    }

    private func encodedPrefix(_ schema: KeySchema) throws -> [UInt8] {
        guard let prefix else { return [] }
        guard !schema.isInt64 else {
            throw Failure(.badData, "--prefix needs a string or composite key; use --from and --to")
        }
        return try schema.encode(prefix: prefix)
    }
}
