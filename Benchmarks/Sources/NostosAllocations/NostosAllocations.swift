import CountedAllocations
import Glibc
import Nostos
import SystemPackage

/// Counts how often lookups ask for memory: never, once the caller's buffer is large enough; nor do
/// GETs over HTTP.
///
/// A count is the same on every machine, so CI can hold it to a bound as it cannot hold a time.
@main
struct NostosAllocations {
    private static let lookupCount = 10_000

    static func main() throws {
        let path = FilePath("/tmp/nostos-allocations.\(getpid()).table")
        defer { unlink(path.string) }
        _ = try SmallTable.write(to: path)
        let table = try TableReader(opening: path)
        try table.prepare()
        let all = table.select()
        let one = table.select(["courses"])
        let none = SmallTable.key(-1)
        let keys = (0..<SmallTable.rowCount).map { SmallTable.key($0) }
        var output: [UInt8] = []
        output.reserveCapacity(1 << 16)

        var results: [Bool] = []
        results.append(
            try report("get.all", &output) { index, output in
                let key = keys[index % keys.count]
                return try table.get(key.span, all, into: &output)
            })
        results.append(
            try report("get.one", &output) { index, output in
                let key = keys[index % keys.count]
                return try table.get(key.span, one, into: &output)
            })
        results.append(
            try report("get.miss", &output) { _, output in
                try !table.get(none.span, all, into: &output)
            })
        var cursor = table.makeCursor()
        let first = keys[0]
        results.append(
            try report("scan", &output) { index, output in
                if index % SmallTable.rowCount == 0 { try cursor.seek(to: first.span) }
                guard try cursor.next() else { return false }
                try cursor.appendJSON(all, into: &output)
                return true
            })
        results.append(try ServedGets.report { try SmallTable.write(to: $0) })
        if results.contains(false) { exit(1) }
    }

    /// One pass to grow what grows once, one that is counted.
    private static func report(
        _ name: String, _ output: inout [UInt8], _ look: (Int, inout [UInt8]) throws -> Bool
    ) throws -> Bool {
        var allocations = UInt(0)
        for pass in 0..<2 {
            let before = counted_allocations()
            for index in 0..<lookupCount {
                output.removeAll(keepingCapacity: true)
                guard try look(index, &output) else {
                    print("\(name): lookup \(index) of pass \(pass) gave the wrong answer")
                    return false
                }
            }
            allocations = counted_allocations() - before
        }
        print("\(name): \(allocations) allocations in \(lookupCount) lookups, must be 0")
        return allocations == 0
    }
}

/// A table with a field of each encoding.
enum SmallTable {
    static let rowCount = 2000

    private static let schema = Schema(
        key: KeySchema(columns: [KeyColumn(name: "id", type: .int64)]),
        fields: [
            Field(name: "country", type: .string), Field(name: "score", type: .number),
            Field(name: "courses", type: .string, isList: true),
            Field(name: "name", type: .string), Field(name: "seen", type: .timestamp),
            Field(name: "embedding", type: .number, isList: true),
            Field(name: "description", type: .string),
        ])

    static func key(_ row: Int) -> [UInt8] {
        var key: [UInt8] = []
        schema.key.append(int64: Int64(row) * 7, to: &key)
        return key
    }

    static func write(to path: FilePath) throws -> TableSummary {
        let records = try (0..<rowCount).map(record)
        var profile = TableProfile(fieldCount: schema.fields.count)
        for record in records {
            for (field, value) in record.enumerated() { profile.observe(value.span, field: field) }
        }
        let writer = try TableWriter(
            creating: path, schema: schema, profile: profile, job: "allocations", version: 1)
        for (row, record) in records.enumerated() {
            let (key, bytes) = (key(row), Array(record.joined()))
            try writer.append(key: key.span, record: bytes.span)
        }
        return try writer.finish()
    }

    private static func record(_ row: Int) throws -> [[UInt8]] {
        var values = [[UInt8]](repeating: [], count: schema.fields.count)
        try string(["DE", "US", "IN"][row % 3], to: &values[0])
        try EncodedValue.append(double: Double(row) / 16, to: &values[1])
        var courses: [UInt8] = []
        for course in 0..<row % 12 { try string("course-\(course * row % 50)", to: &courses) }
        try EncodedValue.append(list: courses.span, to: &values[2])
        try string("the name of row \(row)", to: &values[3])
        try EncodedValue.append(timestamp: Int64(row) * 1_000_000, to: &values[4])
        var numbers: [UInt8] = []
        for place in 0..<16 {
            try EncodedValue.append(float: Float(row) / Float(place + 3), to: &numbers)
        }
        try EncodedValue.append(list: numbers.span, to: &values[5])
        let words = ["a", "description", "of", "some", "length", "and", "number"]
        let text = (0..<40).map { words[($0 * $0 + row) % words.count] }.joined(separator: " ")
        try string("\(text) \(row)", to: &values[6])
        return values
    }

    private static func string(_ text: String, to output: inout [UInt8]) throws {
        let bytes = Array(text.utf8)
        try EncodedValue.append(string: bytes.span, to: &output)
    }
}
