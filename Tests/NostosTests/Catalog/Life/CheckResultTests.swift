import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// The results of checks, as the catalog keeps them.
@Suite struct CheckResultTests {
    private let result = CheckResult(
        name: "missing", field: "language", severity: .error, status: .failed,
        observed: "50.0 %", limit: "at most 5 %", keys: ["1", "\"a\""], sentence: "half of them")

    private func record(_ run: JobRun) -> RunRecord {
        RunRecord(
            job: run.job, version: run.version, startedAt: run.startedAt, finishedAt: 0,
            outcome: .failed, checks: [result], error: "1 of 1 checks failed")
    }

    /// Also where LMDB is lost and the journal tells all again.
    @Test func resultsAreKeptWithTheVersion() throws {
        let fixture = try CatalogFixture()
        do {
            let catalog = try fixture.open()
            let run = try catalog.beginRun(job: "j", actor: "tester")
            try run.checking()
            try run.reject(reason: "bad", record: record(run))
            #expect(try catalog.runs(job: "j").map(\.checks) == [[result]])
            #expect(try catalog.runs(job: "j").map(\.outcome) == [.rejected])
        }
        try Disk.removeTree(fixture.layout.catalog.appending("data.mdb"))
        #expect(try fixture.open().runs(job: "j").map(\.checks) == [[result]])
        #expect(result.label == "missing language")
    }

    @Test func aRecordOfBeforeThereWereChecksHasNone() throws {
        let old = """
            {"error":"why","finished_at":2,"job":"j","outcome":"failed","stages":[],"started_at":1,\
            "version":3,"warnings":["w"]}
            """
        let record = try #require(CatalogJSON.decode(RunRecord.self, Array(old.utf8)))
        #expect(record.checks.isEmpty)
        #expect(record.version == 3 && record.warnings == ["w"] && record.error == "why")
        let again = try CatalogJSON.encode(record)
        #expect(CatalogJSON.decode(RunRecord.self, again) == record)
    }

    @Test func aResultIsOfBoundedSize() {
        let long = String(repeating: "é", count: 10_000)
        let result = CheckResult(
            name: "in_set", severity: .warn, status: .warn, observed: long, limit: long,
            keys: Array(repeating: long, count: 99), sentence: long)
        #expect(result.keys.count == 10)
        #expect(result.keys.allSatisfy { $0.count == 80 && $0.hasSuffix("…") })
        #expect(
            [result.sentence, result.observed ?? "", result.limit ?? ""].map(\.count)
                == [400, 400, 400])
    }

    /// People look at what was wrong, and may overrule the checks.
    @Test func aRejectedTableStaysUntilNewerOnesPushItOutAndNeverPushesOutAGoodOne() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        try fixture.publish(catalog, keep: 2)
        for _ in 2...4 {
            let run = try catalog.beginRun(job: "j", actor: "tester")
            let summary = try fixture.write(run)
            try run.checking()
            try run.reject(reason: "bad", record: record(run), keeping: summary)
        }
        #expect(
            try fixture.states(catalog) == "1 current, 2 dropped, 3 rejected, 4 rejected")
        #expect(try fixture.tables() == ["j_1.table", "j_3.table", "j_4.table"])
        try catalog.promote(
            job: "j", version: 4, isForced: true, reason: "the check was too strict", actor: "me")
        #expect(
            try fixture.states(catalog) == "1 previous, 2 dropped, 3 rejected, 4 current")
    }

    /// Between the table's name and the catalog's line nothing says that it belongs there.
    @Test func aRunThatDiesWhileItRejectsLeavesNoTable() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        try fixture.publish(catalog)
        do {
            let run = try catalog.beginRun(job: "j", actor: "tester")
            _ = try fixture.write(run)
            try run.checking()
            try Disk.moveExclusively(run.tablePath, to: fixture.layout.table("j", 2))
        }
        try fixture.publish(catalog)
        #expect(try fixture.states(catalog) == "1 previous, 2 failed, 3 current")
        #expect(try fixture.tables() == ["j_1.table", "j_3.table"])
    }
}
