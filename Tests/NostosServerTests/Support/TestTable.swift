import Nostos
import SystemPackage
import TestSupport

/// A real table with a few records.
struct TestTable {
    var schema: Schema
    var rows: [(key: [KeyPart], values: [TestValue])]

    /// Writes the table; `number` is its version.
    func write(to path: FilePath, job: String, number: Int) throws -> TableSummary {
        let encoded = try rows.map { row in
            (key: try schema.key.encode(row.key), values: try row.values.map { try $0.encoded() })
        }
        var profile = TableProfile(fieldCount: schema.fields.count)
        for row in encoded {
            for field in row.values.indices {
                let value: [UInt8] = row.values[field]
                profile.observe(value.span, field: field)
            }
        }
        let writer = try TableWriter(
            creating: path, schema: schema, profile: profile, job: job, version: number)
        for row in encoded.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let key: [UInt8] = row.key
            let record = Array(row.values.joined())
            try writer.append(key: key.span, record: record.span)
        }
        return try writer.finish()
    }
}

extension Schema {
    /// A schema such as `id:int64 / language:string subtitles:string[]`.
    init(_ text: String) {
        let halves = text.split(separator: "/").map { half in
            half.split(separator: " ").map { $0.split(separator: ":").map(String.init) }
        }
        let columns = halves[0].map {
            KeyColumn(name: $0[0], type: $0[1] == "int64" ? .int64 : .string)
        }
        let fields = halves[1].map { parts in
            let isList = parts[1].hasSuffix("[]")
            let name = isList ? String(parts[1].dropLast(2)) : parts[1]
            return Field(name: parts[0], type: ValueType(name: name) ?? .any, isList: isList)
        }
        self.init(key: KeySchema(columns: columns), fields: fields)
    }
}
