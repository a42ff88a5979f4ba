import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// All aggregates against a dictionary of each key's values in the order of the rows.
@Suite struct AggregateModelTests {
    private typealias Rows = [(key: Int64, value: Int64?)]

    /// The dullest answer: JSON of one aggregate of the values of a key.
    private func model(
        _ aggregate: GeneratorSpec.Aggregate, _ values: [Int64?], limit: Int?
    ) -> String {
        func list(_ values: [Int64?]) -> String {
            let kept = values.prefix(limit ?? .max)
            return "[" + kept.map { $0.map(String.init) ?? "null" }.joined(separator: ",") + "]"
        }
        func one(_ value: Int64?) -> String { value.map(String.init) ?? "null" }
        let known = values.compactMap(\.self)
        switch aggregate {
        case .set: return list(Set(known).sorted())
        case .list: return list(values)
        case .count: return String(known.count)
        case .sum: return one(known.isEmpty ? nil : known.reduce(0, +))
        case .mean:
            guard !known.isEmpty else { return one(nil) }
            // Small integers: one division of doubles gives the nearest.
            let mean = Double(known.reduce(0, +)) / Double(known.count)
            return (try? TestValue.double(mean).json()) ?? "?"
        case .min: return one(known.min())
        case .max: return one(known.max())
        case .first: return one(values.first ?? nil)
        case .last: return one(values.last ?? nil)
        }
    }

    /// Compares a load with one generator for each aggregate, all over the same rows.
    private func check(_ rows: Rows, limit: Int?, layout: SortLayout) throws {
        let kinds = GeneratorSpec.Aggregate.allCases
        let generators = kinds.map { kind in
            TestGenerator(
                "\(kind)", kind, limit: kind == .set || kind == .list ? limit : nil,
                [("id", .int64), ("\(kind)", .int64)],
                rows.map { [.int($0.key), $0.value.map { .int($0) } ?? .null] })
        }
        var values: [Int64: [Int64?]] = [:]
        for row in rows { values[row.key, default: []].append(row.value) }
        let load = try TestLoad(generators, layout: layout)
        let keys = values.keys.sorted()
        #expect(load.keys == keys.map(String.init))
        let expected = keys.map { key in
            kinds.map { model($0, values[key] ?? [], limit: limit) }.joined(separator: " ")
        }
        #expect(load.records == expected, "\(rows)")
        #expect(load.counts.map(\.rows) == kinds.map { _ in rows.count })
    }

    /// Every input of up to 4 rows over 2 keys and 3 values, one of them NULL.
    @Test func agreesWithModelOnEverySmallInput() throws {
        let values: [Int64?] = [nil, 1, 2]
        let layout = SortLayout(memory: 1 << 16, blockSize: 64)
        for count in 0...4 {
            for code in 0..<(0..<count).reduce(1, { product, _ in product * 6 }) {
                var rest = code
                let rows: Rows = (0..<count).map { _ in
                    defer { rest /= 6 }
                    return (Int64(rest % 2), values[rest % 6 / 2])
                }
                try check(rows, limit: code % 2 == 0 ? nil : 2, layout: layout)
            }
        }
    }

    /// Many rows of few keys, spilled in runs of a few rows that take several passes to merge.
    ///
    /// The order of rows survives all of it. Replay one with its seed.
    @Test(arguments: UInt64(0)..<16)
    func agreesWithModelThroughSpillsAndMerges(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let rows: Rows = (0..<Int.random(in: 50...250, using: &random)).map { index in
            let isNull = Int.random(in: 0..<5, using: &random) == 0
            return (Int64.random(in: -6...6, using: &random), isNull ? nil : Int64(index % 40) - 20)
        }
        let limit = Int.random(in: 1...9, using: &random)
        let layout = SortLayout(memory: 1200, blockSize: 40)
        try check(rows, limit: seed % 3 == 0 ? nil : limit, layout: layout)
    }

    /// Sums of decimals against decimal arithmetic by hand: mantissas at one scale.
    @Test(arguments: UInt64(0)..<16)
    func sumsOfDecimalsAreExact(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var total = 0
        var rows: [[TestValue]] = []
        for _ in 0..<200 {
            let cents = Int.random(in: -1_000_000...1_000_000, using: &random)
            total += cents
            rows.append([1, .double(Double(cents) / 100)])
        }
        let load = try TestLoad([TestGenerator("g", .sum, [("id", nil), ("x", nil)], rows)])
        let expected = TestValue.number("\(total)e-2")
        #expect(try load.records == [expected.json()])
    }
}
