import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct LoadToTableTests {
    /// The way of a run: records in the order, and the form, that a table takes.
    @Test func recordsBecomeATable() throws {
        let generators = [
            TestGenerator(
                "a", [("id", .int64), ("name", .string), ("score", .number)],
                (0..<500).map { [.int(Int64($0 * 7919 % 1009)), .string("n\($0 % 9)"), nil] }),
            TestGenerator(
                "b", isSet: true, [("id", .int64), ("tags", nil)],
                (0..<900).map { [.int(Int64($0 * 31 % 1009)), .int(Int64($0 % 13))] }),
        ]
        let load = try TestLoad(generators)
        let directory = try TemporaryDirectory()
        let (reader, count) = try write(generators, to: directory.file("a.table"))
        #expect(count == load.keys.count)
        #expect(try reader.verify() == count)
        let selection = reader.select()
        for (key, record) in zip(load.keys, load.records) {
            var json: [UInt8] = []
            let bytes = try reader.info.schema.key.encode([.int64(try #require(Int64(key)))])
            let isFound = try reader.get(bytes.span, selection, into: &json)
            #expect(isFound)
            let values = record.split(separator: " ")
            let expected = #"{"name":\#(values[0]),"score":\#(values[1]),"tags":\#(values[2])}"#
            #expect(String(decoding: json, as: UTF8.self) == expected)
        }
    }

    private func write(
        _ generators: [TestGenerator], to path: FilePath
    ) throws -> (TableReader, count: Int) {
        let plan = try LoadPlan(
            indexColumns: ["id"], keyType: nil, generators: generators.map(\.input))
        let sorter = RowSorter(layout: SortLayout(memory: 4000, blockSize: 100)) {
            () throws(SortError) in MemoryStorage()
        }
        var extraction = Extraction(plan, sorter: sorter)
        for (generator, source) in zip(plan.generators, generators) {
            try extraction.run(generator, rows: ArrayCursor(source.columns, source.rows))
        }
        let writer = try TableWriter(
            creating: path, schema: extraction.schema, profile: extraction.profile, job: "a",
            version: 1)
        var records = try extraction.merged(MergeRules())
        while try records.next() { try writer.append(key: records.key, record: records.record) }
        _ = try writer.finish()
        return (try TableReader(opening: path), records.recordCount)
    }
}
