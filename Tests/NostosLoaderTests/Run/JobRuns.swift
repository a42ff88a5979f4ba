import Foundation
import Nostos
import SystemPackage
import TestSupport

@testable import NostosLoader

/// Whole runs of jobs in this process, beside a SQLite file `app.db`, the connection `local`.
final class JobRuns {
    let directory: TemporaryDirectory
    let catalog: Catalog
    /// The reports of the last run.
    private(set) var warnings: [String] = []
    private(set) var checks: [CheckResult] = []
    /// Called when all rows of a generator were read, with its name.
    var onExtracted: (String) -> Void = { _ in }

    init(_ script: String = "") throws {
        directory = try TemporaryDirectory()
        catalog = try Catalog.open(directory.file("store"), create: true)
        try execute("CREATE TABLE unused(id); " + script)
    }

    func execute(_ sql: String) throws {
        try SQLiteFixture.execute(sql, at: directory.file("app.db"))
    }

    private func prepare(_ text: String, _ connections: String) throws -> (Job, Connections) {
        let connections = try Connections.parse(
            "local: {type: sqlite, path: app.db}\n\(connections)",
            path: directory.file("connections.yml"), environment: [:])
        let job = try JobFile.parse(text, path: directory.file("j.yml"), environment: [:]).jobs[0]
        return (job, connections)
    }

    private func run(_ text: String, _ connections: String) throws -> Run {
        let (job, all) = try prepare(text, connections)
        (warnings, checks) = ([], [])
        let options = RunOptions(actor: "tester", builder: "tests")
        return Run(job, connections: all, catalog: catalog, options: options) { progress in
            if case .warning(let warning) = progress { self.warnings.append(warning) }
            if case .checked(let results) = progress { self.checks = results }
            if case .extract(let name, _, isDone: true) = progress { self.onExtracted(name) }
        }
    }

    @discardableResult
    func run(_ text: String, connections: String = "") throws -> PublishOutcome {
        let run: Run = try run(text, connections)
        return try run.run()
    }

    func dryRun(_ text: String) throws -> DryRunOutcome {
        let run: Run = try run(text, "")
        return try run.dryRun()
    }

    func plan(_ text: String, connections: String = "") throws -> RunForecast {
        let (job, all) = try prepare(text, connections)
        return try JobPlanner(
            job, connections: all, catalog: catalog, root: directory.file("store"),
            options: RunOptions(actor: "tester", builder: "tests")
        ).plan()
    }

    /// The table of a version.
    func table(_ job: String, _ version: Int) throws -> TableReader {
        try catalog.openTable(job: job, version: version)
    }

    /// The check results of the last run, in lines.
    var lines: [String] { checks.map { "\($0.label) \($0.status.rawValue): \($0.sentence)" } }
}
