import ArgumentParser
import Nostos

/// `nostos ls`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "The jobs of the store.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try Failure.guarded {
            let jobs = try store.open().jobs()
            guard !output.isJSON else { return try Output.json(jobs) }
            Output.table(
                ["JOB", "CURRENT", "ROWS", "SIZE", "PUBLISHED", "HELD"],
                jobs.map { job in
                    [
                        job.name, job.currentNumber.map(String.init) ?? "-",
                        job.current.map { Shown.count($0.rowCount) } ?? "-",
                        job.current.map { Shown.size($0.size) } ?? "-",
                        Shown.time(job.current?.publishedAt), job.hold?.reason ?? "-",
                    ]
                })
        }
    }
}

/// `nostos versions`.
struct VersionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions", abstract: "The versions of a job, newest first.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference

    func run() throws {
        try Failure.guarded {
            let state = try job.state(in: store.open())
            guard !output.isJSON else { return try Output.json(state) }
            VersionTable.show(state)
            if let hold = state.hold {
                Output.line("held by \(hold.by) since \(Shown.time(hold.at)): \(hold.reason)")
            }
        }
    }
}

/// The versions of a job as people read them.
enum VersionTable {
    static func show(_ state: JobState) {
        Output.table(
            ["VERSION", "STATE", "ROWS", "SIZE", "PUBLISHED", "REASON"],
            state.versions.reversed().map { version in
                [
                    String(version.number), version.state.rawValue, Shown.count(version.rowCount),
                    Shown.size(version.size), Shown.time(version.publishedAt),
                    version.reason ?? "-",
                ]
            })
    }
}

/// `nostos show`.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One version: schema, statistics, where it came from.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Print what each field and each other part of the file takes.") var storage = false
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference

    private struct Document: Encodable {
        let version: VersionRecord
        /// Nil where the table is gone, or never came to be.
        let key: [KeyColumn]?
        let metadata: TableMetadata?
        let checks: [CheckResult]
        let completeness: Completeness?
        let error: String?

        struct KeyColumn: Encodable {
            let name: String
            let type: String
        }
    }

    func run() throws {
        try Failure.guarded {
            let catalog = try store.open()
            let version = try job.version(in: job.state(in: catalog))
            if storage { return try show(try job.table(in: catalog).1.storage()) }
            let table = version.hasTable ? try job.table(in: catalog).1 : nil
            let run = try catalog.runs(job: job.job).last { $0.version == version.number }
            let document = Document(
                version: version,
                key: table?.info.schema.key.columns.map {
                    Document.KeyColumn(name: $0.name, type: $0.type.name)
                },
                metadata: try table?.metadata(), checks: run?.checks ?? [],
                completeness: run?.completeness, error: run?.error ?? version.reason)
            guard !output.isJSON else { return try Output.json(document) }
            Output.line("\(job.job)@\(version.number)  \(version.state)")
            if let error = document.error { Output.line("error      \(error)") }
            if let table, let metadata = document.metadata {
                show(version, metadata, table.info)
            } else {
                Output.line("table      none")
            }
            if let completeness = document.completeness { show(completeness) }
            if !document.checks.isEmpty { Output.line("") }
            for line in CheckLines.lines(document.checks) { Output.line("check      \(line)") }
        }
    }

    private func show(_ storage: TableStorage) throws {
        guard !output.isJSON else { return try Output.json(storage) }
        func share(_ part: Int, of whole: Int) -> String {
            Shown.percent(Double(part) / Double(max(1, whole)))
        }
        Output.table(
            ["FIELD", "BYTES", "SHARE", "CODES", "ENTRIES", "SHARED", "TYPED", "STORED AS"],
            storage.fields.map { field in
                [
                    field.name, Shown.count(field.size), share(field.size, of: storage.size),
                    Shown.count(field.codeSize), Shown.count(field.entrySize),
                    Shown.count(field.sharedSize), Shown.percent(field.typedShare), field.encoding,
                ]
            })
        Output.line("")
        Output.table(
            ["PART", "BYTES", "SHARE"],
            storage.parts.map { part in
                [part.name, Shown.count(part.size), share(part.size, of: storage.size)]
            } + [["the whole file", Shown.count(storage.size), share(1, of: 1)]])
        Output.line("")
        Output.line("rows without a plain text  \(Shown.percent(storage.typedRowShare))")
    }

    private func show(_ version: VersionRecord, _ metadata: TableMetadata, _ info: TableInfo) {
        let provenance = metadata.provenance
        let perRow = Double(info.size) / Double(max(1, info.rowCount))
        Output.line("published  \(Shown.time(version.publishedAt))  by \(provenance.builder)")
        Output.line(
            "rows       \(Shown.count(info.rowCount))  in \(Shown.size(info.size)), "
                + "\((perRow * 10).rounded() / 10) bytes a row")
        Output.line("key        \(info.schema.key.text)")
        Output.line("digest     \(info.digest)")
        Output.line("")
        Output.table(
            ["FIELD", "TYPE", "NULLS", "DISTINCT", "MIN", "MAX", "STORED AS"],
            zip(info.schema.fields, metadata.fields).map { field, statistics in
                [
                    field.name, field.typeName,
                    Shown.count(statistics.nullCount),
                    statistics.distinctCount.map(Shown.count) ?? "many",
                    statistics.minimum ?? "-", statistics.maximum ?? "-", statistics.encoding,
                ]
            })
        Output.line("")
        for generator in provenance.generators {
            Output.line(
                "generator  \(generator.name): \(Shown.count(generator.rowCount)) rows from "
                    + (generator.connection ?? "the default connection"))
        }
    }

    private func show(_ proof: Completeness) {
        for generator in proof.generators {
            let left = [
                (generator.rowsRepeated, "repeat a key"),
                (generator.rowsUnjoined, "have no key in the first generator"),
            ].filter { $0.0 > 0 }.map { ", of which \(Shown.count($0.0)) \($0.1)" }
            Output.line(
                "proof      \(generator.name): \(Shown.count(generator.rowsRead)) rows read, "
                    + "\(Shown.count(generator.rowsMerged)) merged\(left.joined())")
        }
        Output.line(
            "proof      \(Shown.count(proof.keysMerged)) keys merged, "
                + "\(Shown.count(proof.keysWritten)) written, "
                + "\(Shown.count(proof.keysReadBack)) read back")
    }
}

/// `nostos inspect`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Every byte of a small table, explained.")

    @OptionGroup var store: StoreOptions
    @Flag(help: "Print offsets, bytes and meaning.") var bytes = false
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference

    func run() throws {
        try Failure.guarded {
            guard bytes else { throw ValidationError("expected --bytes") }
            let (_, table) = try job.table(in: store.open())
            for line in try TableDump.lines(of: table) { Output.line(line) }
        }
    }
}
