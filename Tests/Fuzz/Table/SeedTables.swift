import Glibc
import Nostos
import SystemPackage
import TestSupport

/// Small valid tables, together with every encoding and every form of key.
enum SeedTables {
    private typealias Record = (key: KeyPart, values: [TestValue])

    /// Keys that some of the tables have, and some that none has.
    static let keys: [[UInt8]] = {
        let number = KeySchema(columns: [KeyColumn(name: "id", type: .int64)])
        let integers = [Int64.min, -1, 0, 3, 40, 41, 1 << 40].map { value in
            var key: [UInt8] = []
            number.append(int64: value, to: &key)
            return key
        }
        let texts = ["", "key", "key100", "key139", "user:000000000007~b", "user:9", "~"]
        return integers + texts.map { Array($0.utf8) }
    }()

    /// The bytes of all seed tables.
    static func all() -> [[UInt8]] {
        [scalars, strings, parts, sparse, texts, lists, empty].map(bytes)
    }

    private static func bytes(of fixture: TableFixture) -> [UInt8] {
        let path = FilePath("/dev/shm/nostos-fuzz.\(getpid()).seed")
        _ = unlink(path.string)
        defer { _ = unlink(path.string) }
        do {
            try fixture.write(to: path)
            let file = try FileDescriptor.open(path, .readOnly)
            return try file.closeAfter {
                let size = Int(try file.seek(offset: 0, from: .end))
                return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                    count = unsafe try file.read(
                        fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
        } catch {
            fatalError("no seed table: \(error)")
        }
    }

    private static var scalars: TableFixture {
        let fields = [
            Field(name: "flag", type: .bool), Field(name: "count", type: .int64),
            Field(name: "score", type: .number), Field(name: "seen", type: .timestamp),
            Field(name: "plan", type: .string),
        ]
        let plans = ["free", "pro", "team"]
        let records = (0..<40).map { row -> Record in
            let day = Int64(row) * 86_400_000_000
            let seen: TestValue = row % 5 == 0 ? .null : .timestamp(day)
            let values: [TestValue] = [
                .bool(row % 3 == 0), .int(Int64(row * row)), .double(Double(row) / 8), seen,
                .string(plans[row % 3]),
            ]
            return (.int64(Int64(row) * 3), values)
        }
        return small(TableFixture(keyType: .int64, fields: fields, records: records))
    }

    private static var strings: TableFixture {
        let fields = [
            Field(name: "any", type: .any), Field(name: "json", type: .json),
            Field(name: "bytes", type: .bytes),
        ]
        let records = (0..<40).map { row -> Record in
            let key = "key\(100 + row)" + String(repeating: "x", count: row % 7)
            let any: [TestValue] = [.int(Int64(row)), .string("é\"\(row)"), .bool(true), .null]
            let json = TestValue.json("{\"a\":[\(row)]}")
            return (.string(key), [any[row % 4], json, .bytes([UInt8(row), 0, 255])])
        }
        var fixture = small(TableFixture(keyType: .string, fields: fields, records: records))
        fixture.isProfiled = false
        return fixture
    }

    /// Keys of a prefix, a number and a word.
    private static var parts: TableFixture {
        let courses = ["a", "b", "course"]
        let records = (0..<60).map { row -> Record in
            let digits = String(row / 3)
            let user = String(repeating: "0", count: 12 - digits.count) + digits
            return (.string("user:\(user)~\(courses[row % 3])"), [.int(Int64(row))])
        }
        return small(
            TableFixture(
                keyType: .string, fields: [Field(name: "n", type: .int64)], records: records))
    }

    /// Many fields of which few are present.
    private static var sparse: TableFixture {
        let fields = (0..<70).map { Field(name: "f\($0)", type: $0 % 2 == 0 ? .int64 : .string) }
        let records = (0..<30).map { row -> Record in
            let values = (0..<70).map { field -> TestValue in
                guard (field + row) % 11 == 0 else { return .null }
                return field % 2 == 0 ? .int(Int64(row)) : .string("w\(row % 4)")
            }
            return (.int64(Int64(row)), values)
        }
        return small(TableFixture(keyType: .int64, fields: fields, records: records))
    }

    /// Text enough for a dictionary to pay.
    private static var texts: TableFixture {
        let words = ["table", "reader", "serves", "fields", "by", "key", "and", "version", "old"]
        let fields = [Field(name: "text", type: .string), Field(name: "n", type: .int64)]
        let records = (0..<400).map { row -> Record in
            let text = (0..<(20 + row % 30)).map { words[(row * 7 + $0 * $0) % words.count] }
            return (.int64(Int64(row)), [.string(text.joined(separator: " ")), .int(Int64(row))])
        }
        return TableFixture(keyType: .int64, fields: fields, records: records)
    }

    private static var lists: TableFixture {
        let fields = [
            Field(name: "ids", type: .int64, isList: true),
            Field(name: "floats", type: .number, isList: true),
            Field(name: "tags", type: .string, isList: true),
            Field(name: "names", type: .string, isList: true),
        ]
        let records = (0..<30).map { row -> Record in
            let places = 0..<row % 9
            let ids = places.map { TestValue.int(Int64($0 * row) - 5) }
            let floats = places.map { TestValue.double(Double(Float(row) / Float($0 + 1))) }
            let tags = places.map { TestValue.string("tag\($0 % 3)") }
            let names = places.map { TestValue.string("unique \(row) \($0)") }
            let lists = [ids, floats, tags, names].map(TestValue.list)
            return (.int64(Int64(row) << 40), lists)
        }
        return small(TableFixture(keyType: .int64, fields: fields, records: records))
    }

    private static var empty: TableFixture {
        TableFixture(keyType: .int64, fields: [Field(name: "a", type: .int64)], records: [])
    }

    private static func small(_ fixture: TableFixture) -> TableFixture {
        var fixture = fixture
        fixture.options.groupRowCount = 8
        fixture.options.filterShare = 0
        return fixture
    }
}
