import Foundation
import SystemPackage
import TestSupport
import Testing

/// Runs over files and programs as a data scientist has them: right ones, and mistakes with their
/// exit codes and words.
@Suite(.timeLimit(.minutes(10))) struct InputRunTests {
    private let directory: TemporaryDirectory
    private var nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private func job(_ generators: String, key: String = "user_id") throws {
        try write("job: x\nindex_column: \(key)\nfields:\n\(generators)\n", "x.yml")
    }

    @Test func filesAndProgramsBecomeOneTable() throws {
        try write(
            "\u{FEFF}user_id,\"name, full\",score\r\n1,\"Ann \"\"A\"\"\",1.50\r\n2,\"two\nlines\",\r\n",
            "people.csv")
        try write(
            #"{"user_id":1,"vec":[0.25,1],"o":{"a":[1]}}"# + "\n" + #"{"user_id":3,"vec":[]}"#
                + "\n",
            "vec.jsonl")
        try runProgram("/usr/bin/env", ["gzip", directory.file("vec.jsonl").string], input: "")
        try job(
            """
            - {generator: file, path: people.csv}
            - {generator: file, path: vec.jsonl.gz}
            - {generator: command, command: [printf, "user_id,plan\\n1,pro\\n"], format: csv}
            """)
        let run = try nostos.run("run", "x.yml")
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            try nostos.run("get", "x", "1", "2", "3").output == #"""
                1  {"name, full":"Ann \"A\"","score":1.5,"vec":[0.25,1],"o":{"a":[1]},"plan":"pro"}
                2  {"name, full":"two\nlines","score":null,"vec":null,"o":null,"plan":null}
                3  {"name, full":null,"score":null,"vec":[],"o":null,"plan":null}

                """#)
        let show = try nostos.run("show", "x").output
        #expect(show.contains("rows from file ") && show.contains("rows from command printf "))
    }

    @Test func mistakesEndWithTheirCodesAndPublishNothing() throws {
        try write("user_id,score\n1,2\n2\n", "ragged.csv")
        try write("user_id,score\n1,2\n", "good.csv")
        let cases: [(String, Int32, [String])] = [
            ("{generator: file, path: none.csv}", 69, ["none.csv", "No such file"]),
            (
                "{generator: file, path: ragged.csv}", 65,
                ["ragged.csv, line 3, row 2: found 1 field, expected 2"]
            ),
            (
                "{generator: file, path: good.csv, columns: {scoer: {type: number}}}", 65,
                ["did you mean \"score\"?"]
            ),
            ("{generator: command, command: [no-such-program]}", 65, ["found no such program"]),
            (
                "{generator: command, command: [sh, -c, 'echo oh >&2; exit 7']}", 65,
                ["command sh: it ended with exit code 7", "\n  oh"]
            ),
            (
                // EX_TEMPFAIL: the program says itself that another attempt may succeed.
                "{generator: command, command: [sh, -c, 'exit 75']}", 69,
                ["command sh broke off after 0 rows: it ended with exit code 75"]
            ),
            (
                "{generator: command, timeout: 1s, command: [sleep, '1000']}", 69,
                ["no end within its timeout of 1s"]
            ),
        ]
        for (generator, status, words) in cases {
            try job("- \(generator)")
            let run = try nostos.run("run", "x.yml")
            #expect(run.status == status, "\(generator): \(run.errors)")
            for word in words { #expect(run.errors.contains(word), "\(generator): \(run.errors)") }
        }
        #expect(try nostos.run("get", "x", "1").status == 1)
    }

    @Test func aProgramsMessagesShowNoSecret() throws {
        let secret = "hunter2-\(UInt32.random(in: 0 ... .max))"
        var nostos = nostos
        nostos.environment["TOKEN"] = secret
        try job(
            """
            - generator: command
              command: [sh, -c, "echo bad token $0 >&2; exit 1", "{{ env_var('TOKEN') }}"]
            """)
        let run = try nostos.run("run", "x.yml")
        #expect(run.status == 65 && run.errors.contains("bad token ***"), "\(run.errors)")
        let history = try nostos.run("runs", "-o", "json")
        for text in [run.output, run.errors, history.output] { #expect(!text.contains(secret)) }
    }

    @Test func aSignalEndsARunWhoseProgramIsSilent() throws {
        let file = directory.file("pid").string
        try job("- {generator: command, command: [sh, -c, 'echo $$ >\(file); sleep 1000']}")
        let (process, _, errors) = try nostos.start(["run", "x.yml"])
        var identifier = ""
        while !identifier.hasSuffix("\n"), process.isRunning {
            usleep(10_000)
            identifier = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        }
        process.interrupt()
        process.waitUntilExit()
        let said = String(decoding: try errors.readToEnd() ?? Data(), as: UTF8.self)
        #expect(process.terminationStatus == 1 && said.contains("stopped; nothing was published"))
        let path = "/proc/" + identifier.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// The server ends the connection while rows come: exit 69 with their number, and what was
    /// served still is.
    @Test(arguments: ["postgresql", "redshift"])
    func aConnectionThatDropsInMidStreamChangesNothing(type: String) throws {
        let server = try PostgresServer.shared()
        let database = "dropped_\(type)"
        try server.createDatabase(named: database)
        let url = server.url(database: database)
        try write("w: {type: \(type), url: '\(url)'}\n", "connections.yml")
        try job("- {generator: sql_iterator, sql: \"SELECT 1 AS user_id, 'kept' AS v\"}")
        #expect(try nostos.run("run", "x.yml").status == 0)
        // Rows that fill the buffers, and then silence.
        try job(
            """
            - generator: sql_iterator
              sql: >
                SELECT i AS user_id, repeat('x', 1000) AS v
                FROM generate_series(1, 100000) AS i
                WHERE i < 50000 OR pg_sleep(600) IS NOT NULL
            """)
        let (process, _, errors) = try nostos.start(["run", "x.yml"])
        let waiting =
            "FROM pg_stat_activity WHERE datname = '\(database)' AND wait_event = 'PgSleep'"
        while try server.execute("SELECT count(*) \(waiting)") == "0\n", process.isRunning {
            usleep(20_000)
        }
        try server.execute("SELECT pg_terminate_backend(pid) \(waiting)")
        process.waitUntilExit()
        let said = String(decoding: try errors.readToEnd() ?? Data(), as: UTF8.self)
        #expect(process.terminationStatus == 69, "\(said)")
        let words = said.replacing(",", with: "").split(separator: " ")
        let rows = words.firstIndex(of: "after").flatMap { Int(words[$0 + 1]) } ?? 0
        #expect((1..<50_000).contains(rows), "\(said)")
        #expect(try nostos.run("get", "x", "1").output == "1  {\"v\":\"kept\"}\n")
        #expect(try nostos.run("verify").status == 0)
    }
}
