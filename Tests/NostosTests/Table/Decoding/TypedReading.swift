import TestSupport
import Testing

@testable import Nostos

/// Reads records both as JSON and as typed values, for every test that has a table.
enum TypedReading {
    /// Expects that typed values, printed as JSON, are the JSON of every record, for all fields and
    /// in another order, and that the keys are the same.
    static func expectEqual(_ table: TableReader) throws {
        let names = table.info.schema.fields.map(\.name)
        let some = names.indices.filter { $0 % 3 == 1 }.map { names[$0] }
        for names in [names, names.reversed(), some, []] as [[String]] {
            let (asJSON, asValues) = (table.select(names), table.selectValues(names))
            #expect(asValues.fields.map(\.name) == names)
            var scan = table.scan()
            var cursor = table.makeCursor()
            var record = EncodedRecord()
            while try cursor.next() {
                #expect(try scan.next())
                var (expected, again, key): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
                try cursor.appendJSON(asJSON, into: &expected)
                try scan.appendJSON(asJSON, into: &again)
                try scan.appendKey(to: &key)
                record.removeAll()
                try scan.visit(asValues, with: &record)
                #expect(json(record.bytes, names) == String(decoding: expected, as: UTF8.self))
                #expect(again == expected)
                #expect(key == cursor.key)
            }
            #expect(try !scan.next())
        }
    }

    /// Both ways of reading some fields of a table, perhaps a damaged one.
    struct Pair {
        let table: TableReader
        private let asJSON: FieldSelection
        private let asValues: ValueSelection

        init(_ table: TableReader, _ names: [String]? = nil) {
            self.table = table
            (asJSON, asValues) = (table.select(names), table.selectValues(names))
        }

        /// Expects that both ways of reading a record give the same error, or none.
        func expectSameOutcome(_ key: [UInt8]) {
            var output: [UInt8] = []
            var record = EncodedRecord()
            let json = outcome { () throws(TableError) in
                try table.get(key.span, asJSON, into: &output)
            }
            let values = outcome { () throws(TableError) in
                try table.visit(key.span, asValues, with: &record)
            }
            #expect(json == values)
        }
    }

    private static func outcome(_ body: () throws(TableError) -> Bool) -> String {
        do throws(TableError) { return "\(try body())" } catch { return "\(error)" }
    }

    /// The JSON object of encoded values.
    static func json(_ record: [UInt8], _ names: [String]) -> String {
        var (output, position): ([UInt8], Int) = ([], 0)
        for (index, name) in names.enumerated() {
            output.append(UInt8(ascii: index == 0 ? "{" : ","))
            JSONText.append(name, to: &output)
            output.append(UInt8(ascii: ":"))
            EncodedValue.appendJSON(in: record.span, at: &position, to: &output)
        }
        output += Array((names.isEmpty ? "{}" : "}").utf8)
        return String(decoding: output, as: UTF8.self)
    }
}
