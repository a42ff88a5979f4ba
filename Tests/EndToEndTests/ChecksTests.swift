import Foundation
import SystemPackage
import TestSupport
import Testing

/// A nightly run that computes garbage: the version is rejected before anybody is served, and next
/// morning a person reads why.
@Suite(.timeLimit(.minutes(10))) struct ChecksTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        try write(Self.job, "job.yml")
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private static let job = """
        job: user_profile
        index_column: user_id
        fields:
        - generator: sql_iterator
          sql: SELECT user_id, language, score, plan FROM users
        checks:
        - row_count: {min: 100, max_change: 20%}
        - missing: {field: language, max: 5%}
        - changed: {max: 30%, severity: warn}
        - schema: {removed: error, type_changed: error}
        - must_exist: {keys: [1, 42]}
        - range: {field: score, min: 0, max: 1}
        - in_set: {field: plan, values: [free, pro]}
        - primary_key: {}
        - count_check: {source_sql: "SELECT count(DISTINCT user_id) FROM users", tolerance: 2.0}
        - column_check: {source_sql: "SELECT user_id, language FROM users"}
        """

    private static let good = """
        CREATE TABLE users (user_id BIGINT, language TEXT, score DOUBLE PRECISION, plan TEXT);
        INSERT INTO users WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            SELECT i, CASE i % 2 WHEN 0 THEN 'en' ELSE 'fr' END, (i % 100) / 100.0,
                CASE i % 3 WHEN 0 THEN 'pro' ELSE 'free' END FROM n;
        """

    /// Half of the languages are null, some scores 7.3, 40 % of the rows gone.
    private static let garbage = """
        UPDATE users SET language = NULL WHERE user_id % 2 = 0;
        UPDATE users SET score = 7.3 WHERE user_id % 100 = 7;
        UPDATE users SET plan = 'gold' WHERE user_id = 9;
        DELETE FROM users WHERE user_id > 600 OR user_id = 42;
        """

    enum Database: CaseIterable { case sqlite, postgresql }

    /// Gives a way to run SQL on a fresh database, which is the job's connection.
    private func connect(_ database: Database) throws -> (String) throws -> Void {
        switch database {
        case .sqlite:
            let path = directory.file("app.db")
            try write("local: {type: sqlite, path: app.db}\n", "connections.yml")
            return { try SQLiteFixture.execute($0, at: path) }
        case .postgresql:
            let (server, name) = (
                try PostgresServer.shared(), "checks\(UInt32.random(in: 0 ... .max))"
            )
            try server.createDatabase(named: name)
            let url = server.url(database: name)
            try write("warehouse: {type: postgresql, url: \"\(url)\"}\n", "connections.yml")
            return { try server.execute($0, database: name) }
        }
    }

    @Test(arguments: Database.allCases)
    func garbageIsRejectedBeforeAnybodyIsServedAndTheReasonIsKept(database: Database) throws {
        let execute = try connect(database)
        try execute(Self.good)
        let first = try nostos.run("run", "job.yml")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors.contains("check    row_count         ok       1,000"))
        #expect(first.errors.contains("check    changed           skipped  no current version"))
        try execute(Self.garbage)
        let night = try nostos.run("run", "job.yml")
        #expect(night.status == 2)
        #expect(night.output.isEmpty)
        #expect(
            night.errors.contains(
                "nostos: user_profile 2 rejected: 5 of 10 checks failed: row_count, "
                    + "missing language, must_exist, range score, in_set plan"), "\(night.errors)")
        #expect(night.errors.contains("; 1 stays current"))
        let told = [
            "row_count         FAILED  599 (-40.1 % vs 1); expected at most 20 % more or fewer",
            "missing language  FAILED  49.9 % of 599 keys without language (at most 5 %)",
            "changed           WARN    70.7 % of keys changed (warn above 30 %): 401 removed, ",
            "must_exist        FAILED  1 of 2 keys missing",
            "range score       FAILED  6 of 599 keys outside, such as 7.3 (from 0 to 1)",
            "keys 7, 107, 207, 307, 407, 507",
            #"in_set plan       FAILED  1 of 599 keys with other values, such as "gold""#,
        ]
        let served = try nostos.run("get", "user_profile", "42", "--fields", "language")
        #expect(served.output == "42  {\"language\":\"en\"}\n")
        let shown = try nostos.run("show", "user_profile@2")
        let history = try nostos.run("runs", "user_profile")
        for line in told {
            #expect(night.errors.contains(line), "\(night.errors)")
            #expect(shown.output.contains(line), "\(shown.output)")
            if !line.contains(" ok ") { #expect(history.output.contains(line.prefix(20))) }
        }
        #expect(history.output.contains("4 ok, 1 WARN, 5 FAILED"), "\(history.output)")
        #expect(try nostos.run("ls").output.contains("user_profile  1        1,000"))
    }

    @Test func aDryRunAndAWarningPublishAsTheyShould() throws {
        let execute = try connect(.sqlite)
        try execute(Self.good)
        try write(Self.job.replacing("min: 100,", with: "min: 1001,"), "strict.yml")
        let dry = try nostos.run("run", "strict.yml", "--dry-run")
        #expect(dry.status == 2)
        #expect(dry.errors.contains("row_count         FAILED   1,000; expected at least 1,001"))
        try write(
            Self.job.replacing("max_change: 20%", with: "severity: warn")
                .replacing("min: 100,", with: "min: 1001,"), "warn.yml")
        let warned = try nostos.run("run", "warn.yml", "--log-format", "json")
        #expect(warned.status == 0 && warned.output.hasPrefix("promoted user_profile 1; "))
        let line = try #require(
            warned.errors.split(separator: "\n").first { $0.contains(#""event":"checked""#) })
        let event = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let checks = try #require(event["checks"] as? [[String: Any]])
        #expect(checks.count == 10)
        #expect(checks[0]["status"] as? String == "warn")
        #expect(checks[0]["limit"] as? String == "at least 1,001")
    }

    @Test func aMisspeltFieldIsToldBeforeExtraction() throws {
        let execute = try connect(.sqlite)
        try execute(Self.good)
        try write(Self.job.replacing("field: language", with: "field: langage"), "job.yml")
        let run = try nostos.run("run", "job.yml")
        #expect(run.status == 65)
        #expect(
            run.errors.hasSuffix(
                "job.yml:8:3: check missing: found the unknown field \"langage\", expected language, "
                    + "score or plan; did you mean \"language\"?\n"), "\(run.errors)")
        #expect(!run.errors.contains("extract"))
        let plan = try nostos.run("plan", "job.yml")
        #expect(plan.status == 65)
        #expect(plan.errors.contains("check missing: found the unknown field \"langage\""))
        try write(Self.job, "job.yml")
        #expect(
            try nostos.run("plan", "job.yml").output.contains(
                "row_count (error), missing language (error), changed (warn), schema (error)"))
    }

    @Test func diffTellsWhatChanged() throws {
        let execute = try connect(.sqlite)
        try execute(Self.good)
        #expect(try nostos.run("run", "job.yml").status == 0)
        #expect(try nostos.run("diff", "user_profile").status == 1)
        #expect(try nostos.run("run", "job.yml").status == 0)
        // The previous version to the current one.
        let same = try nostos.run("diff", "user_profile", "--exit-code")
        #expect(same.status == 0 && same.output.contains("unchanged  1,000  100.0 %"))
        try execute(Self.garbage)
        #expect(try nostos.run("run", "job.yml").status == 2)
        // The current version to the one above it.
        let night = try nostos.run("diff", "user_profile", "--rows", "--limit", "3", "--exit-code")
        #expect(night.status == 1)
        #expect(
            night.output == """
                user_profile 2 -> 3: 1,000 -> 599 keys

                KEYS       COUNT  OF 2
                added      0      0.0 %
                removed    401    40.1 %
                changed    306    30.6 %
                unchanged  293    29.3 %

                FIELD     CHANGED  NULL BEFORE  NULL NOW
                language  299      0            299
                score     6        0            0
                plan      1        0            0

                ~ 2  language "en" -> null
                ~ 4  language "en" -> null
                ~ 6  language "en" -> null
                and 704 more keys; --limit shows more

                """, "\(night.output)")
        let json = try nostos.run("diff", "user_profile", "3", "2", "--rows", "-o", "json")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let summary = try #require(document["summary"] as? [String: Any])
        #expect(summary["added"] as? Int == 401)
        let rows = try #require(document["rows"] as? [[String: Any]])
        #expect(rows.count == 100)
        #expect(rows[0]["change"] as? String == "changed" && rows[0]["key"] as? Int == 2)
    }
}
