import SystemPackage
import TestSupport
import Testing

@testable import Nostos

@Suite struct CatalogTests {
    private let fixture: CatalogFixture
    private let catalog: Catalog

    init() throws {
        fixture = try CatalogFixture()
        catalog = try fixture.open()
    }

    @Test func aStoreIsMadeOnlyWhenAskedFor() throws {
        let other = fixture.directory.file("other")
        #expect(throws: CatalogError.noStore(path: other.string)) {
            try Catalog.open(other, create: false)
        }
        #expect(try !Disk.exists(other))
        _ = try Catalog.open(other, create: true)
        #expect(try Catalog.open(other, create: false).jobs().isEmpty)
    }

    @Test func aRunEndsWithItsVersionCurrent() throws {
        let outcome = try fixture.publish(catalog)
        #expect(outcome.isPromoted && outcome.version == 1 && outcome.from == nil)
        let job = try #require(try catalog.job("j"))
        #expect(job.current?.digest == "digest 1")
        #expect(try fixture.tables() == ["j_1.table"])
        #expect(try Disk.names(in: fixture.layout.scratch) == [])
        let run = try #require(try catalog.runs(job: "j").first)
        #expect(run.outcome == .promoted && run.stages.count == 1 && run.finishedAt > 0)
    }

    @Test func aFourthRunDropsTheFirstVersionAndDeletesItsTable() throws {
        for _ in 0..<3 { try fixture.publish(catalog) }
        let outcome = try fixture.publish(catalog)
        #expect(outcome.dropped == [1] && outcome.freed == [1])
        #expect(try fixture.tables() == ["j_2.table", "j_3.table", "j_4.table"])
        #expect(
            try fixture.states(catalog) == "1 dropped, 2 previous, 3 previous, 4 current")
    }

    @Test func aDroppedTableOutlivesItsDelay() throws {
        for _ in 0..<4 { try fixture.publish(catalog, dropDelay: .seconds(600)) }
        #expect(try fixture.tables().count == 4)
        #expect(try catalog.sweep() == [])
        try fixture.publish(catalog, dropDelay: .zero)
        #expect(try fixture.tables().count == 4, "what was promised to the first holds")
    }

    @Test func aDropByAClockThatWasSetBackSinceDoesNotWaitForYears() {
        let minute: Int64 = 60_000_000
        let day = 1440 * minute
        var version = VersionRecord(number: 1, startedAt: 0)
        version.dropAfter = 3650 * day
        #expect(!version.isDue(at: 3650 * day - 1, delay: minute))
        #expect(version.isDue(at: 3650 * day, delay: minute))
        #expect(!version.isDue(at: 3649 * day, delay: minute))
        #expect(version.isDue(at: 3649 * day - 1, delay: minute))
        #expect(!version.isDue(at: 3649 * day - 1, delay: 2 * day))
        #expect(version.isDue(at: 0, delay: 2 * day))
        version.dropAfter = nil
        #expect(version.isDue(at: 0, delay: minute))
    }

    @Test func aTableThatAReaderHoldsIsDeletedAfterwards() throws {
        for _ in 0..<3 { try fixture.publish(catalog) }
        let path = fixture.layout.table("j", 1)
        var lease = try FileLock.tryLock(path, .shared)
        #expect(lease != nil)
        #expect(try fixture.publish(catalog).freed == [])
        #expect(try fixture.tables().contains("j_1.table"))
        lease = nil
        #expect(try catalog.sweep() == [TableName(job: "j", number: 1)])
        #expect(try !fixture.tables().contains("j_1.table"))
        #expect(try catalog.sweep() == [])
    }

    @Test func aSecondRunOfTheJobIsBusyAndHarmsNothing() throws {
        let first = try catalog.beginRun(job: "j", actor: "a")
        let other = try fixture.open()
        let refusal = #expect(throws: CatalogError.self) {
            try other.beginRun(job: "j", actor: "b")
        }
        guard case .busy(let job, let pid, let since) = refusal else {
            Issue.record("two runs at a time: \(refusal.debugDescription)")
            return
        }
        #expect(job == "j" && pid > 0 && since == first.startedAt)
        let beside = try other.beginRun(job: "k", actor: "b")
        #expect(beside.version == 1)
        _ = try first.publish(
            summary: try fixture.write(first), promote: true, keepVersions: 3, dropDelay: .zero,
            record: CatalogFixture.record(first))
        #expect(try catalog.job("j")?.currentNumber == 1)
    }

    @Test func whatADeadRunLeftGoesWithTheNextRun() throws {
        try fixture.publish(catalog)
        // Two runs die: one while it writes, one after its table has its name.
        for isNamed in [false, true] {
            let run = try catalog.beginRun(job: "j", actor: "a")
            _ = try fixture.write(run)
            if isNamed {
                try Disk.moveExclusively(
                    run.tablePath, to: fixture.layout.table("j", run.version))
            }
        }
        #expect(try catalog.job("j")?.currentNumber == 1)
        #expect(try fixture.tables() == ["j_1.table", "j_3.table"])
        let beside = fixture.layout.scratch.appending("jj_1.77")
        try Disk.makeDirectory(beside)

        let outcome = try fixture.publish(catalog)
        #expect(outcome.version == 4)
        #expect(
            try fixture.states(catalog) == "1 previous, 2 failed, 3 failed, 4 current")
        #expect(try fixture.tables() == ["j_1.table", "j_4.table"])
        #expect(try Disk.names(in: fixture.layout.scratch) == ["jj_1.77"])
        #expect(
            try catalog.runs(job: "j").map(\.outcome) == [.promoted, .failed, .failed, .promoted])
    }

    @Test func aTableIsNeverOverwritten() throws {
        let run = try catalog.beginRun(job: "j", actor: "a")
        let summary = try fixture.write(run)
        let target = fixture.layout.table("j", 1)
        try Disk.create(target, [1, 2, 3])
        #expect(throws: CatalogError.exists(path: target.string)) {
            try run.publish(
                summary: summary, promote: true, keepVersions: 3, dropDelay: .zero,
                record: CatalogFixture.record(run))
        }
        #expect(try fixture.bytes(target) == [1, 2, 3])
        #expect(try catalog.job("j")?.current == nil)
    }

    @Test func aTableOfAnotherSizeThanItsSummaryIsRefused() throws {
        let run = try catalog.beginRun(job: "j", actor: "a")
        _ = try fixture.write(run)
        #expect(throws: CatalogError.self) {
            try run.publish(
                summary: TableSummary(rowCount: 1, size: 1, digest: "d"), promote: true,
                keepVersions: 3, dropDelay: .zero, record: CatalogFixture.record(run))
        }
        #expect(try fixture.tables() == [])
    }

    @Test func tablesBeyondTheNextNumberSayThatTheCatalogIsOld() throws {
        try Disk.create(fixture.layout.table("j", 7), [1])
        #expect(throws: CatalogError.self) { try catalog.beginRun(job: "j", actor: "a") }
        #expect(try fixture.tables() == ["j_7.table"])
    }

    @Test func failedAndRejectedRunsLeaveNothingButTheirRecord() throws {
        for isRejected in [false, true] {
            let run = try catalog.beginRun(job: "j", actor: "a")
            _ = try fixture.write(run)
            let record = CatalogFixture.record(run)
            if isRejected {
                try run.reject(reason: "row_count", record: record)
            } else {
                try run.fail(reason: "disk full", record: record)
            }
            #expect(try !Disk.exists(run.scratch))
        }
        #expect(try fixture.states(catalog) == "1 failed, 2 rejected")
        #expect(try catalog.runs().map(\.outcome) == [.failed, .rejected])
    }

    @Test func everyChangeIsAnEvent() throws {
        for _ in 0..<2 { try fixture.publish(catalog) }
        try catalog.rollBack(job: "j", reason: "titles empty", actor: "ann")
        try catalog.promote(job: "j", version: 2, actor: "bob")
        try catalog.hold(job: "j", reason: "freeze", actor: "ops")
        try catalog.release(job: "j", actor: "ops")
        try catalog.drop(job: "j", version: 1, reason: "old", actor: "ops")
        let events = try catalog.events(job: "j")
        #expect(
            events.map(\.action) == [
                .begin, .check, .publish, .begin, .check, .publish, .rollback, .promote, .hold,
                .release, .drop, .free,
            ])
        let rollback = events[6]
        #expect(rollback.actor == "ann" && rollback.reason == "titles empty")
        #expect(rollback.from == 2 && rollback.to == 1 && rollback.version == 1)
        let all = try catalog.events()
        #expect(all.map(\.generation) == Array(1...UInt64(all.count)))
        #expect(all.first?.action == .create)
        #expect(try catalog.generation() == UInt64(all.count))
        #expect(try fixture.tables() == ["j_2.table"])
    }

    @Test func reasonsAndNamesAreChecked() throws {
        try fixture.publish(catalog)
        let long = String(repeating: "x", count: Catalog.maxTextSize + 1)
        for reason in ["", "  ", long] {
            #expect(throws: CatalogError.self) {
                try catalog.hold(job: "j", reason: reason, actor: "a")
            }
            #expect(throws: CatalogError.self) {
                try catalog.rollBack(job: "j", reason: reason, actor: "a")
            }
        }
        #expect(throws: CatalogError.badJobName("../x")) {
            try catalog.beginRun(job: "../x", actor: "a")
        }
        #expect(throws: CatalogError.unknownJob("k")) {
            try catalog.release(job: "k", actor: "a")
        }
        #expect(try catalog.job("k") == nil, "a refused verb makes no job")
    }

    @Test func textOfAnyKindComesBack() throws {
        try fixture.publish(catalog)
        let reason = "line\nbreak \u{1F4A5} \"quoted\" \\ \u{0} \u{7F} \u{2028}"
        try catalog.hold(job: "j", reason: reason, actor: "a\tb")
        #expect(try catalog.job("j")?.hold?.reason == reason)
        #expect(try catalog.events(job: "j").last?.reason == reason)
    }

    @Test func runsAreRememberedUpToALimit() throws {
        for _ in 0..<CatalogContents.maxRuns + 3 {
            let run = try catalog.beginRun(job: "j", actor: "a")
            try run.fail(reason: "x", record: CatalogFixture.record(run))
        }
        let runs = try catalog.runs(job: "j")
        #expect(runs.count == CatalogContents.maxRuns)
        #expect(runs.first?.version == 4 && runs.last?.version == 103)
    }

    @Test func threadsAndCatalogsChangeTheSameStoreAtTheSameTime() async throws {
        let root = fixture.root
        let fixture = fixture
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<4 {
                group.addTask {
                    let catalog = try Catalog.open(root, create: false)
                    for _ in 0..<5 { try fixture.publish(catalog, "job\(index)") }
                }
            }
            try await group.waitForAll()
        }
        #expect(try catalog.jobs().map(\.currentNumber) == [5, 5, 5, 5])
        let events = try catalog.events()
        #expect(events.map(\.generation) == Array(1...UInt64(events.count)))
        #expect(try fixture.tables().count == 12)
    }
}
