import ArgumentParser
import Nostos

/// `--fields a,b`.
struct FieldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The fields to read (default: all).", valueName: "a,b"))
    var fields: String?

    /// The names; nil is all.
    var names: [String]? { fields.map { $0.split(separator: ",").map(String.init) } }
}

/// `nostos get`.
struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Read records by key.",
        discussion: """
            A composite key is written 42,en; a comma within a part is %2C. Negative numbers are \
            keys; other keys that begin with a dash come after `--`.
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
        commandName: "scan", abstract: "Records in key order, one JSON object a line.")

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
        help: "The first key; of a composite key its first parts suffice.")
    var from: String?
    @Option(
        parsing: .unconditional,
        help: "The key to end before; of a composite key its first parts suffice.")
    var to: String?
    @Option(help: "At most this many records.") var limit: Int?

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit \(limit): expected 0 or more") }
    }

    func run() throws {
        try Failure.guarded {
            let range = ScanRange(prefix: prefix, from: from, to: to, limit: limit ?? .max)
            // Lines are JSON in any case.
            try catalog.open().scan(job, range, fields: fields.names) { Output.bytes($0) }
        }
    }
}

/// One record that was asked for; key and values as JSON texts.
struct FoundRecord {
    let key: String
    /// Nil where there is no such key.
    let values: String?

    /// Its entry in `get -o json`.
    var json: String {
        let rest = values.map { "true,\"values\":\($0)" } ?? "false"
        return "{\"key\":\(key),\"found\":\(rest)}"
    }
}

/// The records that a scan is about, as people type it.
struct ScanRange {
    var prefix: String?
    var from: String?
    var to: String?
    var limit = Int.max

    /// The bounds as encoded keys; throws what is wrong with one of them.
    func bounds(_ schema: KeySchema) throws -> (prefix: [UInt8], from: [UInt8]?, to: [UInt8]?) {
        if prefix != nil, schema.isInt64 {
            throw Failure(.badData, "--prefix needs a string or composite key; use --from and --to")
        }
        return (
            try prefix.map { text in try schema.encode(prefix: text) } ?? [],
            try from.map { text in try schema.encode(prefix: text) },
            try to.map { text in try schema.encode(prefix: text) }
        )
    }
}

extension LocalCatalog {
    func records(
        of job: JobReference, keys: [String], fields: [String]?
    ) throws -> (version: Int, records: [FoundRecord]) {
        let (version, table) = try job.table(in: catalog)
        let selection = try Self.selection(of: table, fields)
        let schema = table.info.schema.key
        let records = try keys.map { text in
            let key = try schema.encode(text: text)
            var values: [UInt8] = []
            let isFound = try table.get(key.span, selection, into: &values)
            return FoundRecord(
                key: schema.json(of: key) ?? "null",
                values: isFound ? String(decoding: values, as: UTF8.self) : nil)
        }
        return (version.number, records)
    }

    func scan(
        _ job: JobReference, _ range: ScanRange, fields: [String]?, print: ([UInt8]) -> Void
    ) throws {
        let (_, table) = try job.table(in: catalog)
        let selection = try Self.selection(of: table, fields)
        let schema = table.info.schema.key
        let (prefix, from, to) = try range.bounds(schema)
        var cursor = table.makeCursor()
        let start = from.map { $0.span.precedes(prefix.span) ? prefix : $0 } ?? prefix
        try cursor.seek(to: start.span)
        var buffer: [UInt8] = []
        var count = 0
        while count < range.limit, try cursor.next() {
            if let to, !cursor.key.span.precedes(to.span) { break }
            guard cursor.key.starts(with: prefix) else { break }
            buffer += Array("{\"key\":\(schema.json(of: cursor.key) ?? "null"),\"values\":".utf8)
            try cursor.appendJSON(selection, into: &buffer)
            buffer += Array("}\n".utf8)
            count += 1
            if buffer.count > 1 << 16 {
                print(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        print(buffer)
    }

    private static func selection(
        of table: TableReader, _ names: [String]?
    ) throws -> FieldSelection {
        let known = table.info.schema.fields.map(\.name)
        try FieldNames.check(names, known: known)
        return table.select(names)
    }
}

/// The names of `--fields`.
enum FieldNames {
    /// Throws where one of the names is no field.
    static func check(_ names: [String]?, known: [String]) throws {
        guard let missing = names?.first(where: { !known.contains($0) }) else { return }
        let hint = Words.nearest(missing, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
        throw Failure(
            .badData,
            "no field \"\(missing)\"; the fields are \(known.joined(separator: ", "))\(hint)")
    }
}
