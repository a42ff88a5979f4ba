import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Checks that ask a source: a real SQLite file.
@Suite(.timeLimit(.minutes(10))) struct SourceChecksTests {
    private let run: CheckedRun

    init() throws { run = try CheckedRun() }

    /// The result of the one check, whether it rejects or not.
    private func found(_ check: String, connections: String = "") throws -> String {
        do { try run.run(check, connections: connections) } catch let error as RunError {
            #expect(error.kind == .rejected, "\(error)")
        }
        return try #require(try run.kept().first)
    }

    private func count(_ sql: String, _ more: String = "") throws -> String {
        try found("- count_check: {source_sql: \"\(sql)\"\(more)}")
    }

    @Test func aCountWithinTheToleranceOfOnePercentHolds() throws {
        #expect(
            try count("SELECT count(*) FROM t")
                == "count_check ok: 100 keys, 100 in the source: 0.0 % apart (at most 1 %)")
        #expect(
            try count("SELECT 101")
                == "count_check ok: 100 keys, 101 in the source: 0.99 % apart (at most 1 %)")
        #expect(
            try count("SELECT 99")
                == "count_check failed: 100 keys, 99 in the source: 1.01 % apart (at most 1 %)")
        #expect(
            try count("SELECT 80", ", tolerance: 25")
                == "count_check ok: 100 keys, 80 in the source: 25.0 % apart (at most 25 %)")
        #expect(
            try count("SELECT 0", ", tolerance: 100")
                == "count_check failed: 100 keys, 0 in the source: keys from nowhere")
    }

    @Test func nothingOnBothSidesAgrees() throws {
        try run.execute("DELETE FROM t")
        #expect(
            try count("SELECT count(*) FROM t")
                == "count_check ok: 0 keys, 0 in the source: 0.0 % apart (at most 1 %)")
    }

    @Test(arguments: [
        ("SELECT id FROM t", "the query gives more than one row, expected one number"),
        ("SELECT 1, 2", "the query gives 2 columns and rows, expected one number"),
        ("SELECT 1 WHERE 0", "the query gives 1 column and no row, expected one number"),
        ("SELECT 'many'", "the query gives \"many\", expected a whole number from 0 on"),
        ("SELECT NULL", "the query gives null, expected a whole number from 0 on"),
        ("SELECT -1", "the query gives -1, expected a whole number from 0 on"),
        ("SELECT 1.5", "the query gives 1.5, expected a whole number from 0 on"),
    ])
    func aQueryThatGivesNoCountNeverPasses(sql: String, reason: String) throws {
        #expect(
            try count(sql, ", tolerance: 100")
                == "count_check failed: could not be evaluated: \(reason)")
    }

    private func column(_ sql: String, _ more: String = "") throws -> String {
        try found("- column_check: {source_sql: \"\(sql)\", sample_size: 1000\(more)}")
    }

    @Test func sampledKeysAreComparedFieldByField() throws {
        #expect(
            try column("SELECT id, a, b FROM t")
                == "column_check ok: 0.0 % of 100 sampled keys differ (at most 1 %)")
        #expect(
            try column("SELECT b, CASE id WHEN 7 THEN 70 ELSE a END AS a, id FROM t")
                == "column_check ok: 1.0 % of 100 sampled keys differ (at most 1 %), "
                + "such as a of 7: 70 in the source, 7")
        #expect(
            try column("SELECT id, CASE WHEN id < 3 THEN NULL ELSE b END AS b FROM t")
                .hasPrefix("column_check failed: 2.0 % of 100 sampled keys differ (at most 1 %), "))
        #expect(try run.catalog.runs(job: "j").last?.checks[0].keys == ["1", "2"])
    }

    /// Types count: the text 5 is not the number 5.
    @Test func valuesAreComparedByType() throws {
        #expect(
            try column("SELECT id, CAST(a AS TEXT) AS a FROM t", ", tolerance: 99.9")
                .hasPrefix("column_check failed: 100.0 % of 100 sampled keys differ"))
    }

    @Test func onlyKeysOnBothSidesAreCompared() throws {
        #expect(
            try column("SELECT id + 90 AS id, (id + 90) % 10 AS a FROM t UNION ALL SELECT NULL, 1")
                == "column_check ok: 0.0 % of 10 sampled keys differ (at most 1 %)")
        #expect(
            try column("SELECT id + 100 AS id, a FROM t", ", tolerance: 100")
                == "column_check failed: no key to compare: none of the source's 100 rows has a key "
                + "of the table")
        #expect(
            try column("SELECT 'x' AS id, 1 AS a")
                == "column_check failed: could not be evaluated: row 1: the key column \"id\" is "
                + "string \"x\", expected int64")
    }

    @Test func aSampleIsNoLargerThanItIsStated() throws {
        let found = try found(
            "- column_check: {source_sql: \"SELECT id, a + 1 AS a FROM t\", sample_size: 7}")
        #expect(found.hasPrefix("column_check failed: 100.0 % of 7 sampled keys differ"))
    }

    /// The source goes while the job is read: here, a file that is no database by then.
    @Test func aSourceThatFailsFailsTheCheckAndAWarningOnlyTells() throws {
        let connections = "other: {type: postgresql, url: \"postgresql://u:p@127.0.0.1:1/d\"}\n"
        let check = "- count_check: {source_sql: SELECT 100, connection: other"
        #expect(
            try found("\(check)}", connections: connections).hasPrefix(
                "count_check failed: could not be evaluated: check count_check: connection other "
                    + "is not available: "))
        let outcome = try run.run("\(check), severity: warn}", connections: connections)
        #expect(outcome.isPromoted)
        #expect(try run.kept()[0].hasPrefix("count_check warn: could not be evaluated: "))
    }

    @Test func noResultShowsASecret() throws {
        let secret = "hunter2"
        _ = #expect(throws: RunError.self) {
            try run.run(
                """
                - count_check: {source_sql: "SELECT '{{ env_var('SECRET') }}'"}
                - column_check: {source_sql: "SELECT 1 AS id, '{{ env_var('SECRET') }}' AS b"}
                """, secret: secret)
        }
        let kept = try run.kept().joined()
        #expect(kept.contains("\"***\", expected a whole number"))
        #expect(kept.contains("b of 1: \"***\" in the source"))
        #expect(!kept.contains(secret))
        #expect(!run.told.contains { "\($0)".contains(secret) })
    }
}
