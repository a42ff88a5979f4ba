import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// The allowed results of a damaged or hostile file: the right answer or a `TableError`.
@Suite struct TableDamageTests {
    private static let fixture = TableFixture(
        keyType: .string,
        fields: [
            Field(name: "n", type: .int64), Field(name: "word", type: .string),
            Field(name: "tags", type: .string, isList: true), Field(name: "text", type: .string),
            Field(name: "seldom", type: .int64), Field(name: "rare", type: .int64),
            Field(name: "note", type: .string),
        ],
        records: (0..<40).map { row in
            let tags: [TestValue] = (0..<row % 4).map { .string("tag\($0)") }
            return (
                .string("key\(100 + row)"),
                [
                    .int(Int64(row)), .string(row % 2 == 0 ? "even" : "odd"), .list(tags),
                    .string("some longer text, number \(row * row)"),
                    row % 5 == 0 ? .int(Int64(row % 3) << 40) : .null,
                    row % 7 == 0 ? .int(Int64(row)) : .null,
                    row % 8 == 0 ? .string("unlike all others: \(row * 7919)") : .null,
                ]
            )
        })

    private func bytes(of fixture: TableFixture, in directory: FilePath) throws -> [UInt8] {
        let path = directory.appending("good.table")
        try fixture.write(to: path)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
    }

    /// Opens the bytes as a table and reads every key; nil where that threw a `TableError`.
    private func answers(_ bytes: [UInt8], at path: FilePath) throws -> [String?] {
        FileCall.unlink(path)
        try Data(bytes).write(to: URL(fileURLWithPath: path.string))
        do {
            let table = try TableReader(opening: path)
            let all = table.select()
            let pair = TypedReading.Pair(table)
            return try Self.fixture.records.map { record in
                let key = try Self.fixture.schema.key.encode([record.key])
                pair.expectSameOutcome(key)
                var output: [UInt8] = []
                do throws(TableError) {
                    let isFound = try table.get(key.span, all, into: &output)
                    return isFound ? String(decoding: output, as: UTF8.self) : "no such key"
                } catch {
                    #expect(output.isEmpty)
                    return nil
                }
            }
        } catch is TableError {
            return []
        }
    }

    @Test func aFlippedByteIsNeverAWrongValue() throws {
        var fixture = Self.fixture
        fixture.options.groupRowCount = 8
        try withTemporaryDirectory { directory in
            let good = try bytes(of: fixture, in: directory)
            let expected = try fixture.records.map { try fixture.json($0.values) }
            var seen = 0
            for offset in good.indices {
                var bad = good
                bad[offset] ^= UInt8(1 << (offset % 8))
                let answers = try answers(bad, at: directory.appending("bad.table"))
                for (answer, expected) in zip(answers, expected) where answer != nil {
                    #expect(answer == expected, "byte \(offset)")
                }
                if answers.contains(nil) || answers.isEmpty { seen += 1 }
            }
            // The metadata is read only on request; every other byte must have been noticed.
            let table = try TableReader(opening: directory.appending("good.table"))
            #expect(seen >= good.count - (try table.metadataSize()) - 8)
        }
    }

    @Test func everyFlippedByteIsFoundByVerify() throws {
        try withTemporaryDirectory { directory in
            let good = try bytes(of: Self.fixture, in: directory)
            let path = directory.appending("bad.table")
            for offset in good.indices {
                var bad = good
                bad[offset] ^= 0x10
                FileCall.unlink(path)
                try Data(bad).write(to: URL(fileURLWithPath: path.string))
                #expect(throws: TableError.self, "byte \(offset)") {
                    _ = try TableReader(opening: path).verify()
                }
            }
        }
    }

    @Test func aTruncatedFileIsRefusedAtEveryLength() throws {
        try withTemporaryDirectory { directory in
            let good = try bytes(of: Self.fixture, in: directory)
            let path = directory.appending("short.table")
            for size in stride(from: 0, to: good.count, by: 7) {
                FileCall.unlink(path)
                try Data(good[..<size]).write(to: URL(fileURLWithPath: path.string))
                #expect(throws: TableError.self, "\(size) bytes") {
                    try TableReader(opening: path)
                }
            }
        }
    }

    /// Numbers that lie under checksums that hold: the sums are made anew after each change.
    @Test(arguments: UInt64(0)..<40)
    func aHostileFileNeverTraps(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var fixture = Self.fixture
        fixture.options.groupRowCount = 8
        try withTemporaryDirectory { directory in
            let good = try bytes(of: fixture, in: directory)
            for _ in 0..<40 {
                var bad = good
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let offset = Int.random(in: bad.indices, using: &random)
                    bad[offset] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
                }
                guard let resealed = TableSeal.resealed(bad) else { continue }
                let path = directory.appending("hostile.table")
                _ = try answers(resealed, at: path)
                if let table = try? TableReader(opening: path) { _ = try? table.verify() }
            }
        }
    }

    @Test func aTableOfANewerFormatIsRefusedByName() throws {
        try withTemporaryDirectory { directory in
            var bytes = try bytes(of: Self.fixture, in: directory)
            let path = directory.appending("new.table")
            bytes[bytes.count - TableFooter.size + TableFooter.sumOffset - 8] = 9
            try Data(bytes).write(to: URL(fileURLWithPath: path.string))
            #expect(throws: TableError.unsupportedVersion(file: path, found: 9, known: 2)) {
                try TableReader(opening: path)
            }
        }
    }

    /// A sink that fails at write `n`, or at the end, for every `n` until a run succeeds.
    @Test func aFailedWriteLeavesNothingBehindWhicheverItIs() throws {
        var isDone = false
        var count = 0
        while !isDone {
            let sink = FailingSink(failingAt: count)
            do {
                _ = try Self.fixture.write(to: sink, "sink.table", job: "j", version: 1)
                isDone = true
            } catch let error as TableError {
                guard case .io(_, _, .noSpace) = error else { throw error }
                #expect(sink.isAbandoned)
                count += 1
            }
        }
        #expect(count >= 2)
    }
}

/// Fails at its n-th operation.
private final class FailingSink: TableSink {
    private var left: Int
    private(set) var isAbandoned = false

    init(failingAt count: Int) { left = count }

    func write(_ bytes: Span<UInt8>) throws(Errno) { try countDown() }

    func finish() throws(Errno) { try countDown() }

    func abandon() { isAbandoned = true }

    private func countDown() throws(Errno) {
        guard left > 0 else { throw .noSpace }
        left -= 1
    }
}

extension TableReader {
    fileprivate func metadataSize() throws -> Int {
        try JSONEncoder().encode(metadata()).count
    }
}
