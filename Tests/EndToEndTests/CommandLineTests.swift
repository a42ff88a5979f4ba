import Foundation
import SystemPackage
import TestSupport
import Testing

/// The command line as a new user types it: the README's commands, and mistakes.
@Suite(.timeLimit(.minutes(10))) struct CommandLineTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    @Test func theFiveCommandsOfTheReadmeWork() throws {
        #expect(try nostos.run("init", ".").status == 0)
        #expect(try nostos.run("validate", "jobs/user_profile.yml").status == 0)
        let run = try nostos.run("run", "jobs/user_profile.yml")
        #expect(run.status == 0 && run.output == "promoted user_profile 1\n", "\(run.errors)")
        let get = try nostos.run("get", "user_profile", "1002", "--fields", "language,as_of")
        #expect(get.output == #"1002  {"language":"pt","as_of":"2026-01-01"}"# + "\n")
        let scan = try nostos.run("scan", "user_profile", "--from", "1005", "--limit", "2")
        #expect(scan.output.split(separator: "\n").count == 2)
        #expect(scan.output.hasPrefix(#"{"key":1005,"values":{"#))
        #expect(try nostos.run("verify").output.hasPrefix("ok       user_profile@1  10,000 rows"))
        for verb in [["ls"], ["versions", "user_profile"], ["show", "user_profile"], ["runs"]] {
            let (process, output, _) = try nostos.start(verb + ["-o", "json"])
            let json = try output.readToEnd() ?? Data()
            process.waitUntilExit()
            #expect(throws: Never.self, "\(verb)") { try JSONSerialization.jsonObject(with: json) }
        }
        #expect(try nostos.run("inspect", "--bytes", "user_profile").output.contains("magic"))
    }

    @Test func initNeverOverwrites() throws {
        #expect(try nostos.run("init", ".").status == 0)
        let again = try nostos.run("init", ".")
        #expect(again.status == 1)
        #expect(again.errors.contains("exists; nothing was written"))
    }

    @Test func aKeyThatIsNotThereEndsWith3() throws {
        #expect(try nostos.run("init", ".").status == 0)
        #expect(try nostos.run("run", "jobs/user_profile.yml").status == 0)
        #expect(try nostos.run("get", "user_profile", "5").status == 3)
        let bad = try nostos.run("get", "user_profile", "x")
        #expect(bad.status == 65)
        #expect(bad.errors == "nostos: bad key: found \"x\", expected an integer for user_id\n")
        let field = try nostos.run("get", "user_profile", "1002", "--fields", "langage")
        #expect(field.errors.contains("the fields are language, score"))
    }

    /// Foundation's `write(_:)` traps where a disk is full.
    @Test func aResultThatCannotBeWrittenEndsWith74() throws {
        #expect(try nostos.run("init", ".").status == 0)
        #expect(try nostos.run("run", "jobs/user_profile.yml").status == 0)
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let (process, _, errors) = try nostos.start(["scan", "user_profile"], output: full)
        process.waitUntilExit()
        #expect(process.terminationStatus == 74)
        let said = String(decoding: try errors.readToEnd() ?? Data(), as: UTF8.self)
        #expect(said.hasPrefix("nostos: standard output: "), "\(said)")
    }

    @Test func mistakesEndWithTheirCodes() throws {
        #expect(try nostos.run("nonsense").status == 64)
        #expect(try nostos.run("ls").status == 78)
        try write("job: x\nindex_colum: id\nfields: []\n", "bad.yml")
        let bad = try nostos.run("run", "bad.yml")
        #expect(bad.status == 65)
        #expect(bad.errors.contains("bad.yml:2:1: "))
        #expect(bad.errors.contains("did you mean \"index_column\"?"))
        try write(
            "job: x\nindex_column: id\nfields:\n- generator: sql_iterator\n  sql: SELECT 1 AS id\n",
            "job.yml")
        #expect(try nostos.run("run", "job.yml").status == 78)
        try write("local: {type: sqlite, path: none.db}\n", "connections.yml")
        let missing = try nostos.run("run", "job.yml")
        #expect(missing.status == 69, "\(missing.errors)")
        #expect(try nostos.run("versions", "x").output.contains("failed"))
    }

    @Test(arguments: [
        (["rollback", "x"], "'--reason <reason>'"), (["hold", "x"], "'--reason <reason>'"),
        (["rollback", "x", "--reason"], "'--reason <reason>'"),
    ])
    func whatHasToBeSaidIsAskedFor(arguments: [String], word: String) throws {
        #expect(try nostos.run("init", ".").status == 0)
        let result = try nostos.run(arguments)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains(word), "\(result.errors)")
    }

    @Test func aTokenThatNobodyCouldUseIsNotMade() throws {
        for (arguments, words) in [
            (["a b"], "a token's name with other characters"), ([""], "letters, digits"),
            (["a", "--expires", "tomorrow"], "found no time, expected a date or time"),
        ] {
            let result = try nostos.run(["token"] + arguments + ["--append", "tokens.yml"])
            #expect(result.status == 65 && result.output.isEmpty, "\(result.errors)")
            #expect(result.errors.hasPrefix("nostos: the token: found "), "\(result.errors)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: directory.file("tokens.yml").string))
    }

    @Test func badDataNamesGeneratorRowAndColumnAndPublishesNothing() throws {
        let database = directory.file("a.db")
        try SQLiteFixture.execute(
            "CREATE TABLE t (id, v); INSERT INTO t VALUES (1, 1), (NULL, 2), (1, 9e999);",
            at: database)
        try write("local: {type: sqlite, path: a.db}\n", "connections.yml")
        func job(_ sql: String) -> String {
            "job: x\nindex_column: id\nfields:\n- generator: sql_iterator\n  sql: \(sql)\n"
        }
        let cases = [
            ("SELECT id, v FROM t", ["row 2", "id", "NULL"]),
            (
                "SELECT id, v FROM t WHERE v > 2",
                ["row 1, key 1, column \"v\": found ", "expected a number"]
            ),
            ("SELECT v FROM t", ["id", "v"]),
            ("SELECT id, w FROM t", ["job.yml:5:", "w"]),
            ("SELECT id, v FROM t WHERE id = 1", ["key 1", "two rows", "on_duplicate"]),
        ]
        for (sql, words) in cases {
            var text = sql
            if words.contains("two rows") { text = "SELECT 1 AS id, v FROM t WHERE v < 3" }
            try write(job(text), "job.yml")
            let run = try nostos.run("run", "job.yml")
            #expect(run.status == 65, "\(text): \(run.errors)")
            for word in words { #expect(run.errors.contains(word), "\(text): \(run.errors)") }
        }
        #expect(try nostos.run("get", "x", "1").status == 1)
    }

    @Test func noSecretIsPrintedByAFailingRun() throws {
        let secret = "hunter2-\(UInt32.random(in: 0 ... .max))"
        let server = try PostgresServer.shared()
        let url = server.url(password: secret)
        try write("w: {type: postgresql, url: \"{{ env_var('PGURL') }}\"}\n", "connections.yml")
        try write(
            "job: x\nindex_column: id\nfields:\n- generator: sql_iterator\n  sql: SELECT 1 AS id, 2 AS v\n",
            "job.yml")
        var nostos = nostos
        nostos.environment["PGURL"] = url
        let run = try nostos.run("run", "job.yml")
        #expect(run.status == 69, "\(run.errors)")
        let history = try nostos.run("runs", "-o", "json")
        let journal = try String(
            contentsOfFile: nostos.store.appending("catalog").appending("journal").string,
            encoding: .utf8)
        for text in [run.output, run.errors, history.output, journal] {
            #expect(!text.contains(secret))
        }
        #expect(history.output.contains("failed"))
    }
}
