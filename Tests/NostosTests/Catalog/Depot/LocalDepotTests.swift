import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// The tables of a store as files of one directory.
@Suite struct LocalDepotTests {
    private let directory: TemporaryDirectory
    private let depot: LocalDepot
    private let name = TableName(job: "j", number: 1)

    init() throws {
        directory = try TemporaryDirectory()
        depot = LocalDepot(directory: directory.file("tables"))
        try Disk.makeDirectory(depot.directory)
    }

    private func put(_ name: TableName, value: Int64 = 7) throws {
        let file = directory.file("finished")
        let table = TableFixture(
            keyType: .int64, fields: [Field(name: "a", type: .int64)],
            records: [(.int64(1), [.int(value)])])
        _ = try table.write(to: file, job: name.job, version: name.number)
        try depot.put(file, as: name)
        #expect(try !Disk.exists(file))
    }

    @Test func whatWasPutCanBeOpenedAndListed() throws {
        try put(name)
        try put(TableName(job: "j", number: 12))
        try Disk.create(depot.directory.appending("lost+found"), [])
        #expect(try depot.open(name).info.rowCount == 1)
        #expect(try depot.list().map(\.fileName).sorted() == ["j_1.table", "j_12.table"])
    }

    @Test func aTableIsNeverReplaced() throws {
        try put(name)
        let digest = try depot.open(name).info.digest
        let second = directory.file("second")
        try Disk.create(second, [1])
        #expect(throws: CatalogError.exists(path: depot.path(of: name).string)) {
            try depot.put(second, as: name)
        }
        #expect(try depot.open(name).info.digest == digest)
    }

    @Test func aMissingTableIsAnErrorThatNamesIt() throws {
        #expect(
            throws: TableError.io(
                file: depot.path(of: name), operation: "open", .noSuchFileOrDirectory)
        ) { try depot.open(name) }
    }

    @Test func aTableThatAReaderHoldsStays() throws {
        try put(name)
        var lease = try FileLock.tryLock(depot.path(of: name), .shared)
        #expect(lease != nil)
        #expect(try depot.remove([name], evenIfHeld: false) == [])
        #expect(try depot.list() == [name])
        lease = nil
        #expect(try depot.remove([name], evenIfHeld: false) == [name])
        #expect(try depot.list() == [])
        // What is not there is gone.
        #expect(try depot.remove([name], evenIfHeld: false) == [name])
    }

    @Test func anOrphanGoesWhoeverHoldsIt() throws {
        try put(name)
        let lease = try FileLock.tryLock(depot.path(of: name), .shared)
        #expect(try depot.remove([name], evenIfHeld: true) == [name])
        #expect(try depot.list() == [])
        withExtendedLifetime(lease) {}
    }

    @Test func theCatalogOpensNoPathThatANameSpells() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        try put(name)
        try Disk.moveExclusively(
            depot.path(of: name), to: fixture.root.appending("evil_1.table"))
        for job in ["../evil", "", "a/b", ".."] {
            let error = #expect(throws: TableError.self) {
                try catalog.openTable(job: job, version: 1)
            }
            #expect(error?.file == fixture.layout.tables, "\(job)")
        }
    }
}
