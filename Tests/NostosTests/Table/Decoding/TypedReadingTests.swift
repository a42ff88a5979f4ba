import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Typed values of whole records: every encoding, every type, and what hurts.
@Suite struct TypedReadingTests {
    /// More random tables than the other tests of tables, for the two ways of reading only.
    @Test(arguments: UInt64(100)..<140)
    func agreesWithTheJSONOfRandomTables(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        try withTemporaryDirectory { directory in
            let path = directory.appending("a.table")
            try RandomTable.fixture(using: &random).write(to: path)
            try TypedReading.expectEqual(TableReader(opening: path))
        }
    }

    /// The encoded values that come out have the very bytes of those that went in.
    @Test func valuesOfTypedFieldsComeBackAsTheyWentIn() throws {
        let columns: [(ValueType, [TestValue])] = [
            (.bool, [true, nil, false]), (.int64, [.int(.min), .int(.max), .int(0)]),
            (.number, [.double(0.1), .number("-12.345"), 7]),
            (.number, [.number("1e-9"), .number("123456789012345678901234"), .number("0.000001")]),
            (.string, ["", "\u{0}\u{8}\t\n\u{c}\r\u{1f}\"\\/é😀", nil]),
            (.timestamp, [.timestamp(-86_400_000_000), .timestamp(0), nil]),
            (.timestamp, [.timestamp(1), .timestamp(Timestamp.range.lowerBound), nil]),
            (.json, [.json("{\"a\":[1.0]}"), .json("\"\\u0041\""), .json("1.0")]),
            (.bytes, [.bytes([0, 255]), .bytes([]), .bytes([1, 2, 3])]),
            (.any, [1, "1", .double(1.5)]),
        ]
        for isProfiled in [true, false] {
            var fixture = TableFixture(
                keyType: .int64,
                fields: columns.enumerated().map { Field(name: "f\($0)", type: $1.0) },
                records: (0..<3).map { row in (.int64(Int64(row)), columns.map { $0.1[row] }) })
            fixture.isProfiled = isProfiled
            try withTemporaryDirectory { directory in
                let path = directory.appending("a.table")
                try fixture.write(to: path)
                let table = try TableReader(opening: path)
                for record in fixture.records {
                    var (expected, read): ([UInt8], EncodedRecord) = ([], EncodedRecord())
                    for value in record.values { try value.encode(into: &expected) }
                    let key = try fixture.schema.key.encode([record.key])
                    #expect(try table.visit(key.span, table.selectValues(), with: &read))
                    #expect(read.bytes == expected, "\(record.values)")
                }
            }
        }
    }

    @Test func namesThatTheTableLacksAreListedAndNotVisited() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("a.table")
            let fixture = TableFixture(
                keyType: .int64,
                fields: [Field(name: "a", type: .int64), Field(name: "b", type: .int64)],
                records: [(.int64(1), [5, 6])])
            try fixture.write(to: path)
            let table = try TableReader(opening: path)
            let selection = table.selectValues(["x", "b", "b", "y", "a"])
            #expect(selection.fields.map(\.name) == ["b", "a"])
            #expect(selection.absent == ["x", "y"])
            var record = EncodedRecord()
            let key = try fixture.schema.key.encode([.int64(1)])
            #expect(try table.visit(key.span, selection, with: &record))
            #expect(TypedReading.json(record.bytes, ["b", "a"]) == "{\"b\":6,\"a\":5}")
            let other = try fixture.schema.key.encode([.int64(2)])
            #expect(try !table.visit(other.span, selection, with: &record))
        }
    }

    /// A page that cannot be read any more is an error of its rows; others are read as before.
    @Test func aLostPageIsTheSameErrorAsForJSON() throws {
        let table = try DamagedTable()
        try #require(table.readAll() == DamagedTable.rowCount)
        try table.lose(pages: [3, 4])
        _ = table.readAll()
        let reader = table.reader
        let selection = reader.selectValues()
        let names = selection.fields.map(\.name)
        let pair = TypedReading.Pair(reader)
        var right = 0
        for row in 0..<DamagedTable.rowCount {
            let key = DamagedTable.key(row)
            pair.expectSameOutcome(key)
            var record = EncodedRecord()
            guard (try? reader.visit(key.span, selection, with: &record)) == true else { continue }
            right += 1
            let text = TypedReading.json(record.bytes, names)
            #expect(Array(text.utf8) == DamagedTable.expected[row])
        }
        #expect(right > 0 && right < DamagedTable.rowCount)
    }

    /// The loss is noticed in the midst of a record that was read from the lost page.
    @Test func aPageThatIsLostWhileItIsReadIsAnError() throws {
        let table = try DamagedTable()
        try #require(table.readAll() == DamagedTable.rowCount)
        try table.lose(pages: [5])
        var scan = table.reader.scan()
        #expect(throws: TableError.self) {
            var record = EncodedRecord()
            let selection = table.reader.selectValues()
            while try scan.next() { try scan.visit(selection, with: &record) }
        }
    }
}
