import Glibc
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

    /// Every size below the true one, in steps, and the bytes of both meta pages' fields.
    @Test func aFileThatLMDBCouldNotReadIsFoundBeforehand() throws {
        let whole = try fixture.bytes(fixture.layout.data)
        #expect(LMDBFile.defect(whole) == nil)
        for size in stride(from: 0, to: whole.count, by: 512) {
            #expect(LMDBFile.defect(Array(whole.prefix(size))) != nil, "\(size) bytes")
        }
        for page in [0, 4096] {
            for offset in [16, 17, 18, 19, 20, 40, 41] {
                var bytes = whole
                bytes[page + offset] ^= 0x55
                #expect(LMDBFile.defect(bytes) != nil)
            }
        }
    }

    /// The case in which LMDB itself ends in a SIGBUS.
    @Test func aFileThatIsCutUnderItsReadersIsFound() throws {
        let catalog = try fixture.open()
        for _ in 0..<4 { try fixture.publish(catalog) }
        let jobs = try catalog.jobs()
        let file = try FileDescriptor.open(fixture.layout.data, .readWrite)
        try file.closeAfter { try file.resize(to: 8192) }
        #expect(try catalog.jobs() == jobs)
    }

    /// As when the disk fails under the reader: beneath the page lies the end of an empty file.
    @Test func aPageThatCannotBeReadIsDamageAndNotTheEnd() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        for _ in 0..<3 { try fixture.publish(catalog) }
        let before = try catalog.jobs()
        let addresses = try #require(MemoryMap.addresses(of: fixture.layout.data))
        let empty = fixture.directory.file("empty")
        try Disk.create(empty, [])
        let file = try FileDescriptor.open(empty, .readOnly)
        for page in 2..<8 {
            let address = unsafe UnsafeMutableRawPointer(
                bitPattern: addresses.lowerBound + UInt(page * 4096))
            let mapped = unsafe mmap(
                address, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, file.rawValue, 0)
            try #require(unsafe mapped != MAP_FAILED)
        }
        try file.close()
        // Rebuilt from the journal, or read anew: the same either way.
        #expect(try catalog.jobs() == before)
        try fixture.publish(catalog)
        #expect(try fixture.open().job("j")?.currentNumber == 4)
    }

    @Test func mappedFilesAreFoundInTheTableOfMaps() {
        let table = """
            55d0c0a00000-55d0c0a01000 r--p 00000000 fe:01 393219                     /bin/x
            7f2c5a400000-7f2c9a400000 r--s 00000000 fe:01 393219                     /s a/catalog/data.mdb
            7ffd82a00000-7ffd82a21000 rw-p 00000000 00:00 0                          [stack]
            """
        let expected: Range<UInt> = 0x7f2c_5a40_0000..<0x7f2c_9a40_0000
        #expect(MemoryMap.addresses(inode: 393_219, in: table) == expected)
        #expect(MemoryMap.addresses(inode: 393_220, in: table) == nil)
    }

    /// A file with several levels, long values and free pages is followed to its end.
    @Test func everySoundFileIsFollowed() throws {
        for round in 0..<12 {
            let environment = try environment()
            try environment.write { transaction throws(LMDBError) in
                for index in 0..<(round * 40) {
                    let size = index % 7 == 0 ? 9_000 : index % 600
                    let value = [UInt8](repeating: UInt8(index % 256), count: size)
                    try transaction.set("key/\(index * 7919 % 1000)", value)
                }
                for index in stride(from: round, to: 500, by: 3) {
                    try transaction.remove("key/\(index)")
                }
            }
            let bytes = try fixture.bytes(fixture.layout.data)
            #expect(LMDBFile.defect(bytes) == nil, "round \(round)")
        }
    }

    /// Damage anywhere in the file: it is read right or rebuilt, and the process lives.
    @Test(arguments: UInt64(0)..<8)
    func aDamagedFileIsReadRightOrRebuilt(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let catalog = try fixture.open()
        for _ in 0..<4 { try fixture.publish(catalog) }
        let jobs = try catalog.jobs()
        let whole = try fixture.bytes(fixture.layout.data)
        for _ in 0..<30 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
            try fixture.replace(fixture.layout.data, bytes)
            #expect(try Catalog.open(fixture.root, create: false).jobs() == jobs)
        }
    }

    /// One bit in each fifth byte, a prime step, so that all kinds of fields are met.
    @Test func noFlippedBitLeadsTheWalkAstray() throws {
        let whole = try fixture.bytes(fixture.layout.data)
        var found = 0
        for index in stride(from: 0, to: whole.count, by: 5) {
            var bytes = whole
            bytes[index] ^= UInt8(1 << (index % 8))
            if LMDBFile.defect(bytes) != nil { found += 1 }
        }
        #expect(found > 20)
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

    /// The lock file of LMDB 0.9: a head of 128 bytes with the count of slots at 56, and slots of
    /// 64 with their process at 8.
    @Test func readersThatDiedWhileTheyReadNeverShutOthersOut() throws {
        let environment = try environment()
        let slots = Int(LMDBEnvironment.maxReaders)
        var bytes = [UInt8](repeating: 0, count: slots * 64)
        for slot in 0..<slots {
            // No system gives a process so high a number.
            bytes.replaceSubrange(slot * 64 + 8..<slot * 64 + 12, with: [0xF0, 0xFF, 0xFF, 0x7F])
        }
        let file = try FileDescriptor.open(fixture.layout.dataLock, .readWrite)
        try file.writeAll(toAbsoluteOffset: 128, bytes)
        try file.writeAll(toAbsoluteOffset: 56, [0, 4])
        try file.close()
        let value = try environment.read { transaction throws(LMDBError) in
            try transaction.value("a")
        }
        #expect(value == nil)
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

    @Test func whoWaitsForALockSaysSoOnceAndGivesUpInTheEnd() throws {
        let path = fixture.directory.file("lock")
        let held = try FileLock.tryLock(path, .exclusive)
        var told: [FilePath] = []
        #expect(throws: CatalogError.locked(path: path.string, seconds: 2)) {
            try FileLock.lock(path, .shared, seconds: 2) { told.append($0) }
        }
        #expect(told == [path])
        withExtendedLifetime(held) {}
    }
}
