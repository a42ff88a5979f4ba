import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// The verbs of people who are on call: what they may do, what they are told, and in which form.
@Suite(.timeLimit(.minutes(10))) struct OperatorTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    /// A store with the job "users", three good versions, and a stricter job file.
    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        try SQLiteFixture.execute(
            """
            CREATE TABLE users (id INTEGER, score REAL);
            INSERT INTO users VALUES (-1, 0.25), (1, 1.5), (2, 2.5), (3, 3.5);
            """, at: directory.file("app.db"))
        try write("local: {type: sqlite, path: app.db}\n", "connections.yml")
        try write(Self.job(), "users.yml")
        try write(Self.job("checks:\n- range: {field: score, min: 0, max: 1}\n"), "strict.yml")
        try write(
            Self.job("checks:\n- range: {field: score, min: 0, max: 1, severity: warn}\n"),
            "warn.yml")
        try write(Self.job("publish: {promote: manual}\n"), "manual.yml")
        for _ in 0..<3 { #expect(try nostos.run("run", "users.yml").status == 0) }
    }

    private static func job(_ more: String = "", name: String = "users") -> String {
        """
        job: \(name)
        index_column: id
        fields:
        - generator: sql_iterator
          sql: SELECT id, score FROM users
        \(more)
        """
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private func json(_ arguments: String...) throws -> Any {
        let result = try nostos.run(arguments + ["-o", "json"])
        return try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    }

    private func current() throws -> Int? {
        (try json("versions", "users") as? [String: Any])?["current"] as? Int
    }

    // MARK: Rules

    @Test func aVersionThatFailedItsChecksNeedsForceAndAReason() throws {
        let night = try nostos.run("run", "strict.yml")
        #expect(night.status == 2)
        let plain = try nostos.run("promote", "users@4")
        #expect(plain.status == 1 && plain.errors.contains("1 of 1 check failed: range score"))
        #expect(plain.errors.contains("--force --reason"))
        #expect(try nostos.run("promote", "users@4", "--force").status == 64)
        let forced = try nostos.run("promote", "users@4", "--force", "--reason", "it may")
        #expect(forced.status == 0)
        #expect(
            forced.output
                == "promoted users 4; it failed its checks: 1 of 1 check failed: range score\n")
        #expect(try nostos.run("ls").output.contains("checks failed"))
        #expect(try nostos.run("versions", "users").output.contains("checks failed: 1 of 1 check"))
        // It is no good version: a later rollback goes past it.
        #expect(try nostos.run("run", "users.yml").status == 0)
        let back = try nostos.run("rollback", "users", "--reason", "bad")
        #expect(back.output.hasPrefix("rolled back users 5 -> 3; "), "\(back.output)")
    }

    @Test func aSecondRollbackAsksForItsTargetHereAndThere() throws {
        #expect(try nostos.run("rollback", "users", "--reason", "pager A").status == 0)
        let again = try nostos.run("rollback", "users", "--reason", "pager B")
        #expect(again.status == 1)
        #expect(again.errors.contains("was rolled back to 2 already"), "\(again.errors)")
        #expect(again.errors.contains("--to"))
        #expect(try current() == 2)
        let named = try nostos.run("rollback", "users", "--to", "1", "--reason", "B", "-o", "json")
        #expect(named.status == 0 && named.output.contains("\"current\" : 1"))
        #expect(try nostos.run("promote", "users@3").status == 0)
    }

    @Test func aRollbackCanBeUndoneAfterRunsThatFailed() throws {
        for _ in 0..<2 { #expect(try nostos.run("run", "strict.yml").status == 2) }
        #expect(try nostos.run("rollback", "users", "--reason", "by mistake").status == 0)
        for _ in 0..<3 { #expect(try nostos.run("run", "strict.yml").status == 2) }
        let undone = try nostos.run("promote", "users@3")
        #expect(undone.status == 0, "\(undone.errors)")
    }

    @Test func aCandidateThatWaitsEndsWith4AndOneThatWasAskedForWith0() throws {
        let manual = try nostos.run("run", "manual.yml")
        #expect(manual.status == 4 && manual.output.contains("candidate users 4; the job promotes"))
        #expect(try nostos.run("plan", "manual.yml").status == 4)
        #expect(try nostos.run("run", "--dry-run", "manual.yml").status == 4)
        #expect(try nostos.run("run", "users.yml", "--no-promote").status == 0)
        #expect(try nostos.run("hold", "users", "--reason", "audit").status == 0)
        #expect(try nostos.run("run", "users.yml").status == 4)
        let released = try nostos.run("release", "users", "--reason", "done")
        #expect(released.output == "released users; version 6 waits: `nostos promote users@6`\n")
        #expect(try nostos.run("promote", "users@candidate").output == "promoted users 6\n")
        // The candidates below do not wait.
        #expect(try nostos.run("hold", "users", "--reason", "audit").status == 0)
        #expect(try nostos.run("release", "users").output == "released users\n")
    }

    @Test func aRunOfSeveralJobsEndsWithOneLine() throws {
        for name in ["one", "two"] { try write(Self.job(name: name), "\(name).yml") }
        let run = try nostos.run("run", "one.yml", "strict.yml", "two.yml")
        #expect(run.status == 2)
        #expect(
            run.output.split(separator: "\n").last == "3 jobs: 2 promoted, 1 rejected (users: 2)")
    }

    @Test func warningsAreShownAtTheEndOfTheRunAndAfterwards() throws {
        let run = try nostos.run("run", "warn.yml")
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.first?.hasSuffix("; 1 warning") == true, "\(run.output)")
        #expect(lines.last?.hasPrefix("warning  check range score: ") == true, "\(run.output)")
        #expect(try nostos.run("ls").output.contains("1 warning"))
        #expect(try nostos.run("versions", "users").output.contains("1 warning"))
        let outcome = try #require(
            try json("run", "warn.yml") as? [[String: Any]])
        #expect((outcome[0]["warnings"] as? [String])?.count == 1)
    }

    // MARK: Removal

    @Test(.timeLimit(.minutes(10))) func aRemovedJobIsForgottenByARunningServer() throws {
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        #expect(try client.get("/v1/jobs/users/keys/1").status == 200)
        #expect(try nostos.run("remove", "users").status == 64)
        let removed = try nostos.run("remove", "users", "--reason", "a test job")
        #expect(removed.status == 0 && removed.output.hasPrefix("removed users"))
        var answer = try client.get("/v1/jobs/users/keys/1")
        while answer.status == 200 {
            usleep(10_000)
            answer = try client.get("/v1/jobs/users/keys/1")
        }
        #expect(answer.status == 404 && answer.text.contains("job-not-found"))
        // Its figures go with the next look at the catalog.
        let figure = "nostos_load_runs_total{job_name=\"users\""
        while try client.get("/metrics").text.contains(figure) { usleep(50_000) }
        let gone = try nostos.run("versions", "users")
        #expect(gone.errors == "nostos: no job 'users' in this store\n")
        #expect(try nostos.run("ls", "-o", "json").output == "[\n\n]\n")
        let events = try nostos.run("events", "users", "--limit", "1")
        #expect(events.output.contains("remove") && events.output.contains("a test job"))
        #expect(try nostos.run("runs", "users").output.contains("promoted"))
        #expect(try nostos.run("plan", "users.yml").output.contains("version 4 (the first)"))
        #expect(try nostos.run("run", "users.yml").output == "promoted users 4\n")
    }

    // MARK: Forms

    /// Every verb that prints or changes something prints one JSON document.
    @Test func everyVerbSpeaksJSON() throws {
        #expect(try nostos.run("run", "manual.yml").status == 4)
        for arguments in [
            ["ls"], ["versions", "users"], ["show", "users"], ["show", "users", "--storage"],
            ["get", "users", "1"], ["diff", "users", "1", "2"], ["runs"], ["events"],
            ["events", "--verbose"], ["verify"], ["verify", "users@2"],
            ["rollback", "users", "--reason", "x"], ["promote", "users@3"],
            ["hold", "users", "--reason", "x"], ["release", "users"], ["drop", "users@1"],
            ["plan", "users.yml"], ["run", "users.yml"], ["run", "--dry-run", "users.yml"],
            ["preview", "users.yml"], ["validate", "users.yml"],
            ["remove", "users", "--reason", "x"],
        ] {
            let result = try nostos.run(arguments + ["-o", "json"])
            #expect(result.status == 0, "\(arguments): \(result.errors)")
            #expect(throws: Never.self, "\(arguments): \(result.output)") {
                try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            }
            #expect(
                result.output.firstMatch(of: /_at" : [0-9]/) == nil, "\(arguments): a bare number")
        }
    }

    @Test func timesOfTextAndJSONAreOfOneForm() throws {
        let state = try #require(try json("versions", "users") as? [String: Any])
        #expect(state["drop_delay_seconds"] != nil && state["drop_delay"] == nil)
        let versions = try #require(state["versions"] as? [[String: Any]])
        let time = try #require(versions[0]["published_at"] as? String)
        #expect(time.contains("T") && time.hasSuffix("Z"), "\(time)")
    }

    @Test func historiesAreCutAndTheNewestComeFirst() throws {
        let runs = try #require(try json("runs", "users", "--limit", "2") as? [[String: Any]])
        #expect(runs.compactMap { $0["version"] as? Int } == [3, 2])
        #expect(try nostos.run("events", "users").output.split(separator: "\n").count == 4)
        let events = try #require(
            try json("events", "users", "-n", "1", "--since", "1h") as? [[String: Any]])
        #expect(events.count == 1 && events[0]["to"] as? Int == 3)
        let all = try #require(try json("events", "-v") as? [[String: Any]])
        #expect(all.last?["action"] as? String == "create")
        #expect(try nostos.run("runs", "--since", "2999-01-01").output.contains("JOB"))
        for bad in [["--limit", "0"], ["--since", "yesterday"], ["--since", "-2d"]] {
            #expect(try nostos.run(["events"] + bad).status == 64, "\(bad)")
        }
    }

    @Test func onlyTheLastLineOfALongFailureIsListed() throws {
        try write(
            """
            job: broken
            index_column: id
            fields:
            - generator: command
              command: [sh, -c, "echo Traceback >&2; echo '  File x' >&2; echo 'Error: z' >&2; exit 1"]
              format: jsonl
            """, "broken.yml")
        #expect(try nostos.run("run", "broken.yml").status != 0)
        for verb in [["runs", "broken"], ["versions", "broken"], ["events", "broken", "-v"]] {
            let output = try nostos.run(verb).output
            #expect(output.contains("Error: z"), "\(output)")
            #expect(!output.contains("Traceback"), "\(output)")
        }
        #expect(try nostos.run("show", "broken@1").output.contains("Traceback"))
    }

    @Test func aDifferenceAndAnErrorHaveOtherCodes() throws {
        #expect(try nostos.run("diff", "users", "1", "2", "--exit-code").status == 0)
        try SQLiteFixture.execute(
            "UPDATE users SET score = score + 1;", at: directory.file("app.db"))
        #expect(try nostos.run("run", "users.yml").status == 0)
        #expect(try nostos.run("diff", "users", "3", "4", "--exit-code").status == 1)
        for bad in [["none"], ["users", "1", "9"], ["users", "candidate"], ["users", "x", "2"]] {
            #expect(try nostos.run(["diff"] + bad + ["--exit-code"]).status == 65, "\(bad)")
        }
    }

    @Test func negativeKeysAreKeys() throws {
        #expect(try nostos.run("get", "users", "-1").output == "-1  {\"score\":0.25}\n")
        let several = try nostos.run("get", "users", "2", "-1", "--fields", "score", "3")
        #expect(several.output == "2  {\"score\":2.5}\n-1  {\"score\":0.25}\n3  {\"score\":3.5}\n")
        #expect(try nostos.run("get", "-o", "json", "users", "-1").output.contains("\"key\":-1"))
        #expect(try nostos.run("get", "users", "--", "-1").status == 0)
        #expect(try nostos.run("get", "users", "-7").status == 3)
        #expect(try nostos.run("get", "users", "--feilds", "score", "1").status == 64)
        let scan = try nostos.run("scan", "users", "--from", "-5", "--to", "1")
        #expect(scan.output == "{\"key\":-1,\"values\":{\"score\":0.25}}\n")
        #expect(try nostos.run("preview", "users.yml", "--key", "-1").output.contains("0.25"))
    }

    // MARK: Terminals

    /// The lines that a verb writes to a terminal of that many columns.
    private func drawn(_ columns: Int, _ arguments: String, input: String = "") throws -> [String] {
        let program = try NostosProgram.executable().path
        let command =
            "stty cols \(columns) rows 24; cd '\(directory.path)'; "
            + "'\(program)' \(arguments) --store '\(nostos.store)' || true"
        let output = try runProgram(
            "/usr/bin/env",
            ["TERM=xterm", "script", "-qec", "/bin/sh -c \"\(command)\"", "/dev/null"],
            input: input)
        return output.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
    }

    @Test(arguments: [40, 80, 120])
    func listsFitTheTerminal(columns: Int) throws {
        let reason =
            "scores look wrong since 03:00 UTC, paged by the ranking on-call, see INC-1234 and "
            + "its thread, and whatever else there is to say about it"
        #expect(try nostos.run("rollback", "users", "--reason", reason).status == 0)
        for verb in ["ls", "versions users", "runs", "events", "events -v"] {
            for line in try drawn(columns, verb) where !line.hasPrefix("held by") {
                #expect(line.count <= columns, "\(verb): \(line)")
            }
        }
        // Nothing is cut where no terminal is, and in JSON.
        #expect(try nostos.run("versions", "users").output.contains(reason))
        #expect(try nostos.run("ls", "-o", "json").output.contains(reason))
    }

    @Test func aRollbackThatCannotBeAsksNothing() throws {
        try write(Self.job(name: "single"), "single.yml")
        #expect(try nostos.run("run", "single.yml").status == 0)
        let lines = try drawn(80, "rollback single --reason x", input: "y\n")
        #expect(lines.contains { $0.contains("no good previous version") }, "\(lines)")
        #expect(!lines.contains { $0.contains("[y/N]") }, "\(lines)")
    }

    @Test func aRollbackOnATerminalShowsTheVersionsAndAsks() throws {
        let lines = try drawn(80, "rollback users --reason x", input: "y\n")
        #expect(lines.contains { $0.hasPrefix("VERSION") }, "\(lines)")
        #expect(lines.contains { $0.contains("roll back users to 2 [y/N]") }, "\(lines)")
        #expect(try current() == 2)
    }
}
