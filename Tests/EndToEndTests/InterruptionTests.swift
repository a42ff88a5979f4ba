import Foundation
import SystemPackage
import TestSupport
import Testing

/// Ctrl-C and its like, wherever a run may wait: it cleans up, leaves no version, and says so.
@Suite(.timeLimit(.minutes(10))) struct InterruptionTests {
    private let directory: TemporaryDirectory
    private var nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private func writeJob(_ sql: String, connections: String) throws {
        try write(connections, "connections.yml")
        try write(
            """
            job: slow
            index_column: id
            fields:
            - generator: sql_iterator
              sql: >
                \(sql)
            """, "slow.yml")
    }

    private var scratch: [String] {
        let path = nostos.store.appending("scratch").string
        return (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    /// A query that never ends, of rows or without any.
    private static let endless = [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 2 AS v FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS id, 2 AS v FROM n",
    ]

    @Test(arguments: endless, [SIGINT, SIGTERM])
    func aSignalEndsARunOverSQLite(sql: String, signal: Int32) throws {
        try SQLiteFixture.execute("CREATE TABLE t (id)", at: directory.file("a.db"))
        try writeJob(sql, connections: "local: {type: sqlite, path: a.db}\n")
        try interrupt(["run", "slow.yml"], signal)
        let versions = try nostos.run("versions", "slow").output
        #expect(versions.contains("failed") && versions.contains("stopped; nothing was published"))
    }

    @Test(arguments: ["postgresql", "redshift"])
    func aSignalEndsARunThatWaitsForItsServer(type: String) throws {
        let url = try PostgresServer.shared().url()
        try writeJob(
            "SELECT 1 AS id, (pg_sleep(600))::text AS v",
            connections: "w: {type: \(type), url: '\(url)'}\n")
        try interrupt(["run", "slow.yml"], SIGINT)
    }

    /// The listener accepts nothing, so that libpq would wait for an hour.
    @Test func aSignalEndsARunThatIsStillConnecting() throws {
        let listener = try SilentListener()
        let url = "postgresql://nostos@127.0.0.1:\(listener.port)/x?connect_timeout=3600"
        try writeJob(
            "SELECT 1 AS id, 2 AS v", connections: "w: {type: postgresql, url: '\(url)'}\n")
        try interrupt(["run", "slow.yml"], SIGINT)
    }

    @Test func aSignalEndsADryRunAndLeavesNothing() throws {
        try SQLiteFixture.execute("CREATE TABLE t (id)", at: directory.file("a.db"))
        try writeJob(Self.endless[0], connections: "local: {type: sqlite, path: a.db}\n")
        _ = try nostos.run("run", "none.yml")
        try interrupt(["run", "--dry-run", "slow.yml"], SIGINT, hasStore: false)
    }

    @Test func theJobsBehindAreSkipped() throws {
        try SQLiteFixture.execute("CREATE TABLE t (id)", at: directory.file("a.db"))
        try writeJob(Self.endless[0], connections: "local: {type: sqlite, path: a.db}\n")
        try write(
            "job: next\nindex_column: id\nfields:\n"
                + "- {generator: sql_iterator, sql: \"SELECT 1 AS id, 2 AS v\"}\n", "next.yml")
        let output = try interrupt(["run", "slow.yml", "next.yml"], SIGINT)
        #expect(
            output == "failed slow\nskipped next\n"
                + "2 jobs: 1 failed (slow: 1), 1 skipped (next: 1)\n")
    }

    /// Starts a run, waits until it is under way, and sends the signal.
    @discardableResult
    private func interrupt(
        _ arguments: [String], _ signal: Int32, hasStore: Bool = true
    ) throws -> String {
        let (process, output, errors) = try nostos.start(arguments + ["--log-format", "json"])
        var said = ""
        while !said.contains("\"started\"") {
            said += String(decoding: try errors.readToEnd() ?? Data(), as: UTF8.self)
            #expect(process.isRunning, "\(said)")
            guard process.isRunning else { return "" }
            usleep(2000)
        }
        if hasStore { #expect(scratch.count == 1) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        said += String(decoding: try errors.readToEnd() ?? Data(), as: UTF8.self)
        #expect(process.terminationReason == .exit && process.terminationStatus == 1, "\(said)")
        #expect(said.contains("\"stopped; nothing was published\""), "\(said)")
        #expect(scratch.isEmpty)
        return String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self)
    }
}
