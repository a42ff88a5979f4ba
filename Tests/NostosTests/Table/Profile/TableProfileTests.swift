import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// A profile that is merged from parts against the one that saw everything.
@Suite struct TableProfileTests {
    private func table(_ fixture: TableFixture, _ profile: TableProfile) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = try TableWriter(
            to: sink, named: "memory", schema: fixture.schema, profile: profile, job: "parts",
            version: 1, options: fixture.options)
        for record in fixture.records {
            let key = try fixture.schema.key.encode([record.key])
            let bytes = try encoded(record.values)
            try writer.append(key: key.span, record: bytes.span)
        }
        _ = try writer.finish()
        return sink.bytes
    }

    private func encoded(_ values: [TestValue]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values { try value.encode(into: &bytes) }
        return bytes
    }

    private func profile(_ fixture: TableFixture, _ rows: Range<Int>) throws -> TableProfile {
        var profile = TableProfile(schema: fixture.schema)
        for record in fixture.records[rows] {
            let key = try fixture.schema.key.encode([record.key])
            let bytes = try encoded(record.values)
            profile.observe(key: key.span)
            profile.observe(record: bytes.span)
        }
        return profile
    }

    @Test(arguments: 0..<60)
    func partsGiveTheTableThatTheWholeGives(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let fixture = RandomTable.fixture(using: &random)
        let count = fixture.records.count
        let whole = try profile(fixture, 0..<count)
        let cuts = [0, count] + (0..<2).map { _ in Int.random(in: 0...count, using: &random) }
        let ends = cuts.sorted()
        let parts = try (1..<ends.count).map { try profile(fixture, ends[$0 - 1]..<ends[$0]) }
        var left = parts[0]
        left.merge(parts[1])
        left.merge(parts[2])
        var right = parts[1]
        right.merge(parts[2])
        var first = parts[0]
        first.merge(right)
        let expected = try table(fixture, whole)
        #expect(try table(fixture, left) == expected)
        #expect(try table(fixture, first) == expected)
    }

    /// Values of several records, field by field, against one record after the other.
    @Test(arguments: 0..<40)
    func valuesObservedTogetherGiveTheTableThatSingleOnesGive(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let fixture = RandomTable.fixture(using: &random)
        let single = try profile(fixture, 0..<fixture.records.count)
        var together = TableProfile(schema: fixture.schema)
        var bytes: [UInt8] = []
        var views: [EncodedValueView] = []
        for record in fixture.records {
            let key = try fixture.schema.key.encode([record.key])
            together.observe(key: key.span)
            bytes += try encoded(record.values)
        }
        var position = 0
        while let view = EncodedValueView(in: bytes.span, at: &position) { views.append(view) }
        let fieldCount = fixture.schema.fields.count
        for field in 0..<fieldCount {
            together.observe(
                views.span, from: field, by: fieldCount, in: bytes.span, countsNulls: true,
                field: field)
        }
        #expect(try table(fixture, together) == (try table(fixture, single)))
    }

    /// Of a set NULLs are no values.
    @Test func nullsAreCountedWhereTheyAreValues() {
        let bytes: [UInt8] = [EncodedValue.Tag.null.rawValue, EncodedValue.Tag.true.rawValue]
        var views: [EncodedValueView] = []
        var position = 0
        while let view = EncodedValueView(in: bytes.span, at: &position) { views.append(view) }
        for countsNulls in [true, false] {
            var profile = TableProfile(fieldCount: 1)
            profile.observe(
                views.span, from: 0, by: 1, in: bytes.span, countsNulls: countsNulls, field: 0)
            #expect(profile.fields[0].nullCount == (countsNulls ? 1 : 0))
            #expect(profile.fields[0].count == 1)
        }
    }

    @Test func tooManyValuesTogetherHaveNoVocabulary() throws {
        func builder(_ range: Range<Int64>) -> VocabularyBuilder {
            var builder = VocabularyBuilder()
            for round in 0..<2 {
                for number in range where round == 0 || number % 2 == 0 {
                    var value: [UInt8] = []
                    EncodedValue.append(int64: number, to: &value)
                    let hash = builder.prepare(value.span)
                    for _ in 0..<2 { builder.insert(value.span, hash: hash) }
                }
            }
            return builder
        }
        let most = Int64(VocabularyBuilder.maxCount)
        var left = builder(0..<40_000)
        let textSize = left.totalTextSize + builder(30_000..<most + 1).totalTextSize
        let fits = builder(30_000..<most)
        var merged = left
        merged.merge(fits)
        #expect(!merged.isOverflown && merged.count == Int(most))
        left.merge(builder(30_000..<most + 1))
        #expect(left.isOverflown && left.count == 0)
        #expect(left.totalTextSize == textSize)
    }
}
