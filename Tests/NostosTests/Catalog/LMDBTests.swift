import SystemPackage
import TestSupport
import Testing

@testable import Nostos

@Suite struct LMDBTests {
    private let fixture: CatalogFixture

    init() throws {
        fixture = try CatalogFixture()
        try fixture.publish(try fixture.open())
    }

    private func environment() throws -> SharedEnvironment {
        try LMDBRegistry.shared.open(fixture.layout.catalog, fixture.layout.data)
    }

    @Test func valuesComeBackAndPrefixesAreKept() throws {
        let environment = try environment()
        try environment.write { transaction throws(LMDBError) in
            for key in ["a/1", "a/2", "a/3", "b/1", "a"] {
                try transaction.set(key, Array(key.utf8))
            }
            try transaction.remove("a/2")
            try transaction.remove("a/2")
        }
        let keys = try environment.read { transaction throws(LMDBError) in
            try transaction.entries(prefix: "a/").map(\.key)
        }
        #expect(keys == ["a/1", "a/3"])
        let value = try environment.read { transaction throws(LMDBError) in
            (try transaction.value("b/1"), try transaction.value("b/2"))
        }
        #expect(value.0 == Array("b/1".utf8) && value.1 == nil)
    }

    @Test func aFailedTransactionLeavesNothing() throws {
        let environment = try environment()
        #expect(throws: CatalogError.self) {
            try environment.write { transaction throws(LMDBError) in
                try transaction.set("half", [1])
                throw LMDBError(call: "test", code: 5)
            }
        }
        let value = try environment.read { transaction throws(LMDBError) in
            try transaction.value("half")
        }
        #expect(value == nil)
    }

    @Test func oneFileIsOpenOnceInAProcess() throws {
        var first: SharedEnvironment? = try environment()
        let second = try environment()
        try first?.write { transaction throws(LMDBError) in try transaction.set("x", [7]) }
        first = nil
        let value = try second.read { transaction throws(LMDBError) in
            try transaction.value("x")
        }
        #expect(value == [7], "the second share works on when the first is gone")
        #expect(try second.isCurrent())
    }

    /// Every size below the true one, in steps, and every byte of both meta pages' fields.
    @Test func aFileThatLMDBCouldNotReadIsFoundBeforehand() throws {
        let whole = try fixture.bytes(fixture.layout.data)
        #expect(LMDBFile.defect(head: whole, size: whole.count) == nil)
        for size in stride(from: 0, to: whole.count, by: 512) {
            #expect(LMDBFile.defect(head: Array(whole.prefix(size)), size: size) != nil)
        }
        for page in [0, 4096] {
            for offset in [16, 17, 18, 19, 20, 40, 41] {
                var bytes = whole
                bytes[page + offset] ^= 0x55
                #expect(LMDBFile.defect(head: bytes, size: bytes.count) != nil)
            }
        }
    }

    @Test func networkFileSystemsAreFoundInTheTableOfMounts() {
        let table = """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            40 22 0:45 / /mnt/a rw - nfs4 server:/a rw,vers=4.2
            41 22 0:46 / /mnt/with\\040space rw master:1 propagate_from:2 - 9p share rw
            broken line
            42 22 259:1048575 / /x rw -
            """
        #expect(MountTable.kind(device: 0x801, in: table) == "ext4")
        #expect(MountTable.kind(device: 45, in: table) == "nfs4")
        #expect(MountTable.kind(device: 46, in: table) == "9p")
        #expect(MountTable.kind(device: 47, in: table) == nil)
        #expect(MountTable.kind(device: (259 << 8) | 0xFF | (0xFFF << 20), in: table) == nil)
        #expect(MountTable.kind(device: 45, in: "") == nil)
    }

    @Test func aLockIsFreedWithItsObject() throws {
        let path = fixture.directory.file("lock")
        var held = try FileLock.tryLock(path, .exclusive)
        #expect(held != nil)
        #expect(try FileLock.tryLock(path, .exclusive) == nil)
        #expect(try FileLock.tryLock(path, .shared) == nil)
        held = nil
        let readers = [try FileLock.tryLock(path, .shared), try FileLock.tryLock(path, .shared)]
        #expect(readers.allSatisfy { $0 != nil })
        #expect(try FileLock.tryLock(path, .exclusive) == nil)
        withExtendedLifetime(readers) {}
    }
}
