import Foundation
import Nostos
import SystemPackage
import TestSupport
import Testing

/// Tables of every shape against the dullest model: the records that went in.
@Suite struct TableTests {
    private let directory = try? TemporaryDirectory()

    private func path(_ name: String = "a.table") throws -> FilePath {
        try #require(directory).file(name)
    }

    /// Writes the fixture and checks every way of reading it against the fixture itself.
    private func check(_ fixture: TableFixture) throws {
        let path = try path()
        let summary = try fixture.write(to: path)
        let table = try TableReader(opening: path)
        #expect(table.info.schema == fixture.schema)
        #expect(table.info.rowCount == fixture.records.count)
        #expect(table.info.digest == summary.digest)
        #expect(table.info.size == summary.size)
        #expect(try table.verify() == fixture.records.count)
        try checkLookups(table, fixture)
        try checkScan(table, fixture)
        try TypedReading.expectEqual(table)
    }

    private func checkLookups(_ table: TableReader, _ fixture: TableFixture) throws {
        let all = table.select()
        let backwards = Array(fixture.schema.fields.indices.reversed())
        let reversed = table.select(backwards.map { fixture.schema.fields[$0].name })
        for record in fixture.records {
            let key = try fixture.schema.key.encode([record.key])
            var output: [UInt8] = []
            #expect(try table.get(key.span, all, into: &output))
            #expect(String(decoding: output, as: UTF8.self) == (try fixture.json(record.values)))
            output = []
            #expect(try table.get(key.span, reversed, into: &output))
            let expected = try fixture.json(record.values, fields: backwards)
            #expect(String(decoding: output, as: UTF8.self) == expected)
            for field in fixture.schema.fields.indices {
                output = []
                let one = table.select([fixture.schema.fields[field].name])
                #expect(try table.get(key.span, one, into: &output))
                let expected = try fixture.json(record.values, fields: [field])
                #expect(String(decoding: output, as: UTF8.self) == expected)
            }
        }
    }

    private func checkScan(_ table: TableReader, _ fixture: TableFixture) throws {
        let all = table.select()
        var cursor = table.makeCursor()
        for record in fixture.records {
            #expect(try cursor.next())
            #expect(cursor.key == (try fixture.schema.key.encode([record.key])))
            var output: [UInt8] = []
            try cursor.appendJSON(all, into: &output)
            #expect(String(decoding: output, as: UTF8.self) == (try fixture.json(record.values)))
        }
        #expect(try !cursor.next())
    }

    @Test func anEmptyTableHasNoKeys() throws {
        try check(
            TableFixture(keyType: .int64, fields: [Field(name: "a", type: .int64)], records: []))
    }

    @Test func everyTypeComesBackAsItWent() throws {
        let names: [(String, ValueType, Bool, [TestValue])] = [
            ("bool", .bool, false, [.bool(true), .null, .bool(false)]),
            ("int", .int64, false, [.int(.min), .int(.max), .null]),
            ("decimal", .number, false, [.double(0.1), .number("-12.345"), .int(7)]),
            (
                "long", .number, false,
                [.number("1e-9"), .number("123456789012345678901234"), .null]
            ),
            ("text", .string, false, [.string(""), .string("\u{0}\"\\é😀"), .null]),
            ("day", .timestamp, false, [.timestamp(-86_400_000_000), .timestamp(0), .null]),
            ("time", .timestamp, false, [.timestamp(1), .timestamp(1_700_000_000_123_456), .null]),
            ("json", .json, false, [.json("{\"a\":[1]}"), .json("null"), .null]),
            ("bytes", .bytes, false, [.bytes([0, 255]), .bytes([]), .null]),
            ("mixed", .any, false, [.int(1), .string("1"), .double(1.5)]),
            ("nothing", .none, false, [.null, .null, .null]),
            ("set", .string, true, [.list([]), .list([.string("a"), .string("b")]), .null]),
            ("numbers", .number, true, [.list([.int(1), .double(2.5), .null]), .list([]), .null]),
        ]
        try check(
            TableFixture(
                keyType: .int64,
                fields: names.map { Field(name: $0.0, type: $0.1, isList: $0.2) },
                records: (0..<3).map { row in (.int64(Int64(row)), names.map { $0.3[row] }) }))
    }

    /// A code of 63 bits that begins in the middle of a byte spans nine bytes.
    @Test func aWideCodeBehindANarrowOneKeepsItsHighBits() throws {
        let values: [Int64] = [0, 1, 1 << 61, (1 << 62) - 1, 1 << 62]
        try check(
            TableFixture(
                keyType: .int64,
                fields: [Field(name: "flag", type: .bool), Field(name: "wide", type: .int64)],
                records: (0..<5).map { row in
                    (.int64(Int64(row)), [.bool(row % 2 == 0), .int(values[row])])
                }))
    }

    @Test func largeValuesAndManyRowsCrossGroupsAndPages() throws {
        var fixture = TableFixture(
            keyType: .string,
            fields: [Field(name: "blob", type: .string), Field(name: "n", type: .int64)],
            records: (0..<700).map { row in
                let size = row % 100 == 7 ? 200_000 : row % 50
                let text = String(
                    repeating: Character(UnicodeScalar(UInt8(97 + row % 26))), count: size)
                let digits = String(row)
                let key = "user:" + String(repeating: "0", count: 6 - digits.count) + digits
                return (.string(key), [.string(text), .int(Int64(row))])
            })
        try check(fixture)
        fixture.records.append(
            (.string("z"), [.string(String(repeating: "x", count: 1 << 20)), .null]))
        try FileManager.default.removeItem(atPath: path().string)
        try check(fixture)
    }

    /// Values that an inexact profile has not seen take the escapes, and read back the same.
    @Test func aProfileThatSawNothingLosesNothing() throws {
        var fixture = TableFixture(
            keyType: .int64,
            fields: [
                Field(name: "a", type: .int64), Field(name: "b", type: .string),
                Field(name: "c", type: .string, isList: true),
            ],
            records: (0..<100).map { row in
                (.int64(row), [.int(row * 1_000_003), .string("v\(row % 7)"), .list([.int(row)])])
            })
        fixture.isProfiled = false
        try check(fixture)
    }

    /// Every table of up to four keys over a tiny alphabet, with tiny groups.
    @Test func agreesWithModelOnEverySmallSetOfKeys() throws {
        let alphabet = ["", "\u{0}", "a", "aa", "ab", "b", "aaaaaaaaa", "aaaaaaaab"]
        for code in 0..<256 {
            let keys = alphabet.indices.filter { code >> $0 & 1 == 1 }.map { alphabet[$0] }
                .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
            var fixture = TableFixture(
                keyType: .string, fields: [Field(name: "v", type: .string)],
                records: keys.map { (.string($0), [.string("value of \($0)")]) })
            fixture.options.groupRowCount = 1 + code % 3
            let path = try path("\(code).table")
            try fixture.write(to: path)
            let table = try TableReader(opening: path)
            for key in alphabet {
                var output: [UInt8] = []
                let encoded = Array(key.utf8)
                let isFound = try table.get(encoded.span, table.select(), into: &output)
                #expect(isFound == keys.contains(key), "\(code): \(key)")
                try checkSeek(table, to: key, among: keys)
            }
        }
    }

    private func checkSeek(_ table: TableReader, to key: String, among keys: [String]) throws {
        let bytes = Array(key.utf8)
        var cursor = table.makeCursor()
        try cursor.seek(to: bytes.span)
        for expected in keys where !Array(expected.utf8).lexicographicallyPrecedes(bytes) {
            #expect(try cursor.next())
            #expect(cursor.key == Array(expected.utf8))
        }
        #expect(try !cursor.next())
    }

    @Test(arguments: UInt64(0)..<24)
    func agreesWithModelOnRandomTables(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        try check(RandomTable.fixture(using: &random))
    }

    @Test func theSameRecordsGiveTheSameBytes() throws {
        var random = SplitMix64(seed: 7)
        let fixture = RandomTable.fixture(using: &random)
        let first = try fixture.write(to: path("1.table"))
        let second = try fixture.write(to: path("2.table"))
        let other = try fixture.write(to: path("3.table"), version: 2)
        #expect(first == second)
        #expect(first.digest != other.digest)
    }

    @Test func refusesKeysThatDoNotAscendAndRecordsThatDoNotFit() throws {
        let fixture = TableFixture(
            keyType: .int64, fields: [Field(name: "a", type: .int64)],
            records: [(.int64(2), [.int(1)]), (.int64(1), [.int(1)])])
        let file = try path()
        #expect(throws: TableError.unsorted(file: file, row: 1)) { try fixture.write(to: file) }
        let key = try fixture.schema.key.encode([.int64(1)])
        for record in [[], [99], try TestValue.int(1).encoded() + [0]] as [[UInt8]] {
            let writer = try TableWriter(
                creating: file, schema: fixture.schema, profile: TableProfile(fieldCount: 1),
                job: "j", version: 1)
            defer { writer.abandon() }
            try writer.append(key: key.span, record: record.span)
            #expect(throws: TableError.self) { try writer.finish() }
            #expect(throws: TableError.self) {
                try writer.append(key: key.span, record: record.span)
            }
        }
        let writer = try TableWriter(
            creating: file, schema: fixture.schema, profile: TableProfile(fieldCount: 1), job: "j",
            version: 1)
        defer { writer.abandon() }
        let long = [UInt8](repeating: 1, count: KeySchema.maxSize + 1)
        #expect(throws: TableError.self) {
            try writer.append(key: long.span, record: [0].span)
        }
    }

    @Test func aWriterRefusesAFileThatExists() throws {
        let fixture = TableFixture(keyType: .int64, fields: [], records: [])
        let file = try path()
        try fixture.write(to: file)
        #expect(throws: TableError.io(file: file, operation: "create", .fileExists)) {
            try fixture.write(to: file)
        }
    }
}
