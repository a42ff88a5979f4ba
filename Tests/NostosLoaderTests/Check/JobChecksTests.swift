import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Checks as the gate of whole runs.
@Suite(.timeLimit(.minutes(10))) struct JobChecksTests {
    private let run: CheckedRun

    init() throws { run = try CheckedRun() }

    private func refusal(_ checks: String, connections: String = "") -> RunError? {
        #expect(throws: RunError.self) { try run.run(checks, connections: connections) }
    }

    @Test func aVersionThatPassesIsPromotedAndKeepsWhatWasFound() throws {
        let outcome = try run.run(
            """
            - row_count: {min: 100}
            - missing: {field: b, max: 0%}
            - range: {field: a, min: 0, max: 9}
            - must_exist: {keys: [1, 100]}
            - primary_key: {}
            """)
        #expect(outcome.isPromoted)
        #expect(
            try run.kept() == [
                "row_count ok: 100",
                "missing b ok: 0.0 % of 100 keys without b (at most 0 %)",
                "range a ok: all values from 0 to 9", "must_exist ok: all 2 keys are there",
                "primary_key ok: 100 keys, each once and none null",
            ])
        #expect(run.told == (try run.catalog.runs(job: "j").last?.checks))
    }

    @Test func aFailedCheckRejectsTheVersionAndWhatWasCurrentStays() throws {
        try run.run("- row_count: {min: 1}")
        let checks = "- range: {field: a, min: 0, max: 8}\n- row_count: {min: 101}"
        let error = try #require(refusal(checks))
        #expect(error.kind == .rejected)
        #expect(
            error.message
                == "j 2 rejected: 2 of 2 checks failed: range a, row_count; 1 stays current")
        let job = try #require(try run.catalog.job("j"))
        #expect(job.currentNumber == 1)
        #expect(job[2]?.state == .rejected)
        #expect(job[2]?.reason == "2 of 2 checks failed: range a, row_count")
        let record = try #require(try run.catalog.runs(job: "j").last)
        #expect(record.outcome == .rejected)
        #expect(
            record.checks[0].keys == ["9", "19", "29", "39", "49", "59", "69", "79", "89", "99"])
        #expect(record.stages.last?.name == "check")
        // Its table is there for those who want to look.
        #expect(job[2]?.hasTable == true)
        let table = try run.catalog.openTable(job: "j", version: 2)
        #expect(try table.verify() == 100)
    }

    @Test func aFailedCheckThatOnlyWarnsPromotes() throws {
        let outcome = try run.run("- row_count: {min: 101, severity: warn}")
        #expect(outcome.isPromoted)
        #expect(try run.kept() == ["row_count warn: 100; expected at least 101"])
    }

    @Test func aRejectedVersionIsNotWhatTheNextOneIsComparedWith() throws {
        try run.run("- row_count: {max_change: 10%}")
        try run.execute("DELETE FROM t WHERE id > 50")
        #expect(refusal("- row_count: {max_change: 10%}")?.kind == .rejected)
        #expect(refusal("- row_count: {max_change: 10%}")?.kind == .rejected)
        #expect(
            try run.kept() == [
                "row_count failed: 50 (-50.0 % vs 1); expected at most 10 % more or fewer"
            ])
    }

    /// Before any row is read: no extraction stage is in the record.
    @Test(arguments: [
        (
            "- missing: {field: c, max: 5%}",
            "check missing: found the unknown field \"c\", expected a or b"
        ),
        (
            "- range: {field: b, min: 0}",
            "check range: found the field \"b\" of type string, expected numbers"
        ),
        (
            "- must_exist: {keys: [\"1\"]}",
            "check must_exist: the key \"1\" is text, the job's are numbers"
        ),
        (
            "- column_check: {source_sql: \"SELECT id, c FROM (SELECT id, a AS c FROM t)\"}",
            "check column_check: found the column \"c\", expected a field of the job: a or b"
        ),
        (
            "- column_check: {source_sql: SELECT a FROM t}",
            "check column_check: found the columns \"a\", expected the index column \"id\" among them"
        ),
        (
            "- column_check: {source_sql: SELECT id FROM t}",
            "check column_check: only index columns, expected at least one field beside"
        ),
    ])
    func aCheckThatDoesNotFitTheJobIsToldBeforeExtraction(check: String, message: String) throws {
        let error = try #require(refusal(check))
        #expect(error.kind == .badJob)
        #expect(error.message.hasSuffix("j.yml:8:3: \(message)"), "\(error.message)")
        #expect(try run.catalog.runs(job: "j").last?.stages.isEmpty == true)
    }

    @Test func allThatIsWrongIsToldAtOnceAndSQLWithItsPlace() throws {
        let error = try #require(
            refusal(
                """
                - in_set: {field: x, values: [1]}
                - count_check:
                    source_sql: |
                      SELECT count(*)
                      FROM nowhere
                - missing: {field: y, max: 1%}
                """))
        let lines = error.message.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].contains("j.yml:8:3: check in_set: found the unknown field \"x\""))
        #expect(lines[1].contains("j.yml:13:3: check missing"))
        #expect(lines[2].contains("j.yml:11:"), "\(lines[2])")
        #expect(lines[2].contains("check count_check: connection local refused the SQL"))
    }

    @Test func keysOfSeveralColumnsAreChecked() throws {
        _ = #expect(throws: RunError.self) {
            try run.run(
                """
                - must_exist: {keys: [[1, b1], [2, b1], [100, b100]]}
                - column_check: {source_sql: "SELECT b, a, id FROM t", sample_size: 100}
                - primary_key: {}
                - range: {field: a, max: 8}
                """, index: "[id, b]")
        }
        let checks = try #require(try run.catalog.runs(job: "j").last).checks
        #expect(checks.map(\.status) == [.failed, .ok, .ok, .failed])
        #expect(checks[0].keys == [#"[2,"b1"]"#])
        #expect(checks[1].sentence == "0.0 % of 100 sampled keys differ (at most 1 %)")
        #expect(checks[3].keys.prefix(2) == [#"[9,"b9"]"#, #"[19,"b19"]"#])
        let refusal = #expect(throws: RunError.self) {
            try run.run("- must_exist: {keys: [[b1, 1]]}", index: "[id, b]")
        }
        #expect(refusal?.kind == .badJob)
    }

    @Test func aConnectionThatIsNotThereIsToldBeforeExtraction() throws {
        let error = try #require(
            refusal("- count_check: {source_sql: SELECT 1, connection: maestro}"))
        #expect(error.kind == .configuration)
        #expect(
            error.message == "found the unknown connection \"maestro\", expected local of "
                + "\(run.directory.file("connections.yml"))")
    }
}
