import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// The reported counts of a run are those of the stored rows, and the rows left out are counted.
@Suite(.timeLimit(.minutes(10))) struct HonestFiguresTests {
    private let script = """
        CREATE TABLE r(id INTEGER, v REAL, n INTEGER);
        INSERT INTO r VALUES (1, 5, 1), (1, 4.5, 2), (1, 0.5, 3), (2, 4, 1), (2, 0.25, 2);
        """

    private func job(_ more: String, _ sql: String = "SELECT id, v FROM r ORDER BY id, n") -> String
    {
        """
        job: j
        index_column: id
        fields:
        - generator: sql_iterator
          sql: \(sql)
          \(more)
        """
    }

    @Test func statisticsAndVocabularyAreOfWhatTheLimitLeaves() throws {
        let runs = try JobRuns(script)
        try runs.run(job("aggregate: list\n  limit_per_key: 1"))
        let limited = try runs.table("j", 1).metadata().fields[0]
        #expect(limited.distinctCount == 2)
        #expect(limited.minimum == "4" && limited.maximum == "5")
        // As if the source had left them out.
        try runs.run(job("aggregate: list", "SELECT id, v FROM r WHERE n = 1 ORDER BY id"))
        #expect(try runs.table("j", 2).metadata().fields[0] == limited)
        try runs.run(job("is_set: true\n  limit_per_key: 1"))
        let set = try runs.table("j", 3).metadata().fields[0]
        #expect(set.minimum == "0.25" && set.maximum == "0.5" && set.distinctCount == 2)
    }

    @Test func aLimitOnTextsLeavesNoTraceOfTheOthers() throws {
        let runs = try JobRuns(
            "CREATE TABLE t(id INTEGER, s TEXT); INSERT INTO t WITH RECURSIVE n(i) AS "
                + "(SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 4000) "
                + "SELECT i % 40, 'text number ' || i FROM n")
        try runs.run(job("aggregate: list\n  limit_per_key: 1", "SELECT id, s FROM t"))
        try runs.run(
            job(
                "aggregate: list",
                "SELECT id, s FROM t WHERE s IN "
                    + "(SELECT s FROM t GROUP BY id HAVING min(rowid))"))
        let limited = try runs.table("j", 1).info
        let plain = try runs.table("j", 2).info
        #expect(limited.rowCount == plain.rowCount && limited.size <= plain.size + 64)
    }

    @Test func statisticsAreOfTheRowsThatStay() throws {
        let runs = try JobRuns(
            script + "CREATE TABLE u(id INTEGER, w INTEGER); INSERT INTO u VALUES (1, 7), (9, 1000)"
        )
        let sql = "SELECT id, v FROM r WHERE n < 3 ORDER BY id, n"
        try runs.run(job("", sql) + "\non_duplicate: last")
        let last = try runs.table("j", 1).metadata().fields[0]
        #expect(last.minimum == "0.25" && last.maximum == "4.5" && last.distinctCount == 2)
        let second = "- generator: sql_iterator\n  sql: SELECT id, w FROM u"
        try runs.run(job("is_set: true", sql) + "\n\(second)\njoin: first")
        let fields = try runs.table("j", 2).metadata().fields
        #expect(fields[0].maximum == "5" && fields[1].maximum == "7")
        #expect(fields[1].distinctCount == 1)
    }

    @Test func rowsThatLostAgainstOthersAreCountedWhateverTheForm() throws {
        let runs = try JobRuns(
            "CREATE TABLE t(id INTEGER, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (2, 'c')")
        let sql = "SELECT id, v FROM t"
        let checks = "\nchecks: [{primary_key: {}}]"
        try runs.run(job("", sql) + "\non_duplicate: last" + checks)
        #expect(runs.warnings == ["v: 1 key had 2 rows, for example 2; the last stayed"])
        #expect(
            runs.lines == [
                "primary_key warn: 2 keys, each once; "
                    + "1 key had 2 rows, for example 2; the last stayed"
            ])
        try runs.execute("INSERT INTO t VALUES (1, 'd'), (1, 'e')")
        try runs.run(job("", sql) + "\non_duplicate: first")
        #expect(runs.warnings == ["v: 2 keys had 5 rows, for example 1; the first of each stayed"])
        let kept = try runs.catalog.runs(job: "j").last?.warnings
        #expect(kept == runs.warnings)
        try runs.run(job("aggregate: last", sql) + checks)
        #expect(runs.warnings.isEmpty)
        #expect(runs.lines == ["primary_key ok: 2 keys, each once and none null"])
    }

    @Test func inDataductsFormRowsThatWereReplacedAreNoFault() throws {
        let runs = try JobRuns(
            "CREATE TABLE t(id INTEGER, v TEXT); INSERT INTO t VALUES (2, 'b'), (2, 'c')")
        try runs.run(
            """
            steps:
            - step_type: nostos-v2
              job_name: j
              index_column: id
              fields: [{generator: sql_iterator, sql: "SELECT id, v FROM t"}]
            - step_type: primary-key-check
            """)
        #expect(runs.warnings == ["v: 1 key had 2 rows, for example 2; the last stayed"])
        #expect(
            runs.lines.count == 1 && runs.lines[0].hasPrefix("primary_key ok: 1 key, each once"))
    }

    private func checked(_ columns: String, _ checks: String) -> String {
        """
        job: j
        index_column: id
        fields:
        - generator: sql_iterator
          sql: SELECT id, \(columns) FROM r WHERE n = 1
        checks:
        \(checks)
        """
    }

    @Test func aCheckOfAFieldThatIsGoneFailsBesideTheSchemaCheck() throws {
        let runs = try JobRuns(script)
        let checks = """
            - schema: {}
            - in_set: {field: plan, values: [free]}
            - range: {field: v, min: 0}
            - missing: {field: plan, max: 5%, severity: warn}
            - column_check: {source_sql: "SELECT id, 'free' AS plan FROM r WHERE n = 1"}
            """
        try runs.run(checked("v, 'free' AS plan", checks))
        let error = #expect(throws: RunError.self) { try runs.run(checked("v", checks)) }
        #expect(error?.kind == .rejected)
        #expect(
            runs.lines.map { $0.prefix { $0 != ":" } } == [
                "schema failed", "in_set plan failed", "range v ok", "missing plan warn",
                "column_check failed",
            ])
        #expect(runs.lines[0].hasPrefix("schema failed: removed plan"))
        #expect(
            runs.lines[1]
                == #"in_set plan failed: could not be evaluated: there is no field "plan" any more, only v"#
        )
        let plan = try runs.plan(checked("v", checks))
        #expect(plan.changes.map { "\($0.name) \($0.kind.rawValue)" } == ["plan removed"])
        // A field that never was is still the job file's mistake.
        let mistake = "- in_set: {field: plam, values: [free]}"
        #expect(
            #expect(throws: RunError.self) { try runs.run(checked("v", mistake)) }?.kind == .badJob)
    }

    @Test func aRangeOfAFieldThatIsTextNowFailsBesideTheSchemaCheck() throws {
        let runs = try JobRuns(
            script
                + "CREATE TABLE s(id INTEGER, v TEXT, n INTEGER); INSERT INTO s VALUES (1, 'x', 1)")
        let checks = "- schema: {}\n- range: {field: v, min: 0}"
        try runs.run(checked("v", checks))
        let retyped = checked("v", checks).replacing("FROM r", with: "FROM s")
        #expect(#expect(throws: RunError.self) { try runs.run(retyped) }?.kind == .rejected)
        #expect(runs.lines.count == 2 && runs.checks.allSatisfy { $0.status == .failed })
    }
}
