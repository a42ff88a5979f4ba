import Foundation
import Nostos
import SystemPackage
import TestSupport

@testable import NostosLoader

/// Whole runs of one job over an SQLite file, with checks, in this process.
final class CheckedRun {
    let directory: TemporaryDirectory
    let catalog: Catalog
    /// The results that the last run reported.
    private(set) var told: [CheckResult] = []
    var database: FilePath { directory.file("app.db") }

    /// A source table `t` with the columns id, a and b, of 100 rows.
    init() throws {
        directory = try TemporaryDirectory()
        catalog = try Catalog.open(directory.file("store"), create: true)
        try execute(
            """
            CREATE TABLE t (id INTEGER, a INTEGER, b TEXT);
            INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100)
                SELECT i, i % 10, 'b' || i FROM n;
            """)
    }

    func execute(_ sql: String) throws { try SQLiteFixture.execute(sql, at: database) }

    /// Runs the job with these checks: lines of YAML.
    @discardableResult
    func run(
        _ checks: String, index: String = "id", connections: String = "", secret: String = "none"
    ) throws -> PublishOutcome {
        let text = """
            job: j
            index_column: \(index)
            connection: local
            fields:
            - generator: sql_iterator
              sql: SELECT id, a, b FROM t
            checks:
            \(checks)
            """
        let environment = ["SECRET": secret]
        let job = try JobFile.parse(
            text, path: directory.file("j.yml"), environment: environment
        ).jobs[0]
        let connections = try Connections.parse(
            "local: {type: sqlite, path: app.db}\n\(connections)",
            path: directory.file("connections.yml"), environment: environment)
        told = []
        let run = Run(
            job, connections: connections, catalog: catalog,
            options: RunOptions(actor: "tester", builder: "tests")
        ) { progress in
            if case .checked(let results) = progress { self.told = results }
        }
        return try run.run()
    }

    /// The last run's results as the catalog keeps them, in lines: `missing a: ok, …`.
    func kept() throws -> [String] {
        let checks = try catalog.runs(job: "j").last?.checks ?? []
        return checks.map { "\($0.label) \($0.status.rawValue): \($0.sentence)" }
    }
}
