import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

// Stores whose files somebody has touched.
extension StoreTests {
    @Test func aTableThatCannotBeOpenedKeepsTheOldOneServing() throws {
        try publish(2)
        // Its thread must not open the third version before it is gone.
        let store = try Store(opening: root, interval: .seconds(60))
        try publish(1)
        let path = StoreLayout(root: root).table("j", 3)
        try Disk.unlink(path)
        store.refresh()
        let snapshot = store.snapshot()
        #expect(value(store) == #"{"version":2}"#)
        #expect(snapshot.problems.map(\.version) == [3])
        #expect(snapshot.jobs["j"]?.state.currentNumber == 3)
        // A reader that starts now serves the newest good previous one, and says so.
        let other = try Store(opening: root)
        #expect(value(other) == #"{"version":2}"#)
        #expect(other.snapshot().problems.count == 1)
    }

    @Test func anotherTableInItsPlaceIsNotServed() throws {
        try publish(2)
        let layout = StoreLayout(root: root)
        try Disk.unlink(layout.table("j", 2))
        try fixture(9).write(to: layout.table("j", 2), job: "j", version: 2)
        let store = try Store(opening: root)
        #expect(value(store) == #"{"version":1}"#)
        #expect(store.snapshot().problems.map(\.version) == [2])
    }

    @Test func aTableThatIsDeletedOrMovedUnderItsReaderIsServedOnAndTold() throws {
        try publish(2)
        let layout = StoreLayout(root: root)
        let store = try Store(opening: root)
        let aside = directory.file("aside")
        try Disk.rename(layout.table("j", 2), to: aside)
        store.refresh()
        #expect(value(store) == #"{"version":2}"#)
        #expect(store.snapshot().problems.map(\.version) == [2])
        try Disk.rename(aside, to: layout.table("j", 2))
        for _ in 0..<10 { store.refresh() }
        #expect(store.snapshot().problems.isEmpty)
        try Disk.unlink(layout.table("j", 2))
        store.refresh()
        #expect(value(store) == #"{"version":2}"#)
        #expect(store.snapshot().problems.map(\.version) == [2])
        // Another table under its name is seen for what it is.
        try fixture(9).write(to: layout.table("j", 2), job: "j", version: 2)
        for _ in 0..<10 { store.refresh() }
        #expect(value(store) == #"{"version":2}"#)
        #expect(store.snapshot().problems.map(\.version) == [2])
    }

    /// A page that was read and found good is read again once somebody has written to the file.
    @Test func aTableThatIsOverwrittenUnderItsReaderGivesErrorsAndOtherJobsServeOn() throws {
        try publish(1)
        try publish(1, job: "k")
        let store = try Store(opening: root)
        #expect(value(store) == #"{"version":1}"#)
        let path = StoreLayout(root: root).table("j", 1)
        let good = try Disk.attempt("reading", path) {
            let file = try FileDescriptor.open(path, .readOnly)
            return try file.closeAfter { try file.bytes(count: 1 << 20) }
        }
        for offset in stride(from: 16, to: good.count, by: 7) {
            try overwrite(path, [~good[offset]], at: offset)
            store.refresh()
            let answer = value(store)
            #expect(answer == nil || answer == #"{"version":1}"#, "byte \(offset)")
            try overwrite(path, [good[offset]], at: offset)
            store.refresh()
            #expect(value(store) == #"{"version":1}"#, "mended byte \(offset)")
        }
        try overwrite(path, [UInt8](repeating: 7, count: good.count), at: 0)
        store.refresh()
        #expect(value(store) == nil)
        #expect(store.snapshot().jobs["k"]?.current?.number == 1)
    }

    private func overwrite(_ path: FilePath, _ bytes: [UInt8], at offset: Int) throws {
        // Root may write where nobody else may; the modes are given for those who are not root.
        _ = unsafe path.withPlatformString { unsafe chmod($0, 0o644) }
        let file = try FileDescriptor.open(path, .writeOnly)
        try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
    }

    @Test func aMendedTableIsServedAgain() throws {
        try publish(2)
        let layout = StoreLayout(root: root)
        let aside = directory.file("aside")
        try Disk.rename(layout.table("j", 2), to: aside)
        let store = try Store(opening: root)
        #expect(value(store) == #"{"version":1}"#)
        try Disk.rename(aside, to: layout.table("j", 2))
        for _ in 0..<10 { store.refresh() }
        #expect(value(store) == #"{"version":2}"#)
        #expect(store.snapshot().problems.isEmpty)
    }

    @Test func aLostCatalogIsReadFromItsJournal() throws {
        try publish(2)
        let layout = StoreLayout(root: root)
        let store = try Store(opening: root)
        try Disk.unlink(layout.data)
        store.refresh()
        #expect(value(store) == #"{"version":2}"#)
        let other = try Store(opening: root)
        #expect(value(other) == #"{"version":2}"#)
        try Disk.unlink(layout.journal)
        store.refresh()
        #expect(value(store) == #"{"version":2}"#, "what was read once is served on")
        #expect(store.snapshot().problems.count == 1)
        let third = try Store(opening: root)
        #expect(third.snapshot().jobs.isEmpty && third.snapshot().problems.count == 1)
    }

    @Test func aRebuiltCatalogIsFollowed() throws {
        try publish(1)
        let store = try Store(opening: root)
        let layout = StoreLayout(root: root)
        for version in 2...5 {
            try Disk.unlink(version % 2 == 0 ? layout.data : layout.journal)
            try publish(1)
            store.refresh()
            #expect(value(store) == "{\"version\":\(version)}")
            #expect(store.snapshot().problems.isEmpty)
        }
    }
}
