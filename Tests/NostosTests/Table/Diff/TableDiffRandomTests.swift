import Nostos
import SystemPackage
import TestSupport
import Testing

/// Random tables of every encoding, and what becomes of them over a night, against dictionaries.
@Suite struct TableDiffRandomTests {
    /// The records' fields as JSON, by key.
    private typealias Model = [KeyPart: [String: String]]

    private func model(_ fixture: TableFixture) throws -> Model {
        var model: Model = [:]
        for (key, values) in fixture.records {
            var record: [String: String] = [:]
            for (field, value) in zip(fixture.schema.fields, values) {
                record[field.name] = try value.json()
            }
            model[key] = record
        }
        return model
    }

    /// The same table with some keys gone, some new, and some values taken from other records; the
    /// layouts stay the same now and then, and rows are then compared by their bytes.
    private func changed(
        _ fixture: TableFixture, using random: inout SplitMix64
    ) throws -> TableFixture {
        let other = RandomTable.fixture(using: &random)
        var result = fixture
        let share = [0, 1, 10, 60].randomElement(using: &random) ?? 0
        result.records = fixture.records.compactMap { record in
            guard Int.random(in: 0..<100, using: &random) >= share / 2 else { return nil }
            var record = record
            for field in record.values.indices
            where Int.random(in: 0..<100, using: &random) < share {
                let source = fixture.records.randomElement(using: &random)
                record.values[field] = source?.values[field] ?? .null
            }
            return record
        }
        let known = Set(fixture.records.map(\.key))
        for key in other.records.map(\.key).prefix(share) where !known.contains(key) {
            guard (try? fixture.schema.key.encode([key])) != nil else { continue }
            result.records.append((key, fixture.records.first?.values ?? []))
        }
        result.records = try result.records.filter {
            $0.values.count == fixture.schema.fields.count
        }
        .map { (try fixture.schema.key.encode([$0.key]), $0) }
        .sorted { $0.0.span.precedes($1.0.span) }.map(\.1)
        result.isProfiled = Bool.random(using: &random)
        return result
    }

    @Test(arguments: UInt64(0)..<48)
    func agreesWithDictionaries(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let old = RandomTable.fixture(using: &random)
        let new = try changed(old, using: &random)
        try withTemporaryDirectory { directory in
            try old.write(to: directory.appending("old"))
            try new.write(to: directory.appending("new"))
            let summary = try DiffSummary(
                from: TableReader(opening: directory.appending("old")),
                to: TableReader(opening: directory.appending("new")))
            try check(summary, try model(old), try model(new), old.schema, seed)
        }
    }

    private func check(
        _ summary: DiffSummary, _ old: Model, _ new: Model, _ schema: Schema, _ seed: UInt64
    ) throws {
        let common = old.filter { new[$0.key] != nil }
        let changed = common.filter { new[$0.key] != $0.value }
        #expect(summary.added == new.count - common.count, "seed \(seed)")
        #expect(summary.removed == old.count - common.count, "seed \(seed)")
        #expect(summary.changed == changed.count, "seed \(seed)")
        #expect(summary.unchanged == common.count - changed.count, "seed \(seed)")
        for (counts, field) in zip(summary.fields, schema.fields) {
            let pairs = changed.map { ($0.value[field.name], new[$0.key]?[field.name]) }
            let differing = pairs.filter { $0 != $1 }
            #expect(counts.name == field.name)
            #expect(counts.added == differing.count { $0.0 == "null" }, "seed \(seed)")
            #expect(counts.removed == differing.count { $0.1 == "null" }, "seed \(seed)")
            #expect(counts.changed == differing.count, "seed \(seed)")
        }
    }
}
