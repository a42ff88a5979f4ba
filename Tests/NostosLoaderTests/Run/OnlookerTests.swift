import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// The progress and the figures that a run leaves for other processes and for later.
@Suite(.timeLimit(.minutes(10))) struct OnlookerTests {
    private static let job = """
        job: spend
        owner: ds-team
        description: What customers spent.
        index_column: id
        fields:
        - generator: sql_iterator
          sql: SELECT id, amount FROM spend
        checks: [{missing: {field: amount, max: 60%}}]
        """

    @Test
    func aRunTellsHowFarItIsAndKeepsItsFigures() throws {
        let runs = try JobRuns(
            """
            CREATE TABLE spend(id INTEGER, amount INTEGER);
            INSERT INTO spend VALUES (1, 10), (2, 30), (3, NULL), (4, 20);
            """)
        var seen: [ActiveRun] = []
        runs.onExtracted = { _ in seen += (try? runs.catalog.activeRuns()) ?? [] }
        try runs.run(Self.job)
        #expect(seen.map(\.job) == ["spend"] && seen.map(\.version) == [1])
        #expect(seen.map(\.actor) == ["tester"])
        #expect(try runs.catalog.activeRuns().isEmpty)

        let record = try #require(try runs.catalog.runs(job: "spend").first)
        let amount = try #require(record.fields.first)
        #expect(amount.name == "amount" && amount.rows == 4 && amount.nulls == 1)
        #expect(amount.minimum == 10 && amount.maximum == 30 && amount.mean == 20)
        let state = try #require(try runs.catalog.job("spend"))
        #expect(state.owner == "ds-team" && state.description == "What customers spent.")
    }

    @Test func aRejectedRunKeepsItsFiguresToo() throws {
        let runs = try JobRuns(
            "CREATE TABLE spend(id INTEGER, amount INTEGER); INSERT INTO spend VALUES (1, NULL);")
        #expect(throws: RunError.self) { try runs.run(Self.job) }
        let record = try #require(try runs.catalog.runs(job: "spend").first)
        #expect(record.outcome == .rejected && record.fields.map(\.nullShare) == [1])
        #expect(try runs.catalog.activeRuns().isEmpty)
    }

    @Test func theRecorderTellsStagesLinesAndWarnings() throws {
        let directory = try TemporaryDirectory()
        let catalog = try Catalog.open(directory.file("store"), create: true)
        let run = try catalog.beginRun(job: "j", actor: "tester")
        let recorder = ProgressRecorder(run)
        defer { recorder.stop() }
        recorder.take(.extract(generator: "a", rows: 1200, isDone: true))
        recorder.take(.warning("odd"))
        recorder.take(.write(rows: 7, share: 1, size: 900))
        recorder.take(.verified(rows: 7))
        recorder.take(.checking(rows: 3))
        recorder.take(
            .checked([
                CheckResult(name: "row_count", severity: .warn, status: .warn, sentence: "few")
            ]))
        let shown = recorder.shown
        #expect(shown.stage == "check" && shown.warningCount == 2 && shown.share == 1)
        #expect(
            shown.log.map(\.text) == [
                "extract a: 1,200 rows", "warning: odd", "write: 7 keys, 900 bytes",
                "read back: 7 keys", "check row_count: few",
            ])
    }
}
