import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Rows at the edges of their encodings: long codes, wide sparse fields.
@Suite struct RowTests {
    private func check(
        _ fixture: TableFixture, _ layouts: ([FieldLayout]) -> Bool
    ) throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("a.table")
            try fixture.write(to: path)
            let table = try TableReader(opening: path)
            #expect(layouts(table.decoding.fields))
            var cursor = table.makeCursor()
            var output: [UInt8] = []
            for record in fixture.records {
                #expect(try cursor.next())
                output.removeAll(keepingCapacity: true)
                try cursor.appendJSON(table.select(), into: &output)
                #expect(
                    String(decoding: output, as: UTF8.self) == (try fixture.json(record.values)))
            }
            try TypedReading.expectEqual(table)
        }
    }

    /// Codes of one, two and three bytes, with every bit of theirs.
    @Test func listsOverALargeVocabularyKeepEveryWord() throws {
        let fixture = TableFixture(
            keyType: .int64, fields: [Field(name: "words", type: .string, isList: true)],
            records: (0..<1000).map { row in
                let words = (0..<51).map { TestValue.string("word \((row * 17 + $0) % 17_000)") }
                return (.int64(Int64(row)), [.list(words)])
            })
        try check(fixture) { $0[0].encoding == .codeList }
    }

    /// Codes of 1 to 64 bits that begin at every bit of a byte, and words of every field.
    @Test func sparseCodesOfEveryWidthKeepTheirBits() throws {
        var random = SplitMix64(seed: 11)
        let fields = (0..<130).map { Field(name: "f\($0)", type: .int64) }
        let fixture = TableFixture(
            keyType: .int64, fields: fields,
            records: (0..<300).map { row in
                let values = fields.indices.map { index -> TestValue in
                    guard Int.random(in: 0..<10, using: &random) == 0 else { return .null }
                    return .int(Int64(bitPattern: random.next()) >> Int64(index % 64))
                }
                return (.int64(Int64(row)), values)
            })
        try check(fixture) { $0.allSatisfy { $0.isSparse } && $0.contains { $0.width == 64 } }
    }
}
