import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// The state of a store whose files were lost or damaged between two openings.
@Suite struct CatalogRecoveryTests {
    private let fixture: CatalogFixture

    /// A store with two jobs, five and one versions, a rollback and its hold.
    init() throws {
        fixture = try CatalogFixture()
        let catalog = try fixture.open()
        for _ in 0..<5 { try fixture.publish(catalog) }
        try fixture.publish(catalog, "k")
        try catalog.rollBack(job: "j", reason: "bad", actor: "ann")
    }

    private struct Contents: Equatable {
        var jobs: [JobState]
        var runs: [RunRecord]
        var generation: UInt64
        var events: [CatalogEvent]
    }

    private func contents() throws -> Contents {
        let catalog = try Catalog.open(fixture.root, create: false)
        return Contents(
            jobs: try catalog.jobs(), runs: try catalog.runs(),
            generation: try catalog.generation(), events: try catalog.events())
    }

    @Test func aLostDataFileIsRebuiltFromTheJournal() throws {
        let before = try contents()
        try Disk.unlink(fixture.layout.data)
        #expect(try contents() == before)
        try Disk.unlink(fixture.layout.data)
        try Disk.unlink(fixture.layout.dataLock)
        #expect(try contents() == before)
        try fixture.publish(try fixture.open())
    }

    @Test func aDataFileThatWasCutOrOverwrittenIsRebuilt() throws {
        let before = try contents()
        let whole = try fixture.bytes(fixture.layout.data)
        for size in [0, 1, 100, 4096, 8191, 8192, whole.count / 2, whole.count - 4096] {
            try fixture.replace(fixture.layout.data, Array(whole.prefix(size)))
            #expect(try contents() == before, "\(size) bytes")
        }
        try fixture.replace(
            fixture.layout.data, [UInt8](repeating: 0, count: whole.count))
        #expect(try contents() == before)
        try fixture.replace(
            fixture.layout.data, [UInt8](repeating: 0xA5, count: whole.count))
        #expect(try contents() == before)
    }

    /// A catalog that is open sees the damage at its next call, and mends it.
    @Test func anOpenCatalogOutlivesTheLossOfItsFile() throws {
        let catalog = try fixture.open()
        let before = try catalog.jobs()
        try Disk.unlink(fixture.layout.data)
        #expect(try catalog.jobs() == before)
        try Disk.unlink(fixture.layout.data)
        try catalog.release(job: "j", actor: "a")
        #expect(try catalog.job("j")?.hold == nil)
        #expect(try fixture.open().job("j")?.hold == nil)
    }

    @Test func anOldCopyOfTheDataFileIsNotBelieved() throws {
        let old = try fixture.bytes(fixture.layout.data)
        let catalog = try fixture.open()
        for _ in 0..<2 { try fixture.publish(catalog) }
        let before = try contents()
        try fixture.replace(fixture.layout.data, old)
        #expect(try contents() == before)
    }

    @Test func aLineThatWasNeverCommittedIsCutAndNotPublished() throws {
        let before = try contents()
        let layout = fixture.layout
        let head = try layout.head(
            try LMDBRegistry.shared.open(layout.catalog, layout.data))
        var job = try #require(before.jobs.first)
        job.hold = nil
        var entry = JournalTests.entry(before.generation + 1, "never committed")
        entry.job = job
        _ = try Journal(path: layout.journal).append(entry, after: head.mark)
        #expect(try contents() == before)
        #expect(try Journal(path: layout.journal).tail(at: head.mark) == .clean)
    }

    @Test func aTornLineIsCut() throws {
        let before = try contents()
        let journal = try fixture.bytes(fixture.layout.journal)
        for tail in ["0", "0123456789abcdef {\"event\":", "\0\0\0\0", "garbage\n"] {
            try fixture.replace(fixture.layout.journal, journal + Array(tail.utf8))
            #expect(try contents() == before)
            #expect(try fixture.bytes(fixture.layout.journal) == journal)
            // Also when only the journal is left.
            try fixture.replace(fixture.layout.journal, journal + Array(tail.utf8))
            try Disk.unlink(fixture.layout.data)
            #expect(try contents() == before)
        }
    }

    @Test func aLostJournalGoesOnFromWhatTheDataFileKnows() throws {
        let before = try contents()
        try Disk.unlink(fixture.layout.journal)
        let after = try contents()
        #expect(after.jobs == before.jobs && after.runs == before.runs)
        #expect(after.generation == before.generation + 1)
        #expect(after.events.map(\.action) == [.checkpoint])
        // And the new journal alone is enough again.
        try Disk.unlink(fixture.layout.data)
        #expect(try contents() == after)
    }

    @Test func aJournalThatWasCutKeepsItsGoodLines() throws {
        let before = try contents()
        let journal = try fixture.bytes(fixture.layout.journal)
        try fixture.replace(fixture.layout.journal, Array(journal.prefix(journal.count - 3)))
        let after = try contents()
        #expect(after.jobs == before.jobs && after.runs == before.runs)
        #expect(after.events.dropLast() == before.events.dropLast())
        #expect(after.events.last?.action == .checkpoint)
        let names = try Disk.names(in: fixture.layout.catalog)
        #expect(names.contains("journal.damaged-\(after.generation)"))
        try Disk.unlink(fixture.layout.data)
        #expect(try contents() == after)
    }

    @Test func bothGoneWhileTablesAreThereIsRefused() throws {
        try Disk.unlink(fixture.layout.data)
        try Disk.unlink(fixture.layout.journal)
        let tables = try fixture.tables()
        for create in [false, true] {
            #expect(
                throws: CatalogError.lost(
                    path: fixture.layout.catalog.string, tables: tables.count)
            ) { try Catalog.open(fixture.root, create: create) }
        }
        try Disk.removeTree(fixture.layout.catalog)
        for create in [false, true] {
            #expect(
                throws: CatalogError.lost(
                    path: fixture.layout.catalog.string, tables: tables.count)
            ) { try Catalog.open(fixture.root, create: create) }
        }
        #expect(try fixture.tables() == tables)
    }

    @Test func damageToBothIsToldAndNothingIsTouched() throws {
        let journal = try fixture.bytes(fixture.layout.journal)
        var damaged = journal
        damaged[journal.count / 2] ^= 1
        try fixture.replace(fixture.layout.journal, damaged)
        try Disk.unlink(fixture.layout.data)
        for create in [false, true] {
            #expect(throws: CatalogError.self) {
                try Catalog.open(fixture.root, create: create)
            }
        }
        #expect(try fixture.bytes(fixture.layout.journal) == damaged)
    }

    @Test func aNewerFormatIsRefusedByName() throws {
        let layout = fixture.layout
        do {
            let environment = try LMDBRegistry.shared.open(layout.catalog, layout.data)
            var head = try layout.head(environment)
            head.format = 2
            try layout.write(head, environment)
        }
        #expect(
            throws: CatalogError.newerFormat(file: layout.data.string, found: 2, supported: 1)
        ) { try Catalog.open(fixture.root, create: true) }
    }

    /// The files that a maker leaves when it dies are finished by the next one.
    @Test func aStoreThatWasHalfMadeIsMadeWhole() throws {
        let layout = fixture.layout
        for name in ["tables", "catalog"] { try Disk.removeTree(fixture.root.appending(name)) }
        try Disk.makeDirectory(layout.catalog)
        try Disk.create(layout.newJournal, Array("half a li".utf8))
        try Disk.makeDirectory(layout.newData)
        try Disk.create(layout.newData.appending("data.mdb"), [1, 2, 3])
        #expect(try fixture.open().jobs() == [])
        try Disk.unlink(layout.data)
        #expect(try fixture.open().jobs() == [])
        #expect(try fixture.open().events().map(\.action) == [.create])
    }

    /// Rows that were swapped or come from elsewhere: their checksum knows their key.
    @Test func aRowUnderAnotherKeyIsDamage() throws {
        let row = try CatalogRow.encode(JobState(name: "j"), key: "job/j")
        #expect(CatalogRow.decode(JobState.self, row, key: "job/j") == JobState(name: "j"))
        #expect(CatalogRow.decode(JobState.self, row, key: "job/k") == nil)
        for index in row.indices {
            var row = row
            row[index] ^= 0x10
            #expect(CatalogRow.decode(JobState.self, row, key: "job/j") == nil)
        }
    }
}
