import Foundation
import SystemPackage
import TestSupport
import Testing

/// The forms that all verbs share: help that is complete, JSON on demand, usage errors, messages
/// that name each file once.
@Suite(.timeLimit(.minutes(10))) struct FormsTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private func makeStore() throws {
        #expect(try nostos.run("init", ".").status == 0)
        #expect(try nostos.run("run", "jobs/user_profile.yml").status == 0)
    }

    // MARK: Help

    /// The schema is the authority for the keys of a job file; the help must not forget one.
    @Test func theHelpOfJobFilesHasEveryKey() throws {
        let schema = try JSONSerialization.jsonObject(
            with: Data(nostos.run("validate", "--schema").output.utf8))
        let parts = try #require((schema as? [String: Any])?["$defs"] as? [String: Any])
        let help = try nostos.run("help", "job").output + nostos.run("help", "checks").output
        var count = 0
        for (part, definition) in parts
        where [
            "job", "publish", "generator", "sql_iterator", "file", "command", "constant", "columns",
        ]
        .contains(part) || part.hasPrefix("check_") {
            for key in Self.keys(of: definition) where key != "job_name" {
                let isThere = help.contains(try Regex("\\b\(key):"))
                #expect(isThere, "\(part): \(key)")
                count += 1
            }
        }
        #expect(count > 50)
    }

    /// The names of all properties in a part of a JSON Schema.
    private static func keys(of node: Any) -> Set<String> {
        if let list = node as? [Any] { return Set(list.flatMap { keys(of: $0) }) }
        guard let object = node as? [String: Any] else { return [] }
        let own = (object["properties"] as? [String: Any])?.keys.map { $0 } ?? []
        return Set(own).union(object.values.flatMap { keys(of: $0) })
    }

    // MARK: JSON

    @Test func initAndTokenPrintJSON() throws {
        func object(_ arguments: [String]) throws -> [String: Any] {
            let result = try nostos.run(arguments + ["-o", "json"])
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
            let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            return try #require(json as? [String: Any])
        }
        let made = try object(["init", "demo"])
        #expect(made["job"] as? String == "demo/jobs/user_profile.yml")
        for name in ["job", "connections", "database"] {
            let path = try #require(made[name] as? String)
            #expect(FileManager.default.fileExists(atPath: directory.file(path).string), "\(path)")
        }
        let token = try object(["token", "reader", "--job", "a*"])
        #expect(token["name"] as? String == "reader" && token["scope"] as? String == "read")
        #expect((token["token"] as? String)?.count ?? 0 > 20)
        #expect((token["entry"] as? String)?.hasPrefix("- {name: reader, sha256:") == true)
        let kept = try object(["token", "ops", "--append", "tokens.yml", "--out", "ops.token"])
        #expect(kept["token"] == nil, "the token is in its file alone")
        #expect(kept["token_file"] as? String == "ops.token")
        #expect(kept["tokens_file"] as? String == "tokens.yml")
        let secret = try String(contentsOfFile: directory.file("ops.token").string, encoding: .utf8)
        #expect(secret.count > 20)
    }

    // MARK: Usage

    /// The parser finds some mistakes and the verbs find others; both look alike.
    @Test(arguments: [
        (["inspect", "user_profile"], "expected --bytes"),
        (["diff", "user_profile@1"], "user_profile@1: expected user_profile, with the versions"),
        (["versions", "user_profile@1"], "user_profile@1: expected user_profile, without"),
        (["promote", "user_profile"], "expected user_profile@VERSION"),
        (["run", "jobs/user_profile.yml", "--var", "ds"], "--var ds: expected name=value"),
        (["get", "user_profile"], "Missing expected argument '<keys> ...'"),
    ])
    func aUsageErrorEndsWithTheUsageOfItsVerb(arguments: [String], words: String) throws {
        try makeStore()
        let result = try nostos.run(arguments)
        #expect(result.status == 64)
        let lines = result.errors.split(separator: "\n").filter { !$0.hasPrefix("Help:") }
        #expect(lines.first?.hasPrefix("Error: \(words)") == true, "\(result.errors)")
        #expect(
            lines.contains { $0.hasPrefix("Usage: nostos \(arguments[0]) ") }, "\(result.errors)")
        #expect(lines.last == "  See 'nostos \(arguments[0]) --help' for more information.")
    }

    // MARK: Messages

    @Test func aFileThatIsNotThereIsAWarningBeforeTheRunAndNamedOnceByIt() throws {
        try write(
            """
            job: f
            index_column: id
            fields:
            - generator: file
              path: data/none.csv
            """, "f.yml")
        let valid = try nostos.run("validate", "f.yml")
        #expect(valid.status == 0)
        #expect(
            valid.errors == """
                f.yml:5:3: warning: the file "data/none.csv" cannot be read now: No such file or \
                directory (paths are relative to the job file)

                """)
        let json = try nostos.run("validate", "f.yml", "-o", "json").output
        #expect(json.contains("data/none.csv"), "\(json)")
        let run = try nostos.run("run", "f.yml")
        #expect(run.status == 69)
        #expect(
            run.errors.hasPrefix("nostos: file data/none.csv is not available: No such file"),
            "\(run.errors)")
        try FileManager.default.createDirectory(
            atPath: directory.file("data").string, withIntermediateDirectories: false)
        try write("id,a\n1,2\n2,x\n3,4\n4,5\n5,\"6\n", "data/none.csv")
        #expect(try nostos.run("validate", "f.yml").errors.isEmpty)
        let bad = try nostos.run("run", "f.yml")
        #expect(bad.errors.contains("nostos: file data/none.csv, line 6"), "\(bad.errors)")
    }

    @Test func anErrorInAnSQLFileNamesTheJobFileToo() throws {
        try write("local: {type: sqlite, path: a.db}\n", "connections.yml")
        try SQLiteFixture.execute("CREATE TABLE t (id, v)", at: directory.file("a.db"))
        try write("SELECT id,\n  w FROM t\n", "q.sql")
        try write(
            "job: q\nindex_column: id\nfields:\n- generator: sql_iterator\n  sql: q.sql\n", "q.yml")
        let run = try nostos.run("run", "q.yml")
        #expect(
            run.errors == """
                nostos: q.sql:2:3: w: connection local refused the SQL: no such column: w \
                (the SQL of q.yml:5:8)

                """)
    }

    @Test func anUnknownConnectionIsReportedAtItsPlaceInTheJobFile() throws {
        try write("local: {type: sqlite, path: a.db}\n", "connections.yml")
        try write(
            "job: q\nindex_column: id\nconnection: lokal\nfields:\n- generator: sql_iterator\n"
                + "  sql: SELECT 1 AS id, 2 AS v\n", "q.yml")
        let run = try nostos.run("run", "q.yml")
        #expect(run.status == 78)
        #expect(
            run.errors.hasPrefix("nostos: q.yml:3:1: found the unknown connection \"lokal\""),
            "\(run.errors)")
    }

    @Test func aVersionThatWasRolledBackIsServedSinceNothing() throws {
        try makeStore()
        #expect(try nostos.run("run", "jobs/user_profile.yml").status == 0)
        #expect(try nostos.run("rollback", "user_profile", "--reason", "x").status == 0)
        let lines = try nostos.run("versions", "user_profile").output.split(separator: "\n")
        let rejected = try #require(lines.first { $0.hasPrefix("2 ") })
        #expect(rejected.contains("rejected") && rejected.hasSuffix("  -"), "\(rejected)")
        let current = try #require(lines.first { $0.hasPrefix("1 ") })
        #expect(current.contains("current") && current.hasSuffix("Z"), "\(current)")
        let shown = try nostos.run("show", "user_profile@2").output
        #expect(!shown.contains("served     since"), "\(shown)")
        #expect(shown.contains("\npromoted   20"), "\(shown)")
        #expect(try nostos.run("show", "user_profile").output.contains("\nserved     since 20"))
    }

    // MARK: Pipes

    /// Runs a shell command beside the store; `$NOSTOS` is the program.
    private func shell(_ command: String) throws -> String {
        let program = try NostosProgram.executable().path
        return try runProgram(
            "/usr/bin/env",
            [
                "NOSTOS=\(program)", "NOSTOS_STORE=\(nostos.store)", "bash", "-c",
                "cd '\(directory.path)'; \(command)",
            ], input: "")
    }

    @Test(arguments: ["text", "json"])
    func aRunGoesOnWhenNobodyReadsItsMessages(format: String) throws {
        #expect(try nostos.run("init", ".").status == 0)
        let said = try shell(
            """
            (sleep 0.5; "$NOSTOS" run jobs/user_profile.yml --log-format \(format) >out; \
            echo "exit $?" >>out) 2>&1 | true; until grep exit out; do sleep 0.1; done; cat out
            """)
        #expect(said.contains("promoted user_profile 1\nexit 0\n"), "\(said)")
    }

    @Test func aScanEndsWithItsReader() throws {
        try makeStore()
        let said = try shell(
            """
            "$NOSTOS" scan user_profile 2>err | head -n 1 >one; echo ${PIPESTATUS[0]}
            wc -l <one; cat err
            """)
        #expect(said == "141\n1\n", "\(said)")
    }
}
