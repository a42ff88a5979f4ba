import SystemPackage
import TestSupport
import Testing

@testable import Nostos

@Suite struct JournalTests {
    private let directory: TemporaryDirectory
    private let journal: Journal
    private let marks: [JournalMark]

    /// A journal of three lines.
    init() throws {
        directory = try TemporaryDirectory()
        journal = Journal(path: directory.file("journal"))
        try Disk.create(journal.path, [])
        var marks = [JournalMark.start]
        for generation in 1...3 {
            let entry = Self.entry(UInt64(generation), "reason \(generation)")
            marks.append(try journal.append(entry, after: marks[generation - 1]))
        }
        self.marks = marks
    }

    @Test func linesComeBackInOrder() throws {
        let cursor = try journal.cursor()
        for generation in 1...3 {
            #expect(try cursor.next() == Self.entry(UInt64(generation), "reason \(generation)"))
            #expect(cursor.mark == marks[generation])
        }
        #expect(try cursor.next() == nil)
        #expect(!cursor.isTorn)
        #expect(try journal.tail(at: marks[3]) == .clean)
    }

    @Test func aLineIsHashAndJSON() throws {
        let line = try #require(text().split(separator: "\n").first)
        #expect(line.prefix(16) == Checksum.text(marks[1].hash))
        #expect(
            line.dropFirst(17)
                == #"{"event":{"action":"hold","actor":"me","at":7,"generation":1,"job":"j","#
                + #""reason":"reason 1"},"format":1}"#)
    }

    @Test func anAppendCutsWhatWasNeverCommitted() throws {
        let mark = try journal.append(Self.entry(2, "instead"), after: marks[1])
        let cursor = try journal.cursor()
        _ = try cursor.next()
        #expect(try cursor.next()?.event.reason == "instead")
        #expect(try cursor.next() == nil)
        #expect(try journal.tail(at: mark) == .clean)
        #expect(try journal.tail(at: marks[2]) == .different)
    }

    /// Every length that the last line can be cut to.
    @Test func aTornLastLineIsNoLine() throws {
        let whole = try bytes()
        for size in Int(marks[2].end)..<whole.count {
            try write(Array(whole.prefix(size)))
            let cursor = try journal.cursor()
            var count = 0
            while try cursor.next() != nil { count += 1 }
            #expect(count == 2)
            #expect(cursor.isTorn == (size > Int(marks[2].end)))
            #expect(cursor.mark == marks[2])
            #expect(try journal.tail(at: marks[3]) == .different)
            #expect(
                try journal.tail(at: marks[2]) == (size > Int(marks[2].end) ? .longer : .clean))
        }
    }

    /// Every bit of the file: a changed line is found, and is never read as another one.
    @Test func aFlippedBitBreaksTheChain() throws {
        let whole = try bytes()
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= UInt8(1 << (index % 8))
            try write(bytes)
            let cursor = try journal.cursor()
            var read: [JournalEntry] = []
            var isDamaged = false
            do {
                while let entry = try cursor.next() { read.append(entry) }
            } catch {
                isDamaged = true
            }
            #expect(isDamaged || cursor.isTorn, "byte \(index)")
            #expect(read.count < 3)
            for (offset, entry) in read.enumerated() {
                #expect(entry == Self.entry(UInt64(offset + 1), "reason \(offset + 1)"))
            }
        }
    }

    @Test func aLineThatWasLeftOutOrMovedBreaksTheChain() throws {
        let lines = text().split(separator: "\n").map { "\($0)\n" }
        for order in [[0, 2], [1, 2], [1, 0, 2], [0, 0, 1, 2], [0, 2, 1]] {
            try write(Array(order.map { lines[$0] }.joined().utf8))
            let cursor = try journal.cursor()
            #expect(throws: CatalogError.self) {
                while try cursor.next() != nil {}
                // A wrong last line is a torn one: it does not count, and that is told.
                if cursor.isTorn { throw CatalogError.badJobName("torn") }
            }
        }
    }

    @Test func changesGiveBackTheJobTheyCameFrom() throws {
        var job = JobState(name: "j")
        var contents = CatalogContents()
        for step in 0..<400 {
            let before = step == 0 ? nil : job
            let number = job.begin(at: 1)
            if step % 3 == 0 { try job.fail(number, reason: "x") }
            if step % 3 == 1 {
                try job.publish(
                    number, PublishedTable(rowCount: 1, size: 1, digest: "d", publishedAt: 1),
                    PublishRules(promote: true, keepVersions: 2, dropDelay: 0))
                job.free(job.versions.filter(\.awaitsDeletion).map(\.number))
            }
            if step % 3 == 2 { try job.reject(number, reason: "x") }
            let (change, forgotten) = job.change(since: before)
            #expect(change.versions.count <= 6)
            var entry = Self.entry(UInt64(step + 1), "x")
            entry.job = change
            entry.forgotten = forgotten
            contents.apply(entry)
            #expect(contents.jobs["j"] == job)
        }
    }

    static func entry(_ generation: UInt64, _ reason: String) -> JournalEntry {
        JournalEntry(
            event: CatalogEvent(
                generation: generation, at: 7, actor: "me", action: .hold, job: "j", version: nil,
                from: nil, to: nil, reason: reason))
    }

    private func bytes() throws -> [UInt8] {
        try journal.bytes(upTo: try #require(try Disk.status(journal.path)).size)
    }

    private func text() -> String {
        (try? String(decoding: bytes(), as: UTF8.self)) ?? ""
    }

    private func write(_ bytes: [UInt8]) throws {
        try Disk.unlink(journal.path)
        try Disk.create(journal.path, bytes)
    }
}
