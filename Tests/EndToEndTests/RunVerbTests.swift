import Foundation
import SystemPackage
import TestSupport
import Testing

/// `nostos run` beyond its good end: dry runs, several jobs, logs for programs.
@Suite(.timeLimit(.minutes(10))) struct RunVerbTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        try SQLiteFixture.execute(
            "CREATE TABLE t (id INTEGER, v REAL); INSERT INTO t VALUES (1, 1), (2, 2), (2, 9e999);",
            at: directory.file("a.db"))
        try write("local: {type: sqlite, path: a.db}\n", "connections.yml")
        try write(job("good", "SELECT id, v FROM t WHERE v < 3"), "good.yml")
        try write(job("bad", "SELECT id, v FROM t"), "bad.yml")
        try write(job("down", "SELECT 1 AS id, 2 AS v", connection: "gone"), "down.yml")
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private func job(_ name: String, _ sql: String, connection: String = "local") -> String {
        """
        job: \(name)
        index_column: id
        connection: \(connection)
        fields:
        - generator: sql_iterator
          sql: \(sql)
        """
    }

    private var scratch: [String] {
        let path = nostos.store.appending("scratch").string
        return (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    @Test func aDryRunLeavesNothingBehindAndBurnsNoNumber() throws {
        let first = try nostos.run("run", "--dry-run", "good.yml")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.hasPrefix("dry run of good: 2 keys, "))
        #expect(!FileManager.default.fileExists(atPath: nostos.store.string), "no store is made")
        #expect(try nostos.run("run", "good.yml").output == "promoted good 1\n")
        let events = try nostos.run("events", "-o", "json").output
        #expect(try nostos.run("run", "--dry-run", "good.yml").status == 0)
        #expect(try nostos.run("run", "--dry-run", "bad.yml").status == 65)
        #expect(scratch.isEmpty)
        #expect(try nostos.run("events", "-o", "json").output == events)
        #expect(try nostos.run("run", "good.yml").output == "promoted good 1 -> 2\n")
    }

    @Test func aDryRunSaysThatTheJobIsHeldAndEndsAsTheRunWould() throws {
        #expect(try nostos.run("run", "good.yml").status == 0)
        #expect(try nostos.run("hold", "good", "--reason", "audit").status == 0)
        let dry = try nostos.run("run", "--dry-run", "good.yml", "-o", "json")
        #expect(dry.status == 4)
        #expect(dry.output.contains("held by ") && dry.output.contains("audit"))
        #expect(try nostos.run("run", "good.yml").status == 4)
    }

    @Test func whatADeadDryRunLeftGoesWithTheNextRun() throws {
        #expect(try nostos.run("run", "good.yml").status == 0)
        let left = nostos.store.appending("scratch").appending("dry-run.good.1.999999999")
        try FileManager.default.createDirectory(
            atPath: left.string, withIntermediateDirectories: false)
        try "x".write(
            toFile: left.appending("good_2.table").string, atomically: false, encoding: .utf8)
        #expect(try nostos.run("run", "good.yml").status == 0)
        #expect(scratch.isEmpty)
    }

    @Test func aJobThatFailsDoesNotStopTheOthersAndTheWorstGivesTheCode() throws {
        try write(
            "local: {type: sqlite, path: a.db}\ngone: {type: sqlite, path: b.db}\n",
            "connections.yml")
        let run = try nostos.run("run", "bad.yml", "good.yml", "down.yml")
        #expect(run.status == 65, "\(run.errors)")
        #expect(
            run.output == "failed bad\npromoted good 1\nfailed down\n"
                + "3 jobs: 1 promoted, 2 failed (bad: 65, down: 69)\n")
        #expect(run.errors.contains("nostos: bad: v: row 3, key 2, column \"v\": found "))
        #expect(run.errors.contains("nostos: down: "))
        #expect(try nostos.run("run", "good.yml", "down.yml").status == 69)
        let json = try nostos.run("run", "-o", "json", "bad.yml", "good.yml")
        let outcomes = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(outcomes.compactMap { $0["outcome"] as? String } == ["failed", "promoted"])
        #expect(outcomes.compactMap { $0["exit_code"] as? Int } == [65, 0])
    }

    @Test func aMistakeInOneFileRunsNone() throws {
        try write("job: x\nindex_colum: id\nfields: []\n", "typo.yml")
        #expect(try nostos.run("run", "good.yml", "typo.yml").status == 65)
        #expect(!FileManager.default.fileExists(atPath: nostos.store.string))
    }

    @Test func theLogForProgramsIsOneObjectALine() throws {
        #expect(try nostos.run("run", "good.yml").status == 0)
        let run = try nostos.run("run", "--log-format", "json", "good.yml", "bad.yml")
        let events = try run.errors.split(separator: "\n").map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                "\(line)")
        }
        let names = events.compactMap { $0["event"] as? String }
        #expect(names.first == "started" && names.last == "failed", "\(names)")
        #expect(names.contains("published"))
        let extract = try #require(events.first { $0["stage"] as? String == "extract" })
        #expect(extract["rows"] as? Int == 2 && extract["expected_rows"] as? Int == 2)
        #expect(extract["job"] as? String == "good" && extract["generator"] as? String == "v")
        let failed = try #require(events.last)
        #expect(failed["job"] as? String == "bad" && failed["exit_code"] as? Int == 65)
        #expect((failed["message"] as? String)?.contains("key 2") == true)
        // What keeps a file from being read is told in the same form.
        let missing = try nostos.run("run", "--log-format", "json", "none.yml")
        #expect(missing.errors.hasPrefix("{\"event\":\"failed\""))
        #expect(missing.status == 65)
    }
}
