import Nostos
import NostosLoader
import TestSupport
import Testing

/// A version without keys never replaces one that has some.
@Suite(.timeLimit(.minutes(10))) struct EmptyVersionTests {
    private func job(_ more: String = "", sql: String = "SELECT id, v FROM t") -> String {
        """
        job: j
        index_column: id
        fields:
        - generator: sql_iterator
          sql: \(sql)
        \(more)
        """
    }

    private let script =
        "CREATE TABLE t(id INTEGER, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')"

    @Test(arguments: ["", "checks: [{row_count: {min: 0}}]", "publish: {promote: manual}"])
    func itIsRejectedAndTheOldOneIsServed(more: String) throws {
        let runs = try JobRuns(script)
        try runs.run(job())
        try runs.execute("DELETE FROM t")
        let error = #expect(throws: RunError.self) { try runs.run(job(more)) }
        #expect(error?.kind == .rejected)
        #expect(error?.message.contains("not_empty") == true, "\(error?.message ?? "")")
        #expect(
            runs.lines.last
                == "not_empty failed: the sources gave no rows, and version 1 has 2 keys; "
                + "where that is right: publish: {allow_empty: true}")
        let state = try #require(try runs.catalog.job("j"))
        #expect(state.currentNumber == 1 && state[2]?.state == .rejected)
        #expect(throws: RunError.self) { try runs.dryRun(job(more)) }
        #expect(try runs.plan(job(more)).allowsEmpty == false)
    }

    @Test func itIsPublishedWhereTheJobAllowsIt() throws {
        let runs = try JobRuns(script)
        try runs.run(job())
        try runs.execute("DELETE FROM t")
        let allowing = job("publish: {allow_empty: true}")
        #expect(try runs.plan(allowing).allowsEmpty)
        #expect(try runs.dryRun(allowing).summary.rowCount == 0)
        #expect(try runs.run(allowing).isPromoted)
        #expect(runs.warnings.isEmpty)
        // An empty version is no loss after an empty one.
        #expect(try runs.run(job()).isPromoted)
        #expect(runs.warnings == ["the sources gave no rows: j has no key"])
    }

    @Test func aFirstEmptyVersionIsWarnedAbout() throws {
        let runs = try JobRuns("CREATE TABLE t(id INTEGER, v TEXT)")
        #expect(try runs.run(job()).isPromoted)
        #expect(runs.warnings == ["the sources gave no rows: j has no key"])
    }

    @Test func theKeyKeepsItsTypeWhereNoRowTellsIt() throws {
        let runs = try JobRuns(script)
        let untyped = job(
            "publish: {allow_empty: true}", sql: "SELECT id + 0 AS id, v FROM t")
        try runs.run(untyped)
        try runs.execute("DELETE FROM t")
        try runs.run(untyped)
        #expect(try runs.table("j", 2).info.schema.key == runs.table("j", 1).info.schema.key)
        #expect(try runs.table("j", 2).info.schema.key.isInt64)
    }

    /// A header says nothing of types.
    @Test(arguments: ["csv", "tsv"])
    func theKeyOfAFileWithAHeaderAloneKeepsItsType(format: String) throws {
        let runs = try JobRuns()
        let file = runs.directory.file("t.\(format)")
        let comma = format == "csv" ? "," : "\t"
        let text = """
            job: j
            index_column: id
            fields: [{generator: file, path: t.\(format)}]
            publish: {allow_empty: true}
            """
        try write("id\(comma)v\n1\(comma)a\n", to: file)
        try runs.run(text)
        try write("id\(comma)v\n", to: file)
        try runs.run(text)
        #expect(try runs.table("j", 2).info.rowCount == 0)
        #expect(try runs.table("j", 2).info.schema.key.isInt64)
        // What the job states is stated.
        try runs.run("key_type: string\n" + text)
        #expect(try !runs.table("j", 3).info.schema.key.isInt64)
    }

    @Test func joinsThatLeaveNothingAreEmptyToo() throws {
        let runs = try JobRuns(script)
        try runs.run(job())
        let both = """
            job: j
            index_column: id
            join: first
            fields:
            - generator: sql_iterator
              sql: SELECT id, v FROM t WHERE id < 0
            - generator: sql_iterator
              sql: SELECT id, v AS w FROM t
            """
        #expect(throws: RunError.self) { try runs.run(both) }
    }
}
