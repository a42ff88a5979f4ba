import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Rows that no writer makes, under checksums that hold: an error or a text, never a trap.
@Suite struct RowDamageTests {
    /// Dense and sparse codes, words, lists, texts, an escape: all that a row may hold.
    private static let fixture = TableFixture(
        keyType: .int64,
        fields: [
            Field(name: "word", type: .string), Field(name: "tags", type: .string, isList: true),
            Field(name: "text", type: .string), Field(name: "seldom", type: .int64),
            Field(name: "note", type: .string), Field(name: "when", type: .timestamp),
            Field(name: "rest", type: .string),
        ],
        records: (0..<16).map { row in
            let values: [TestValue] = [
                .string(["en", "de"][row % 2]),
                .list((0..<row % 5).map { .string("tag\($0 * 7 % 3)") }),
                .string("a text of its own, number \(row * 7919)"),
                row % 6 == 1 ? .int(Int64(row) << 52) : .null,
                row % 7 == 3 ? .string("seldom \(row * 104_729)") : .null,
                .timestamp(Int64(row) * 3_600_000_000),
                .string("the rest: \(row * 1_299_709)"),
            ]
            return (.int64(Int64(row)), values)
        })

    /// The table's bytes, and where its rows lie.
    private func table(in directory: FilePath) throws -> (bytes: [UInt8], rows: [Range<Int>]) {
        let path = directory.appending("good.table")
        try Self.fixture.write(to: path)
        let table = try TableReader(opening: path)
        try table.prepare()
        let group = try table.group(0)
        let rows = try (0..<Self.fixture.records.count).map { try group.row($0) }
        return ([UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string))), rows)
    }

    /// Writes the bytes with their sums made anew and reads every record in several ways.
    ///
    /// Gives the whole records, nil for each that was refused.
    private func answers(_ bytes: [UInt8], in directory: FilePath) throws -> [String?] {
        let path = directory.appending("bad.table")
        FileCall.unlink(path)
        let sealed = try #require(TableSeal.resealed(bytes))
        try Data(sealed).write(to: URL(fileURLWithPath: path.string))
        let table = try TableReader(opening: path)
        let names = Self.fixture.schema.fields.map(\.name)
        let others = [
            table.select(names.reversed()), table.select(["note"]), table.select(["rest"]),
        ]
        let pairs = ([nil, names.reversed(), ["note"]] as [[String]?]).map {
            TypedReading.Pair(table, $0)
        }
        return try Self.fixture.records.map { record in
            let key = try Self.fixture.schema.key.encode([record.key])
            for selection in others { _ = answer(table, key, selection) }
            for pair in pairs { pair.expectSameOutcome(key) }
            return answer(table, key, table.select())
        }
    }

    private func answer(
        _ table: TableReader, _ key: [UInt8], _ selection: FieldSelection
    ) -> String? {
        var output: [UInt8] = [7]
        do throws(TableError) {
            guard try table.get(key.span, selection, into: &output) else { return nil }
        } catch {
            #expect(output == [7])
            return nil
        }
        return String(decoding: output[1...], as: UTF8.self)
    }

    @Test func theFixtureHoldsSparseFields() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("good.table")
            try Self.fixture.write(to: path)
            let fields = try TableReader(opening: path).decoding.fields
            #expect(fields.map(\.isSparse) == [false, false, false, true, true, false, false])
            #expect(fields[0].encoding == .vocabulary)
            #expect(fields[1].encoding == .codeList)
        }
    }

    @Test func everyByteOfEveryRowMayBeAnything() throws {
        try withTemporaryDirectory { directory in
            let (good, rows) = try table(in: directory)
            let expected = try Self.fixture.records.map { try Self.fixture.json($0.values) }
            #expect(try answers(good, in: directory) == expected)
            for (row, range) in rows.enumerated() where row % 3 == 0 || row % 7 == 3 {
                for offset in range {
                    for value in [0, 0x7F, 0x80, 0xFF, good[offset] ^ 1] where value != good[offset]
                    {
                        var bad = good
                        bad[offset] = value
                        let answers = try answers(bad, in: directory)
                        // The rows beside it are as before.
                        for other in answers.indices where other != row {
                            #expect(answers[other] == expected[other], "\(offset): \(value)")
                        }
                    }
                }
            }
        }
    }

    /// The code behind the last word's is no word.
    @Test func aCodeOutsideTheVocabularyIsRefused() throws {
        try withTemporaryDirectory { directory in
            let (good, rows) = try table(in: directory)
            var bad = good
            bad[rows[4].lowerBound] |= 3
            #expect(try answers(bad, in: directory)[4] == nil)
        }
    }

    /// The first entry of a row is the list of tags: its size, then a code for each.
    @Test func aListCodeOutsideTheVocabularyAndASizeBeyondTheRowAreRefused() throws {
        try withTemporaryDirectory { directory in
            let (good, rows) = try table(in: directory)
            let row = rows[4]
            let entry = try #require(
                row.first { good[$0] == 4 && good[$0 + 1] == 0 && good[$0 + 3] != 0 })
            for (offset, value) in [(1, 3), (1, 0x80), (4, 0x80), (0, 0x7F), (0, 0xFF)] {
                var bad = good
                bad[entry + offset] = UInt8(value)
                #expect(try answers(bad, in: directory)[4] == nil, "\(offset): \(value)")
            }
        }
    }

    /// A row without room for the code that its presence bit announces.
    @Test func sparseCodesBehindTheRowsEndAreRefused() throws {
        let fixture = TableFixture(
            keyType: .int64,
            fields: (0..<20).map { Field(name: "f\($0)", type: .int64) },
            records: (0..<64).map { row in
                (.int64(row), (0..<20).map { $0 == row % 20 ? .int(row << 50) : .null })
            })
        try withTemporaryDirectory { directory in
            let path = directory.appending("good.table")
            try fixture.write(to: path)
            let table = try TableReader(opening: path)
            try table.prepare()
            let row = try table.group(0).row(0)
            var bad = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
            #expect(bad[row.lowerBound] == 1)
            bad[row.lowerBound] = 0xFF
            FileCall.unlink(path)
            try Data(#require(TableSeal.resealed(bad))).write(to: URL(fileURLWithPath: path.string))
            let hostile = try TableReader(opening: path)
            let key = try fixture.schema.key.encode([.int64(0)])
            for names in [nil, ["f0", "f7"], ["f7"]] as [[String]?] {
                var output: [UInt8] = []
                #expect(throws: TableError.self) {
                    try hostile.get(key.span, hostile.select(names), into: &output)
                }
                #expect(output.isEmpty)
                TypedReading.Pair(hostile, names).expectSameOutcome(key)
            }
            var output: [UInt8] = []
            #expect(try hostile.get(key.span, hostile.select(["f0"]), into: &output))
        }
    }
}
