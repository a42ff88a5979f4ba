import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Figures of fields: exact where the table is small, estimates of known quality where not.
@Suite struct FieldFiguresTests {
    private func figures(
        _ fields: [Field], upTo count: Int? = nil, rowCount: Int, _ value: (Int, Int) -> TestValue
    ) throws -> [FieldFigures] {
        let fixture = TableFixture(
            keyType: .int64, fields: fields,
            records: (0..<rowCount).map { row in
                (.int64(Int64(row)), fields.indices.map { value(row, $0) })
            })
        return try withTemporaryDirectory { directory in
            let path = directory.appending("a.table")
            try fixture.write(to: path)
            let table = try TableReader(opening: path)
            return try count.map { try table.figures(upTo: $0) } ?? table.figures()
        }
    }

    @Test func numbersOfASmallTableAreExact() throws {
        let all = try figures(
            [Field(name: "n", type: .int64), Field(name: "d", type: .number)], rowCount: 125
        ) { row, field in
            row >= 100 ? .null : field == 0 ? .int(Int64(row)) : .number("\(row)e-2")
        }
        for (figures, unit) in zip(all, [1, 0.01]) {
            #expect(figures.rows == 125 && figures.nulls == 25 && figures.nullShare == 0.2)
            #expect(figures.distinct == 100 && figures.isDistinctExact)
            #expect(figures.measure == .number && figures.sampled == 100)
            #expect(figures.minimum == 0 && figures.maximum == 99 * unit)
            #expect(abs((figures.mean ?? 0) - 49.5 * unit) < 1e-9)
            let expected = [1, 5, 25, 50, 74, 94, 98].map { Double($0) * unit }
            #expect(figures.quantiles.count == FieldFigures.quantileShares.count)
            for (quantile, exact) in zip(figures.quantiles, expected) {
                #expect(abs(quantile - exact) < 1e-9)
            }
            #expect(figures.bins == Array(repeating: 5, count: 20))
            #expect(figures.binStart == 0 && figures.binEnd == 99 * unit)
        }
        #expect(all.map(\.type) == ["int64", "number"])
    }

    @Test func eachTypeHasItsMeasure() throws {
        let fields = [
            Field(name: "truth", type: .bool), Field(name: "time", type: .timestamp),
            Field(name: "text", type: .string), Field(name: "bytes", type: .bytes),
            Field(name: "list", type: .string, isList: true), Field(name: "json", type: .json),
            Field(name: "any", type: .any), Field(name: "nothing", type: .none),
            Field(name: "one", type: .int64),
        ]
        let all = try figures(fields, rowCount: 40) { row, field in
            let tags = (0..<row % 4).map { TestValue.string("t\($0)") }
            return [
                .bool(row < 10), .timestamp(1_700_000_000_000_000 + Int64(row)),
                .string(String(repeating: "é\"", count: row % 2 + 1)),
                .bytes(Array(repeating: 7, count: row % 5)), .list(tags), .json("{\"a\":\(row)}"),
                row % 2 == 0 ? .int(1) : .string("x"), .null, .int(8),
            ][field]
        }
        #expect(
            all.map(\.measure) == [
                .truth, .time, .length, .length, .elements, .none, .none, .none, .number,
            ])
        #expect(all[0].mean == 0.25 && all[0].bins.first == 30 && all[0].bins.last == 10)
        #expect(all[1].minimum == 1_700_000_000_000_000 && all[1].distinct == 40)
        #expect(all[1].maximum == 1_700_000_000_000_039)
        #expect(all[2].minimum == 2 && all[2].maximum == 4 && all[2].distinct == 2)
        #expect(all[3].minimum == 0 && all[3].maximum == 4)
        #expect(all[4].minimum == 0 && all[4].maximum == 3 && all[4].distinct == 3)
        #expect(all[5].bins.isEmpty && all[5].minimum == nil && all[5].distinct == 40)
        #expect(all[6].distinct == 2 && all[6].sampled == 0)
        #expect(all[7].nullShare == 1 && all[7].distinct == 0 && all[7].quantiles.isEmpty)
        #expect(all[8].bins == [40] + Array(repeating: 0, count: 19))
        #expect(all[8].binStart == 8 && all[8].binEnd == 8)
    }

    /// One value far away from all others leaves the others in their bins.
    @Test func aLongTailIsCountedBesideTheBins() throws {
        let all = try figures([Field(name: "n", type: .int64)], rowCount: 1000) { row, _ in
            .int(row == 500 ? 1_000_000_000 : row == 3 ? -1_000_000_000 : Int64(row))
        }
        let figures = all[0]
        #expect(figures.maximum == 1_000_000_000 && figures.minimum == -1_000_000_000)
        #expect(figures.below + figures.above + figures.bins.reduce(0, +) == 1000)
        #expect(figures.below >= 1 && figures.above >= 1 && figures.below + figures.above < 30)
        #expect(figures.bins.allSatisfy { $0 > 30 })
    }

    @Test func aSampleOfALargeTableTellsOfAllOfIt() throws {
        let fields = [Field(name: "n", type: .int64), Field(name: "half", type: .string)]
        let all = try figures(fields, upTo: 2000, rowCount: 20_000) { row, field in
            if field == 0 { return .int(Int64(row)) }
            return row % 2 == 0 ? .null : .string("unlike any other \(row)")
        }
        #expect(all.allSatisfy { $0.rows == 20_000 && $0.sampled <= 2000 })
        #expect(all[0].sampled > 1800 && all[1].sampled > 900)
        #expect(all[0].maximum == 19_999 && all[0].minimum == 0, "of all records")
        #expect(abs((all[0].mean ?? 0) - 10_000) < 200)
        #expect(abs(all[0].quantiles[3] - 10_000) < 300)
        #expect(all[1].nulls == 10_000)
    }

    @Test func anEmptyTableHasFiguresOfNothing() throws {
        let all = try figures([Field(name: "n", type: .int64)], rowCount: 0) { _, _ in .null }
        #expect(all.count == 1)
        #expect(all[0].rows == 0 && all[0].nullShare == 0 && all[0].bins.isEmpty)
        #expect(all[0].minimum == nil && all[0].mean == nil)
    }

    @Test(arguments: [1, 40, 4000, 5000, 100_000])
    func distinctValuesAreEstimatedFromASample(count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        let hashes = (0..<count).map { _ in random.next() }
        let population = 1_000_000
        var sample = DistinctSample()
        for _ in 0..<100_000 { sample.insert(hashes[Int.random(in: 0..<count, using: &random)]) }
        let estimate = Double(sample.estimate(of: population))
        #expect(abs(estimate / Double(count) - 1) < 0.15, "\(estimate) of \(count)")
        #expect(count > 4000 || sample.distinct == (count, true))
        var unique = DistinctSample()
        for _ in 0..<count { unique.insert(random.next()) }
        let all = Double(unique.estimate(of: 10 * count))
        #expect(abs(all / Double(10 * count) - 1) < 0.15, "\(all) of \(10 * count)")
    }
}
