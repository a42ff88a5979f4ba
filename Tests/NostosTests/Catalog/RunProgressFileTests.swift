import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// The runs that are under way, as other processes see them.
@Suite(.timeLimit(.minutes(10))) struct RunProgressFileTests {
    @Test
    func aRunIsSeenAsLongAsItIsUnderWay() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        #expect(try catalog.activeRuns().isEmpty)
        let run = try catalog.beginRun(job: "j", actor: "tester")
        #expect(try catalog.activeRuns().isEmpty, "nothing is told yet")
        let file = RunProgressFile(run)
        let first = try #require(try catalog.activeRuns().first)
        #expect(first.job == "j" && first.version == 1 && first.actor == "tester")
        #expect(first.stage == "begin" && first.startedAt == run.startedAt)
        file.update { active in
            active.begin(stage: "extract", generator: "a", at: 5)
            (active.rows, active.share, active.warningCount) = (7, 0.5, 2)
            active.note("a line", at: 6)
        }
        while try catalog.activeRuns().first?.rows != 7 { usleep(10_000) }
        let second = try #require(try catalog.activeRuns().first)
        #expect(second.generator == "a" && second.share == 0.5 && second.warningCount == 2)
        #expect(second.log.map(\.text) == ["a line"] && second.updatedAt >= first.updatedAt)
        let summary = try fixture.write(run)
        try run.checking()
        file.stop()
        #expect(try catalog.activeRuns().isEmpty)
        #expect(try Disk.names(in: run.scratch).count == 1, "only the table is left")
        _ = try run.publish(
            summary: summary, promote: true, keepVersions: 3, dropDelay: .zero,
            record: CatalogFixture.record(run))
        #expect(try Disk.names(in: fixture.layout.scratch).isEmpty)
        file.stop()
    }

    /// A process that dies leaves its files, but no lock.
    @Test func aDeadRunIsNotSeen() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        let run = try catalog.beginRun(job: "j", actor: "tester")
        let file = RunProgressFile(run)
        let progress = run.scratch.appending(ProgressName.file)
        let bytes = try fixture.bytes(progress)
        file.stop()
        #expect(try !Disk.exists(progress))
        for name in [ProgressName.file, ProgressName.lock] {
            try Disk.create(run.scratch.appending(name), bytes)
        }
        #expect(try catalog.activeRuns().isEmpty)
        let lock = try FileLock.tryLock(run.scratch.appending(ProgressName.lock), .exclusive)
        #expect(try catalog.activeRuns().count == 1, "the lock makes the difference")
        withExtendedLifetime(lock) {}
    }

    @Test func whatIsNoProgressIsLeftAlone() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        let run = try catalog.beginRun(job: "j", actor: "tester")
        let lock = try FileLock.tryLock(run.scratch.appending(ProgressName.lock), .exclusive)
        let other = ActiveRun(job: "k", version: 9, actor: "a", startedAt: 1)
        for bytes in [Array("{".utf8), [], [0xFF], try CatalogJSON.encode(other)] {
            let progress = run.scratch.appending(ProgressName.file)
            try Disk.unlink(progress)
            try Disk.create(progress, bytes)
            #expect(try catalog.activeRuns().isEmpty)
        }
        try Disk.makeDirectory(fixture.layout.scratch.appending("not a run"))
        try Disk.makeDirectory(fixture.layout.scratch.appending("k_1.77"))
        #expect(try catalog.activeRuns().isEmpty)
        withExtendedLifetime(lock) {}
    }

    /// A scratch directory that is gone, or that cannot be written, fails no run.
    @Test func whatCannotBeWrittenIsLeftOut() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        let run = try catalog.beginRun(job: "j", actor: "tester")
        try Disk.removeTree(run.scratch)
        let file = RunProgressFile(run)
        file.update { $0.note("a", at: 1) }
        file.stop()
        #expect(try catalog.activeRuns().isEmpty)
    }

    @Test func theLogKeepsItsLastLinesCut() {
        var run = ActiveRun(job: "j", version: 1, actor: "a", startedAt: 1)
        for line in 0..<80 { run.note("\(line)" + String(repeating: "x", count: 1000), at: 1) }
        #expect(run.log.count == 50 && run.log[0].text.hasPrefix("30x"))
        #expect(run.log.allSatisfy { $0.text.count == 400 && $0.text.hasSuffix("…") })
    }
}
