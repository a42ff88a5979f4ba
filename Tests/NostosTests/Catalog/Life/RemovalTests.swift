import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Jobs that are removed: the store forgets what they served and keeps their history.
@Suite struct RemovalTests {
    private let fixture: CatalogFixture
    private let catalog: Catalog

    /// A store with the jobs "j", three versions, and "k", one.
    init() throws {
        fixture = try CatalogFixture()
        catalog = try fixture.open()
        for _ in 0..<3 { try fixture.publish(catalog) }
        try fixture.publish(catalog, "k")
    }

    @Test func aRemovedJobIsGoneWithItsTablesAndItsHistoryStays() throws {
        let before = try catalog.events(job: "j").count
        let removed = try catalog.remove(job: "j", reason: "a test job", actor: "ann")
        #expect(removed.versions.allSatisfy { !$0.hasTable })
        #expect(try catalog.jobs().map(\.name) == ["k"])
        #expect(try catalog.job("j") == nil)
        #expect(try catalog.hasHistory(of: "j"))
        #expect(try fixture.tables() == ["k_1.table"])
        #expect(try catalog.runs(job: "j").count == 3)
        let events = try catalog.events(job: "j")
        let event = try #require(events.dropFirst(before).first)
        #expect(event.action == .remove && event.actor == "ann" && event.reason == "a test job")
        #expect(event.from == 3 && event.to == nil)
    }

    @Test func noVerbButARunReachesARemovedJob() throws {
        try catalog.remove(job: "j", reason: "r", actor: "a")
        let before = try catalog.generation()
        let verbs: [() throws -> Void] = [
            { try catalog.remove(job: "j", reason: "r", actor: "a") },
            { try catalog.rollBack(job: "j", reason: "r", actor: "a") },
            { try catalog.promote(job: "j", version: 3, actor: "a") },
            { try catalog.hold(job: "j", reason: "r", actor: "a") },
            { try catalog.release(job: "j", actor: "a") },
            { try catalog.drop(job: "j", version: 3, actor: "a") },
        ]
        for verb in verbs { #expect(throws: CatalogError.unknownJob("j")) { try verb() } }
        #expect(try catalog.generation() == before)
        #expect(try catalog.nextNumber(of: "j") == 4)
        #expect(try fixture.publish(catalog).version == 4)
        #expect(try catalog.job("j")?.currentNumber == 4)
    }

    @Test func aJobWhoseRunIsUnderWayIsBusy() throws {
        do {
            let run = try catalog.beginRun(job: "j", actor: "a")
            #expect(throws: CatalogError.self) {
                try catalog.remove(job: "j", reason: "r", actor: "a")
            }
            #expect(try catalog.job("j")?.currentNumber == 3)
            try run.fail(reason: "broke", record: CatalogFixture.record(run))
        }
        try catalog.remove(job: "j", reason: "r", actor: "a")
        #expect(try catalog.job("j") == nil)
    }

    @Test func whatADeadRunLeftGoesWithTheJob() throws {
        do { _ = try catalog.beginRun(job: "j", actor: "a") }
        try catalog.remove(job: "j", reason: "r", actor: "a")
        #expect(try catalog.runs(job: "j").last?.outcome == .failed)
        #expect(try Disk.names(in: fixture.layout.scratch).isEmpty)
    }

    @Test func aTableThatAReaderHoldsGoesWithALaterSweep() throws {
        var lease = try FileLock.tryLock(fixture.layout.table("j", 3), .shared)
        #expect(lease != nil)
        try catalog.remove(job: "j", reason: "r", actor: "a")
        #expect(try fixture.tables() == ["j_3.table", "k_1.table"])
        lease = nil
        try catalog.sweep()
        #expect(try fixture.tables() == ["k_1.table"])
    }

    @Test(arguments: [true, false])
    func aLostFileForgetsNoRemoval(isDataFile: Bool) throws {
        try catalog.remove(job: "j", reason: "r", actor: "a")
        try Disk.unlink(isDataFile ? fixture.layout.data : fixture.layout.journal)
        let again = try fixture.open()
        #expect(try again.jobs().map(\.name) == ["k"])
        #expect(try again.nextNumber(of: "j") == 4)
    }

    @Test func aReaderForgetsTheJob() throws {
        let store = try Store(opening: fixture.root)
        #expect(store.snapshot().jobs["j"] != nil)
        try catalog.remove(job: "j", reason: "r", actor: "a")
        store.refresh()
        #expect(store.snapshot().jobs["j"] == nil)
        #expect(store.snapshot().problems.allSatisfy { $0.job != "j" })
        store.close()
    }

    @Test func removalsAreReadInBothForms() throws {
        try catalog.remove(job: "j", reason: "r", actor: "a")
        let state = try #require(try catalog.storedJob("j"))
        let bytes = try CatalogJSON.encode(state)
        #expect(CatalogJSON.decode(JobState.self, bytes) == state)
    }
}
