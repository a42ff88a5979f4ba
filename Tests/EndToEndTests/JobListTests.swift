import Foundation
import SystemPackage
import TestSupport
import Testing

/// Several job files at once, and plans of jobs whose programs tell their columns late.
@Suite(.timeLimit(.minutes(10))) struct JobListTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        try SQLiteFixture.execute(
            "CREATE TABLE t (id INTEGER, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
            at: directory.file("a.db"))
        try write("local: {type: sqlite, path: a.db}\n", "connections.yml")
        for name in ["one", "two"] {
            try write(
                """
                job: \(name)
                index_column: id
                fields: [{generator: sql_iterator, sql: "SELECT id, v FROM t"}]
                """, "\(name).yml")
        }
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    @Test func aConnectionsFileAmongJobFilesIsPassedOver() throws {
        for verb in ["validate", "plan", "run"] {
            let result = try nostos.run(verb, "connections.yml", "one.yml", "two.yml")
            #expect(result.status == 0, "\(verb): \(result.errors)")
            for name in ["one", "two"] { #expect(result.output.contains(name), "\(verb)") }
        }
        // A name of its own, by another path.
        try write("local: {type: sqlite, path: a.db}\n", "prod.yml")
        let files = ["one.yml", "./prod.yml", "connections.yml"]
        let run = try nostos.run(["run", "--connections", "prod.yml"] + files)
        #expect(run.status == 0 && run.output.contains("promoted one 1 -> 2"), "\(run.errors)")
    }

    @Test(arguments: ["validate", "plan", "run", "preview"])
    func aConnectionsFileAloneIsNoJobFile(verb: String) throws {
        let result = try nostos.run(verb, "connections.yml")
        #expect(result.status == 65)
        #expect(
            result.errors.contains("connections.yml is the connections file, expected a job file"),
            "\(result.errors)")
    }

    @Test func aPlanTakesSeveralFiles() throws {
        let result = try nostos.run("plan", "-o", "json", "one.yml", "two.yml")
        let plans = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let jobs = try #require(plans as? [[String: Any]]).compactMap { $0["job"] as? String }
        #expect(jobs == ["one", "two"])
    }

    /// The contract names some columns of three; what else comes, the run will see.
    private func program(_ checks: String = "") throws {
        try write(
            """
            job: p
            index_column: id
            fields:
            - generator: command
              command: [echo, '{"id":1,"a":1,"b":2,"c":"x"}']
              columns: {a: {type: int64, not_null: true}}
            \(checks)
            """, "p.yml")
    }

    @Test func aPlanCallsTheColumnsOfAProgramUnknownAndNeverRemoved() throws {
        let checks = """
            checks:
            - range: {field: b, min: 0}
            - in_set: {field: c, values: [x]}
            - schema: {}
            """
        try program(checks)
        #expect(try nostos.run("plan", "p.yml").status == 0)
        let first = try nostos.run("run", "p.yml")
        #expect(first.status == 0, "\(first.errors)")
        let plan = try nostos.run("plan", "p.yml")
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(!plan.output.contains("removed") && !plan.output.contains("unknown"))
        #expect(plan.output.contains("b      ?      -     known after the run"), "\(plan.output)")
        let json = try nostos.run("plan", "-o", "json", "p.yml")
        let plans = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let document = try #require((plans as? [[String: Any]])?.first)
        #expect(document["undecided"] as? [String] == ["b", "c"])
        #expect((document["changes"] as? [Any])?.isEmpty == true)
        #expect(try nostos.run("run", "p.yml").status == 0)
    }

    @Test func aPlanNamesTheRuleOfEmptyVersions() throws {
        #expect(try !nostos.run("plan", "one.yml").output.contains("not_empty"))
        #expect(try nostos.run("run", "one.yml").status == 0)
        #expect(try nostos.run("plan", "one.yml").output.contains("checks     not_empty (error)"))
        try SQLiteFixture.execute("DELETE FROM t", at: directory.file("a.db"))
        for arguments in [["run", "one.yml"], ["run", "--dry-run", "one.yml"]] {
            let run = try nostos.run(arguments)
            #expect(run.status == 2)
            #expect(run.errors.contains("publish: {allow_empty: true}"), "\(run.errors)")
        }
    }
}
