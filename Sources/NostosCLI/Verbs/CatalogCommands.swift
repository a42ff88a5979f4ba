import ArgumentParser
import Nostos
import NostosServer

/// `nostos ls`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the jobs of the store.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try Failure.guarded {
            let jobs = try catalog.open().jobs()
            guard !output.isJSON else { return try Output.json(jobs) }
            let now = Timestamp.now
            Output.table(
                ["JOB", "CURRENT", "ROWS", "SIZE", "AGE", "LAST RUN", "MARKS"],
                jobs.map { job in
                    [
                        job.name, job.currentNumber.map(String.init) ?? "-",
                        job.current.map { Shown.count($0.rowCount) } ?? "-",
                        job.current.map { Shown.size($0.size) } ?? "-",
                        job.current?.publishedAt.map { Shown.age($0, now: now) } ?? "-",
                        JobMarks.lastRun(job, now: now), JobMarks.text(job, now: now),
                    ]
                })
        }
    }
}

/// `nostos versions`.
struct VersionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions", abstract: "List the versions of a job, the newest first.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job.") var job: JobReference

    func run() throws {
        try Failure.guarded {
            let state = try catalog.open().state(of: try job.name())
            guard !output.isJSON else { return try Output.json(state) }
            VersionList.show(state)
            if let hold = state.hold {
                Output.line(
                    "held by \(hold.by.shown) since \(Shown.time(hold.at)): \(hold.reason.shown)")
            }
        }
    }
}

/// `nostos show`.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one version: schema, statistics, provenance.")

    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Print the size of each field and of each other part of the file.") var storage =
        false
    @Argument(help: "The job, or JOB@VERSION.") var job: JobReference

    func run() throws {
        try Failure.guarded {
            guard !storage else {
                let catalog = try catalog.openLocal("show --storage")
                return try show(try catalog.table(of: job).table.storage())
            }
            let document = try catalog.open().version(of: job.job, job.selector ?? "current")
            guard !output.isJSON else { return try Output.json(document) }
            let version = document.version
            Output.line("\(job.job)@\(version.number)  \(version.state)")
            if let error = document.error { Output.line("error      \(error)") }
            if let metadata = document.metadata {
                show(document, metadata)
            } else {
                Output.line("table      none")
            }
            if let failure = version.checkFailure, failure != document.error {
                Output.line("checks     failed: \(failure)")
            }
            for warning in document.warnings { Output.line("warning    \(warning)") }
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

    private func show(_ document: VersionDocument, _ metadata: TableMetadata) {
        let (version, provenance) = (document.version, metadata.provenance)
        let perRow = Double(version.size) / Double(max(1, version.rowCount))
        Output.line("built      \(Shown.time(version.publishedAt))  by \(provenance.builder)")
        if let time = version.servedSince {
            Output.line("served     since \(Shown.time(time))")
        } else if let time = version.promotedAt {
            Output.line("promoted   \(Shown.time(time)); it is not served now")
        }
        if let age = version.maxAge, let published = version.publishedAt {
            let since = version.isStale(at: Timestamp.now) ? "STALE since" : "stale from"
            Output.line("max age    \(Shown.span(age)): \(since) \(Shown.time(published + age))")
        }
        Output.line(
            "rows       \(Shown.count(version.rowCount))  in \(Shown.size(version.size)), "
                + "\((perRow * 10).rounded() / 10) bytes a row")
        let key = (document.key ?? []).map { "\($0.name) \($0.type)" }
        Output.line("key        \(key.joined(separator: ", "))")
        Output.line("digest     \(version.digest)  (of the file, with its run's times)")
        Output.line("")
        Output.table(
            ["FIELD", "TYPE", "NULLS", "DISTINCT", "MIN", "MAX", "STORED AS"],
            zip(document.fields ?? [], metadata.fields).map { field, statistics in
                [
                    field.name, field.list ? "list of \(field.type)" : field.type,
                    Shown.count(statistics.nullCount),
                    statistics.distinctCount.map(Shown.count) ?? "many",
                    statistics.minimum ?? "-", statistics.maximum ?? "-", statistics.encoding,
                ]
            })
        Output.line("")
        for generator in provenance.generators {
            Output.line(
                "generator  \(generator.name): \(Shown.count(generator.rowCount)) rows from "
                    + (generator.input ?? generator.connection ?? "the default connection"))
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
