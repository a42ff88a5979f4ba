public import Nostos
public import SystemPackage

/// A value as tests write it, and its encoded form.
public indirect enum TestValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case number(String)
    case string(String)
    case timestamp(Int64)
    case json(String)
    case bytes([UInt8])
    case list([TestValue])

    /// Appends the encoded form.
    public func encode(into output: inout [UInt8]) throws {
        switch self {
        case .null: EncodedValue.appendNull(to: &output)
        case .bool(let value): EncodedValue.append(bool: value, to: &output)
        case .int(let value): EncodedValue.append(int64: value, to: &output)
        case .double(let value): try EncodedValue.append(double: value, to: &output)
        case .number(let text): try EncodedValue.append(number: Array(text.utf8).span, to: &output)
        case .string(let text): try EncodedValue.append(string: Array(text.utf8).span, to: &output)
        case .timestamp(let time): try EncodedValue.append(timestamp: time, to: &output)
        case .json(let text): try EncodedValue.append(json: Array(text.utf8).span, to: &output)
        case .bytes(let bytes): try EncodedValue.append(bytes: bytes.span, to: &output)
        case .list(let elements):
            var inner: [UInt8] = []
            for element in elements { try element.encode(into: &inner) }
            try EncodedValue.append(list: inner.span, to: &output)
        }
    }

    /// The encoded form.
    public func encoded() throws -> [UInt8] {
        var output: [UInt8] = []
        try encode(into: &output)
        return output
    }

    /// The JSON text that every reader must give for it.
    public func json() throws -> String {
        var output: [UInt8] = []
        var position = 0
        let bytes = try encoded()
        EncodedValue.appendJSON(in: bytes.span, at: &position, to: &output)
        return String(decoding: output, as: UTF8.self)
    }
}

/// Builds small tables for tests.
public struct TableFixture: Sendable {
    /// The schema of the records.
    public let schema: Schema
    /// Keys and values, in key order.
    public var records: [(key: KeyPart, values: [TestValue])]
    /// The sizes by which the table is divided.
    public var options = TableOptions()
    /// Whether the profile sees the values; false leaves it empty and inexact.
    public var isProfiled = true

    /// A table of these fields with one key column.
    public init(
        keyType: KeyType, fields: [Field], records: [(key: KeyPart, values: [TestValue])]
    ) {
        schema = Schema(
            key: KeySchema(columns: [KeyColumn(name: "id", type: keyType)]), fields: fields)
        self.records = records
    }

    /// Writes the table to a new file.
    @discardableResult
    public func write(
        to path: FilePath, job: String = "fixture", version: Int = 1
    ) throws -> TableSummary {
        let sink: FileSink
        do throws(Errno) { sink = try FileSink(creating: path) } catch {
            throw TableError.io(file: path, operation: "create", error)
        }
        return try write(to: sink, path, job: job, version: version)
    }

    /// Writes the table to a sink; abandons it when that fails.
    public func write(
        to sink: any TableSink, _ path: FilePath, job: String, version: Int
    ) throws -> TableSummary {
        var profile = TableProfile(schema: schema, isExact: isProfiled)
        if isProfiled {
            for record in records {
                let key = try schema.key.encode([record.key])
                profile.observe(key: key.span)
                for (field, value) in record.values.enumerated() {
                    let bytes = try value.encoded()
                    profile.observe(bytes.span, field: field)
                }
            }
        }
        let writer: TableWriter
        do {
            writer = try TableWriter(
                to: sink, named: path, schema: schema, profile: profile, job: job,
                version: version, options: options)
        } catch {
            sink.abandon()
            throw error
        }
        do {
            for record in records {
                var bytes: [UInt8] = []
                for value in record.values { try value.encode(into: &bytes) }
                let key = try schema.key.encode([record.key])
                try writer.append(key: key.span, record: bytes.span)
            }
            return try writer.finish()
        } catch {
            writer.abandon()
            throw error
        }
    }

    /// The JSON object that a reader must give for these values.
    public func json(_ values: [TestValue], fields: [Int]? = nil) throws -> String {
        let members = try (fields ?? Array(schema.fields.indices)).map { index in
            "\"\(schema.fields[index].name)\":\(try values[index].json())"
        }
        return "{\(members.joined(separator: ","))}"
    }
}
