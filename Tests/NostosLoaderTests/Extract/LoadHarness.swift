import Nostos
import SystemPackage

@testable import NostosLoader

/// A whole load of test generators: records as JSON by key text, and what was counted.
struct TestLoad {
    var keys: [String] = []
    var records: [String] = []
    var schema: Schema
    var counts: [MergeCounts]
    var progress: [ExtractionProgress]

    init(
        _ generators: [TestGenerator], index: [String] = ["id"], keyTypes: [KeyType] = [],
        rules: MergeRules = MergeRules(),
        layout: SortLayout = SortLayout(memory: 1 << 20, blockSize: 1000)
    ) throws {
        let plan = try RecordPlan(
            indexColumns: index, keyTypes: keyTypes,
            generators: generators.map(\.input))
        let sorter = RowSorter(layout: layout) { () throws(SortError) in MemoryStorage() }
        var extraction = Extraction(plan, sorter: sorter)
        for (generator, source) in zip(plan.generators, generators) where generator.hasRows {
            try extraction.run(generator, rows: ArrayCursor(source.columns, source.rows))
        }
        progress = extraction.progress
        var merged = try extraction.merged(rules)
        schema = merged.schema
        while try merged.next() {
            keys.append(ValueText.key(merged.key, schema.key))
            records.append(Self.text(merged.record, fieldCount: schema.fields.count))
        }
        precondition(merged.recordCount == keys.count)
        counts = merged.counts
    }

    /// The record's values as JSON texts with spaces between them.
    private static func text(_ record: Span<UInt8>, fieldCount: Int) -> String {
        var values: [String] = []
        var position = 0
        while position < record.count {
            var text: [UInt8] = []
            guard EncodedValue.appendJSON(in: record, at: &position, to: &text) else { break }
            values.append(String(decoding: text, as: UTF8.self))
        }
        precondition(position == record.count && values.count == fieldCount)
        return values.joined(separator: " ")
    }
}
