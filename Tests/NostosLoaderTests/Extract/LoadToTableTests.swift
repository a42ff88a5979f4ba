import Foundation
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
            TestGenerator(
                "c", .sum, [("id", .int64), ("total", nil)],
                (0..<900).map { [.int(Int64($0 * 17 % 1009)), .double(Double($0) / 4)] }),
            TestGenerator(
                "d", .count, [("id", .int64), ("seen", .string)],
                (0..<900).map { [.int(Int64($0 * $0 % 1009)), "x"] }),
            TestGenerator(
                "e", .list, [("id", .int64), ("order", nil)],
                (0..<900).map { [.int(Int64($0 % 100)), $0 % 7 == 0 ? nil : .int(Int64($0))] }),
            TestGenerator("f", constants: [Constant(field: "model", value: .string("r-7"))]),
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
            let names = reader.info.schema.fields.map(\.name)
            let members = zip(names, record.split(separator: " ")).map { "\"\($0)\":\($1)" }
            #expect(String(decoding: json, as: UTF8.self) == "{\(members.joined(separator: ","))}")
        }
        let metadata = try reader.metadata()
        #expect(metadata.fields.map(\.name).last == "model")
        #expect(metadata.fields.last?.encoding == "vocabulary")
        #expect(metadata.fields[4].minimum == "0" && metadata.fields[4].nullCount == 0)
    }

    /// Keys that only the second generator has leave nothing behind in the batch of records.
    @Test func keysThatAreNotJoinedAreNotInTheTable() throws {
        let generators = [
            TestGenerator(
                "a", [("id", .int64), ("x", .int64)], (0..<300).map { [.int($0 * 3), .int($0)] }),
            TestGenerator(
                "b", isSet: true, [("id", .int64), ("y", nil)],
                (0..<900).map { [.int($0), .int($0 % 7)] }),
        ]
        let directory = try TemporaryDirectory()
        let (reader, count) = try write(
            generators, to: directory.file("a.table"), rules: MergeRules(join: .first))
        #expect(count == 300)
        #expect(try reader.verify() == 300)
        let selection = reader.select()
        for key in Int64(0)..<900 {
            var json: [UInt8] = []
            let bytes = try reader.info.schema.key.encode([.int64(key)])
            #expect(try reader.get(bytes.span, selection, into: &json) == (key % 3 == 0))
            guard key % 3 == 0 else { continue }
            #expect(
                String(decoding: json, as: UTF8.self) == "{\"x\":\(key / 3),\"y\":[\(key % 7)]}")
        }
    }

    /// Threads, and what is spilled when, depend on the memory: the table does not.
    @Test func theSameRowsGiveTheSameBytesWhateverTheMemory() throws {
        var random = SplitMix64(seed: 4)
        let generators = [
            TestGenerator(
                "a", .last, [("id", .int64), ("name", .string)],
                (0..<3000).map { _ in
                    [.int(Int64.random(in: 0..<900, using: &random)), .string("n\(random.next())")]
                }),
            TestGenerator(
                "b", isSet: true, [("id", .int64), ("tags", nil)],
                (0..<3000).map { row in
                    [.int(Int64.random(in: 0..<900, using: &random)), .int(row % 50)]
                }),
            TestGenerator(
                "c", .max, [("id", .int64), ("most", nil)],
                (0..<900).map { [.int(900 - $0), .double(Double($0) / 8)] }),
        ]
        let directory = try TemporaryDirectory()
        let layouts = [
            SortLayout(memory: 1 << 20, blockSize: 1000),
            SortLayout(memory: 1 << 14, blockSize: 100),
            SortLayout(memory: 6000, blockSize: 100),
            SortLayout(memory: 4000, blockSize: 40),
        ]
        let tables = try layouts.enumerated().map { index, layout in
            let path = directory.file("\(index).table")
            _ = try write(generators, to: path, layout: layout)
            return try Data(contentsOf: URL(fileURLWithPath: path.string))
        }
        for table in tables { #expect(table == tables[0]) }
    }

    private func write(
        _ generators: [TestGenerator], to path: FilePath,
        layout: SortLayout = SortLayout(memory: 4000, blockSize: 100),
        rules: MergeRules = MergeRules()
    ) throws -> (TableReader, count: Int) {
        let plan = try RecordPlan(
            indexColumns: ["id"], keyTypes: [], generators: generators.map(\.input))
        let sorter = RowSorter(layout: layout) { () throws(SortError) in MemoryStorage() }
        var extraction = Extraction(plan, sorter: sorter)
        for (generator, source) in zip(plan.generators, generators) where generator.hasRows {
            try extraction.run(generator, rows: ArrayCursor(source.columns, source.rows))
        }
        var records = try extraction.merged(rules)
        let writer = try TableWriter(
            creating: path, schema: records.schema, profile: records.profile, job: "a",
            version: 1)
        try RecordBatch.pass(&records, to: writer) { _, _ in }
        _ = try writer.finish()
        return (try TableReader(opening: path), records.recordCount)
    }
}
