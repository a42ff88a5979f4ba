import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct RecordMergerTests {
    private let columns: [(String, ValueType?)] = [("id", .int64), ("x", nil)]

    @Test func generatorsAreJoinedByKey() throws {
        let load = try TestLoad([
            TestGenerator(
                "a", [("id", nil), ("x", nil), ("y", nil)], [[3, "c", 1], [1, "a", nil]]),
            TestGenerator(
                "b", isSet: true, [("id", nil), ("s", nil), ("t", nil)],
                [[1, "z", 1], [2, nil, 7], [1, "y", 1]]),
            TestGenerator("c", [("id", nil), ("w", nil)], [[-1, true], [3, false]]),
        ])
        #expect(load.keys == ["-1", "1", "2", "3"])
        #expect(
            load.records == [
                "null null [] [] true",
                #""a" null ["y","z"] [1] null"#,
                "null null [] [7] null",
                #""c" 1 [] [] false"#,
            ])
        #expect(load.counts.map(\.rows) == [2, 3, 2])
        #expect(load.progress.map(\.rows) == [2, 3, 2])
    }

    @Test func joinFirstKeepsOnlyTheKeysOfTheFirstGenerator() throws {
        let load = try TestLoad(
            [
                TestGenerator("a", columns, [[2, 5]]),
                TestGenerator(
                    "b", [("id", .int64), ("y", nil)], [[1, 1], [1, 2], [2, 6], [3, 7]]),
            ], rules: MergeRules(join: .first))
        #expect(load.keys == ["2"])
        #expect(load.records == ["5 6"])
        #expect(load.counts.map(\.rows) == [1, 4])
        #expect(load.counts.map(\.unjoinedRows) == [0, 3])
    }

    @Test func aDuplicateIsAnErrorThatNamesKeyAndBothRows() {
        let rows: [[TestValue]] = [[7, "a"], [8, "b"], [7, "c"]]
        let expected = MergeError.duplicateKey(
            generator: "g", key: "7", first: #"("a")"#, second: #"("c")"#)
        #expect(throws: expected) { try TestLoad([TestGenerator("g", columns, rows)]) }
    }

    @Test(arguments: [(Job.DuplicatePolicy.first, "\"a\""), (.last, "\"d\"")])
    func ofDuplicatesTheFirstOrTheLastCounts(rule: Job.DuplicatePolicy, winner: String) throws {
        let rows: [[TestValue]] = [
            [7, "a"], [9, "x"], [8, "b"], [7, "c"], [9, "y"], [7, "d"],
        ]
        let load = try TestLoad(
            [
                TestGenerator("g", columns, rows),
                TestGenerator("h", [("id", .int64), ("y", nil)], [[7, 1]]),
            ], rules: MergeRules(onDuplicate: rule))
        #expect(load.keys == ["7", "8", "9"])
        #expect(load.records[0] == winner + " 1")
        #expect(load.records[1] == "\"b\" null")
        #expect(load.counts[0].rows == 6)
        #expect(load.counts[0].repeatedRows == 3)
        #expect(load.counts[0].repeatedKeys == 2)
        #expect(load.counts[0].repeatedExample == "7")
        #expect(load.counts[1].repeatedRows == 0)
    }

    @Test func aSetAboveTheLimitIsAnErrorThatNamesFieldAndKey() throws {
        let generator = TestGenerator(
            "g", isSet: true, [("id", .string), ("x", nil), ("s", nil)],
            (0..<4).map { ["k", 1, .int($0)] })
        let plan = try RecordPlan(
            indexColumns: ["id"], keyTypes: [], generators: [generator.input])
        for maxSize in [35, 36] {
            var sorter = RowSorter(layout: SortLayout(memory: 1 << 16, blockSize: 100)) {
                () throws(SortError) in MemoryStorage()
            }
            let key = Array("k".utf8)
            for row in generator.rows {
                let payload = try row[1].encoded() + row[2].encoded()
                try sorter.add(key: key.span, generator: 0, payload: payload.span)
            }
            let schema = KeySchema(columns: [KeyColumn(name: "id", type: .string)])
            var merger = RecordMerger(
                plan, key: schema, rules: MergeRules(), entries: try sorter.finish(),
                profile: TableProfile(fieldCount: 2), maxListSize: maxSize)
            do {
                #expect(try merger.next() && maxSize == 36)
            } catch let error as MergeError {
                let expected = MergeError.tooLarge(
                    generator: "g", field: "s", key: "k", limit: 35)
                #expect(error == expected)
            }
        }
    }

    @Test func compositeKeysAreJoinedPartByPart() throws {
        let load = try TestLoad(
            [
                TestGenerator(
                    "a", [("user", nil), ("lang", nil), ("x", nil)],
                    [[2, "", 1], [2, "a\0b", 2], [2, "a", 3], [-1, "z", 4]]),
                TestGenerator(
                    "b", [("y", nil), ("lang", nil), ("user", nil)], [[9, "a", 2]]),
            ], index: ["user", "lang"])
        #expect(load.keys == ["-1,z", "2,", "2,a", #"2,a\0b"#])
        #expect(load.records == ["4 null", "1 null", "3 9", "2 null"])
    }

    /// Every input of up to 3 rows over 2 keys and 3 generators, one of them a set.
    @Test func agreesWithModelOnEverySmallInput() throws {
        for count in 0...3 {
            for code in 0..<(0..<count).reduce(1, { product, _ in product * 6 }) {
                var rest = code
                let rows = (0..<count).map { arrival in
                    defer { rest /= 6 }
                    return (
                        key: Int64(rest % 2), generator: rest % 6 / 2, value: Int64(arrival % 2)
                    )
                }
                try check(rows, layout: SortLayout(memory: 1 << 16, blockSize: 64))
            }
        }
    }

    /// Many rows of few keys through tiny runs; replay one with its seed.
    @Test(arguments: UInt64(0)..<24)
    func agreesWithModelOnRandomRows(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let rows = (0..<Int.random(in: 0...400, using: &random)).map { _ in
            (
                key: Int64.random(in: -30...30, using: &random),
                generator: Int.random(in: 0..<3, using: &random),
                value: Int64.random(in: -9...9, using: &random)
            )
        }
        try check(rows, layout: SortLayout(memory: 1200, blockSize: 40))
    }

    /// Compares all rules with a dictionary of rows per key and generator; generator 1 is a set.
    private func check(
        _ rows: [(key: Int64, generator: Int, value: Int64)], layout: SortLayout
    ) throws {
        let generators = (0..<3).map { generator in
            TestGenerator(
                "g\(generator)", isSet: generator == 1,
                [("id", .int64), ("f\(generator)", .int64)],
                rows.filter { $0.generator == generator }.map { [.int($0.key), .int($0.value)] })
        }
        var model: [Int64: [Int: [Int64]]] = [:]
        for row in rows {
            model[row.key, default: [:]][row.generator, default: []].append(row.value)
        }
        for rules in [
            MergeRules(onDuplicate: .first), MergeRules(onDuplicate: .last),
            MergeRules(onDuplicate: .last, join: .first),
        ] {
            let load = try TestLoad(generators, rules: rules, layout: layout)
            let keys = model.keys.sorted().filter { rules.join == .outer || model[$0]?[0] != nil }
            #expect(load.keys == keys.map(String.init), "\(rows)")
            let records = keys.map { key in
                (0..<3).map { generator in
                    let values = model[key]?[generator] ?? []
                    if generator == 1 {
                        return "[" + Set(values).sorted().map(String.init).joined(separator: ",")
                            + "]"
                    }
                    let value = rules.onDuplicate == .first ? values.first : values.last
                    return value.map(String.init) ?? "null"
                }.joined(separator: " ")
            }
            #expect(load.records == records, "\(rows)")
            #expect(load.counts.map(\.rows) == load.progress.map(\.rows))
        }
    }
}
