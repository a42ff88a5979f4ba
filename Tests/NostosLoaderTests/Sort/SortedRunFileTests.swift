import Foundation
import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct SortedRunFileTests {
    private let directory: TemporaryDirectory
    private let tiny = SortLayout(memory: 1200, blockSize: 40)

    init() throws { directory = try TemporaryDirectory() }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path.string)
    }

    @Test func whatWasAppendedIsReadBack() throws {
        let file = try SortedRunFile(in: directory.path)
        try file.append([1, 2, 3].span)
        try file.append([4, 5].span)
        var target: [UInt8] = [9, 9, 9, 9]
        try file.read(3, at: 1, into: &target)
        #expect(file.size == 5)
        #expect(target == [2, 3, 4, 9])
    }

    @Test func readingBehindTheEndIsDamage() throws {
        let file = try SortedRunFile(in: directory.path)
        try file.append([1, 2, 3].span)
        var target: [UInt8] = [0, 0, 0, 0]
        let expected = SortError.damaged(
            path: file.path, offset: 1, reason: "2 bytes, expected 4")
        #expect(throws: expected) { try file.read(4, at: 1, into: &target) }
    }

    @Test func severalFilesOfOneDirectoryAreApart() throws {
        let files = try (0..<3).map { _ in try SortedRunFile(in: directory.path) }
        for (index, file) in files.enumerated() { try file.append([UInt8(index)].span) }
        var target: [UInt8] = [9]
        for (index, file) in files.enumerated() {
            try file.read(1, at: 0, into: &target)
            #expect(target == [UInt8(index)])
        }
    }

    @Test func aFileThatIsInTheWayIsLeftAlone() throws {
        let path = directory.path.appending("sort-0.run").string
        #expect(FileManager.default.createFile(atPath: path, contents: Data([7])))
        let file = try SortedRunFile(in: directory.path)
        try file.append([1].span)
        #expect(try files() == ["sort-0.run"])
        #expect(FileManager.default.contents(atPath: path) == Data([7]))
    }

    @Test func aMissingDirectoryIsNamedWithItsErrno() {
        let missing = directory.path.appending("no")
        let expected = SortError.io(
            operation: "create", path: missing.appending("sort-0.run"),
            errno: .noSuchFileOrDirectory)
        #expect(throws: expected) { _ = try SortedRunFile(in: missing) }
    }

    @Test func sortingThroughFilesLeavesNothingBehind() throws {
        let entries = [SortEntry].random(maxCount: 600, seed: 3)
        let path = directory.path
        let result = try entries.sorted(layout: tiny) { () throws(SortError) in
            try SortedRunFile(in: path)
        }
        #expect(result.entries == entries.modelSorted)
        #expect(result.statistics.mergeCount > 1)
        #expect(try files() == [])
    }

    @Test func abandonedEntriesLeaveNothingBehind() throws {
        var sorter = RowSorter(layout: tiny) { [path = directory.path] () throws(SortError) in
            try SortedRunFile(in: path)
        }
        for entry in [SortEntry].random(maxCount: 600, seed: 3) { try sorter.add(entry) }
        var merged = try sorter.finish()
        _ = try merged.next()
        #expect(try files() == [])
    }

    /// The disk fills up at every write in turn, until a sort gets through.
    @Test func afterAFailedWriteThereIsAnErrorAndNoFile() throws {
        let entries = [SortEntry].random(maxCount: 300, seed: 5)
        let path = directory.path
        for writes in 0... {
            let countdown = WriteCountdown(writes)
            do {
                let result = try entries.sorted(layout: tiny) { () throws(SortError) in
                    FailingStorage(try SortedRunFile(in: path), countdown)
                }
                #expect(result.entries == entries.modelSorted)
                #expect(writes > 50)
                return
            } catch .io(let operation, _, let errno) {
                #expect(operation == "write" && errno == .noSpace)
            }
            #expect(try files() == [])
        }
    }
}
