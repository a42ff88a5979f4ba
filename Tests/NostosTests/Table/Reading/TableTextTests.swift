import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Tables with compressed texts, packed texts and packed lists.
@Suite struct TableTextTests {
    private static let words = ["table", "reader", "serves", "fields", "by", "key", "and", "\"é\""]

    private static func fixture(rowCount: Int = 400, seed: UInt64 = 1) -> TableFixture {
        var random = SplitMix64(seed: seed)
        let fields = [
            Field(name: "hash", type: .string), Field(name: "description", type: .string),
            Field(name: "embedding", type: .number, isList: true),
            Field(name: "ids", type: .int64, isList: true), Field(name: "ratio", type: .number),
            Field(name: "blob", type: .bytes), Field(name: "n", type: .int64),
        ]
        let records = (0..<rowCount).map { row in
            let text = (0..<Int.random(in: 20...60, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }
            let floats = (0..<16).map { _ in
                TestValue.number(Float.random(in: -1...1, using: &random).description)
            }
            let ids = (0..<row % 4).map { _ in
                TestValue.int(Int64.random(in: 0..<1 << 40, using: &random))
            }
            let values: [TestValue] = [
                .string(String(random.next(), radix: 16)), .string(text.joined(separator: " ")),
                .list(floats), .list(ids), .double(Double.random(in: 0...1, using: &random)),
                .bytes((0..<24).map { _ in UInt8(truncatingIfNeeded: random.next()) }),
                .int(Int64(row)),
            ]
            return (KeyPart.int64(Int64(row) * 3), values)
        }
        return TableFixture(keyType: .int64, fields: fields, records: records)
    }

    private func expectAll(_ fixture: TableFixture, in table: TableReader) throws {
        let all = table.select()
        for (row, record) in fixture.records.enumerated() {
            let key = try fixture.schema.key.encode([record.key])
            // No room, so that every piece finds too little; then ample room.
            for capacity in [0, 1 << 16] {
                var output: [UInt8] = []
                output.reserveCapacity(capacity)
                let isFound = try table.get(key.span, all, into: &output)
                let text = String(decoding: output, as: UTF8.self)
                let expected = try fixture.json(record.values)
                #expect(isFound && text == expected, "row \(row)")
            }
            for field in fixture.schema.fields.indices {
                var output: [UInt8] = []
                let one = table.select([fixture.schema.fields[field].name])
                _ = try table.get(key.span, one, into: &output)
                let text = String(decoding: output, as: UTF8.self)
                let expected = try fixture.json(record.values, fields: [field])
                #expect(text == expected)
            }
        }
        #expect(try table.verify() == fixture.records.count)
        try TypedReading.expectEqual(table)
    }

    @Test func encodingsFollowTheData() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("t.table")
            let fixture = Self.fixture()
            try fixture.write(to: path)
            let table = try TableReader(opening: path)
            #expect(
                table.decoding.fields.map(\.name) == [
                    "text of 4 bits a character", "compressed text", "packed numbers",
                    "packed numbers", "text of 4 bits a character", "text of 6 bits a character",
                    "integer from 0, scale 0",
                ])
            try expectAll(fixture, in: table)
        }
    }

    @Test func whatTheProfileDidNotSeeStandsAsItIs() throws {
        try withTemporaryDirectory { directory in
            var fixture = Self.fixture(rowCount: 300)
            let seen = fixture.records
            let odd: [[TestValue]] = [
                [.string("é"), .string(""), .list([]), .list([.null]), .null, .int(1), .null],
                [
                    .int(-5), .string(String(repeating: "x", count: 200_000)),
                    .list([.string("1")]), .list([.double(0.5)]), .string("1"), .bytes([]),
                    .string("n"),
                ],
                [
                    .string("\""), .json("[\"a\"]"), .number("1e400"), .int(7), .number("1e-7"),
                    .string(""), .int(.max),
                ],
                [
                    .string(""), .string("\u{1}"), .list([.number("1e-400"), .int(.min)]),
                    .list([.int(.max), .int(.min)]), .bool(true), .null, .int(-1),
                ],
            ]
            for (index, values) in odd.enumerated() {
                fixture.records.append((.int64(Int64(10_000 + index)), values))
            }
            var profile = TableProfile(schema: fixture.schema, isExact: false)
            for record in seen {
                for (field, value) in record.values.enumerated() {
                    let bytes = try value.encoded()
                    profile.observe(bytes.span, field: field)
                }
            }
            let path = directory.appending("t.table")
            let writer = try TableWriter(
                creating: path, schema: fixture.schema, profile: profile, job: "t", version: 1)
            for record in fixture.records {
                var bytes: [UInt8] = []
                for value in record.values { try value.encode(into: &bytes) }
                let key = try fixture.schema.key.encode([record.key])
                try writer.append(key: key.span, record: bytes.span)
            }
            _ = try writer.finish()
            let table = try TableReader(opening: path)
            #expect(table.decoding.fields[1].encoding == .compressed(isQuoted: true))
            try expectAll(fixture, in: table)
        }
    }

    /// Changes under checksums that hold, in the entries, the dictionary and the layout.
    @Test(arguments: UInt64(0)..<20)
    func craftedTablesGiveAnErrorOrAText(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var fixture = Self.fixture(rowCount: 250, seed: seed)
        fixture.options.groupRowCount = 8
        try withTemporaryDirectory { directory in
            let path = directory.appending("good.table")
            try fixture.write(to: path)
            let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
            let layout = try TableReader(opening: path).footer.range(of: .layout)
            for round in 0..<30 {
                var bad = good
                for _ in 0..<Int.random(in: 1...20, using: &random) {
                    let place = round % 4 == 0 ? layout : bad.indices
                    bad[Int.random(in: place, using: &random)] =
                        [0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())]
                        .randomElement(using: &random) ?? 0
                }
                guard let sealed = TableSeal.resealed(bad) else { continue }
                let path = directory.appending("bad.table")
                FileCall.unlink(path)
                try Data(sealed).write(to: URL(fileURLWithPath: path.string))
                guard let table = try? TableReader(opening: path) else { continue }
                let all = table.select()
                let pair = TypedReading.Pair(table)
                for record in fixture.records {
                    let key = try fixture.schema.key.encode([record.key])
                    var output: [UInt8] = []
                    _ = try? table.get(key.span, all, into: &output)
                    pair.expectSameOutcome(key)
                }
            }
        }
    }
}
