import Foundation
import SystemPackage
import TestSupport
import Testing

/// `nostos plan` and `nostos preview`, which look and touch nothing.
@Suite(.timeLimit(.minutes(10))) struct PlanTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        try SQLiteFixture.execute(
            """
            CREATE TABLE users (user_id INTEGER, language TEXT, score REAL);
            INSERT INTO users VALUES (1, 'en', 0.5), (2, 'it''s', NULL), (3, NULL, 1), (4, 'x', 2);
            CREATE TABLE taken (user_id INTEGER, course TEXT);
            INSERT INTO taken VALUES (1, 'b'), (3, 'c'), (1, 'a'), (1, 'b'), (9, 'z');
            """, at: directory.file("a.db"))
        try write("local: {type: sqlite, path: a.db}\n", "connections.yml")
        try write(Self.job("language, score"), "job.yml")
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private static func job(_ fields: String) -> String {
        """
        job: profile
        index_column: user_id
        fields:
        - generator: sql_iterator
          sql: SELECT user_id, \(fields) FROM users ORDER BY user_id
        - generator: sql_iterator
          is_set: true
          sql: SELECT user_id, course AS courses FROM taken
        - generator: constant
          values: {model: m-1}
        checks:
        - row_count: {min: 1}
        - missing: {field: courses, max: 90%, severity: warn}
        publish: {keep_versions: 1, drop_delay: 0s}
        """
    }

    private func plan(_ arguments: String...) throws -> (status: Int32, plan: [String: Any]) {
        let (process, output, errors) = try nostos.start(["plan", "-o", "json"] + arguments)
        let data = try output.readToEnd() ?? Data()
        process.waitUntilExit()
        let said = String(decoding: try errors.readToEnd() ?? Data(), as: UTF8.self)
        let plans = try #require(
            try JSONSerialization.jsonObject(with: data) as? [[String: Any]], "\(said)")
        return (process.terminationStatus, try #require(plans.first))
    }

    @Test func aPlanNeedsNoStoreAndMakesNone() throws {
        let (status, plan) = try plan("job.yml")
        #expect(status == 0)
        #expect(plan["version"] as? Int == 1 && plan["publication"] as? String == "promoted")
        let fields = try #require(plan["fields"] as? [[String: Any]])
        #expect(
            fields.compactMap { $0["name"] as? String }
                == ["language", "score", "courses", "model"])
        #expect(
            fields.compactMap { $0["type"] as? String }
                == ["string", "number", "string", "string"])
        #expect(fields.compactMap { $0["is_list"] as? Bool } == [false, false, true, false])
        let checks = try #require(plan["checks"] as? [[String: Any]])
        #expect(checks.compactMap { $0["severity"] as? String } == ["error", "warn"])
        #expect(!FileManager.default.fileExists(atPath: nostos.store.string))
    }

    @Test func aPlanTellsWhatChangesAndWhatDrops() throws {
        #expect(try nostos.run("run", "job.yml").status == 0)
        try write(Self.job("score AS language, 1 AS extra"), "job.yml")
        let (status, plan) = try plan("job.yml")
        #expect(status == 0)
        let changes = try #require(plan["changes"] as? [[String: Any]]).map { change in
            [change["name"], change["kind"], change["from"], change["to"]]
                .map { $0 as? String ?? "-" }.joined(separator: " ")
        }
        #expect(
            changes == [
                "language type_changed string number", "extra added - ?", "score removed number -",
            ])
        #expect(plan["drops"] as? [Int] == [1])
        let disk = try #require(plan["disk"] as? [String: Any])
        #expect(disk["fits"] as? Bool == true)
        #expect(try #require(disk["needed"] as? Int) == disk["freed_later"] as? Int)
        let text = try nostos.run("plan", "job.yml").output
        for line in [
            "job        profile, version 2 (current is 1)", "key        user_id int64",
            "was string", "removed", "drops      1",
            "checks     row_count (error), missing courses (warn)",
        ] {
            #expect(text.contains(line), "\(text)")
        }
        // Nothing was read, nothing was changed.
        #expect(try nostos.run("versions", "profile").output.split(separator: "\n").count == 2)
    }

    @Test func aPlanEndsAsItsRunWould() throws {
        #expect(try nostos.run("run", "job.yml").status == 0)
        #expect(try nostos.run("hold", "profile", "--reason", "audit").status == 0)
        let (status, plan) = try plan("job.yml")
        #expect(status == 4 && plan["publication"] as? String == "held")
        try write(Self.job("lnguage"), "job.yml")
        let bad = try nostos.run("plan", "job.yml")
        #expect(bad.status == 65 && bad.errors.hasPrefix("nostos: job.yml:5:24: "), "\(bad.errors)")
        try FileManager.default.removeItem(atPath: directory.file("a.db").string)
        #expect(try nostos.run("plan", "job.yml").status == 69)
        #expect(try nostos.run("plan", "none.yml").status == 65)
    }

    /// PostgreSQL parses the query and runs nothing of it: one that never ends is planned at once.
    @Test func aPlanRunsNoQuery() throws {
        let url = try PostgresServer.shared().url()
        try write("w: {type: postgresql, url: '\(url)'}\n", "connections.yml")
        try write(
            """
            job: slow
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1 AS id, pg_sleep(600)::text AS v, now() AS at
            """, "job.yml")
        let (status, plan) = try plan("job.yml")
        #expect(status == 0)
        let fields = try #require(plan["fields"] as? [[String: Any]])
        #expect(fields.compactMap { $0["type"] as? String } == ["string", "timestamp"])
    }

    @Test func aPreviewShowsFinishedRecordsAndWritesNothing() throws {
        let preview = try nostos.run("preview", "job.yml", "-n", "2")
        #expect(preview.status == 0, "\(preview.errors)")
        #expect(
            preview.output == """
                1  {"language":"en","score":0.5,"courses":["a","b"],"model":"m-1"}
                2  {"language":"it's","score":null,"courses":[],"model":"m-1"}

                """)
        let keys = try nostos.run("preview", "job.yml", "--key", "9", "--key", "3", "--key", "7")
        #expect(keys.status == 3)
        #expect(keys.errors == "no key 7 in profile\n")
        #expect(
            keys.output == """
                3  {"language":null,"score":1,"courses":["c"],"model":"m-1"}
                9  {"language":null,"score":null,"courses":["z"],"model":"m-1"}

                """)
        #expect(!FileManager.default.fileExists(atPath: nostos.store.string))
        let json = try nostos.run("preview", "job.yml", "-n", "1", "-o", "json").output
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.utf8)) }
        #expect(try nostos.run("preview", "job.yml", "-n", "0").status == 64)
    }

    /// The preview of a key is the record that a run makes, whatever the generators are.
    @Test func aPreviewIsWhatARunMakes() throws {
        #expect(try nostos.run("run", "job.yml").status == 0)
        let scan = try nostos.run("get", "profile", "1", "2", "3", "4", "9").output
        #expect(
            try nostos.run("preview", "job.yml", "-n", "100").output
                == scan.split(separator: "\n").dropLast().map { $0 + "\n" }.joined())
        let keys = ["1", "2", "3", "4", "9"].flatMap { ["--key", $0] }
        let (process, output, _) = try nostos.start(["preview", "job.yml"] + keys)
        let all = String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(all == scan)
    }

    /// On every key but 1 and 2, the first query fails: who computed all of it would say so.
    @Test func aPreviewPushesItsLimitIntoTheQueries() throws {
        try write(
            """
            job: careful
            index_column: id
            fields:
            - generator: sql_iterator
              sql: >
                SELECT user_id AS id, CASE WHEN user_id < 3 THEN 'ok' ELSE json('{') END AS v
                FROM users
            """, "job.yml")
        let preview = try nostos.run("preview", "job.yml", "-n", "2")
        #expect(preview.output == "1  {\"v\":\"ok\"}\n2  {\"v\":\"ok\"}\n", "\(preview.errors)")
        #expect(try nostos.run("preview", "job.yml", "--key", "2").status == 0)
        #expect(try nostos.run("preview", "job.yml", "-n", "3").status == 65)
        #expect(try nostos.run("run", "job.yml").status == 65)
    }

    @Test func aPreviewOfACompositeKeyFiltersByAllItsParts() throws {
        try write(
            """
            job: pairs
            index_column: [user_id, course]
            fields:
            - generator: sql_iterator
              aggregate: count
              sql: SELECT user_id, course, 1 AS times FROM taken
            - generator: sql_iterator
              sql: SELECT 1 AS user_id, 'b' AS course, 'x' AS note
            """, "job.yml")
        let preview = try nostos.run("preview", "job.yml", "--key", "1,b")
        #expect(preview.output == "[1,\"b\"]  {\"times\":2,\"note\":\"x\"}\n", "\(preview.errors)")
        #expect(
            try nostos.run("preview", "job.yml", "-n", "9").output.split(separator: "\n").count == 4
        )
    }
}
