import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct ExtractionTests {
    private func error(_ generators: [TestGenerator], keyTypes: [KeyType] = []) -> ExtractionError?
    {
        do {
            _ = try TestLoad(generators, keyTypes: keyTypes)
            return nil
        } catch {
            return error as? ExtractionError
        }
    }

    @Test func aNullKeyIsAnErrorWithItsRow() {
        let rows: [[TestValue]] = [[1, "a"], [nil, "b"]]
        let columns: [(String, ValueType?)] = [("id", .int64), ("x", nil)]
        #expect(
            error([TestGenerator("g", columns, rows)])
                == .nullKey(generator: "g", row: 2, column: "id"))
        #expect(
            error([TestGenerator("g", [("id", nil), ("x", nil)], [[nil, "b"]])])
                == .nullKey(generator: "g", row: 1, column: "id"))
    }

    @Test func aKeyOfAnotherTypeIsAnErrorThatSaysWhoWantsWhich() {
        let rows: [[TestValue]] = [[1, "a"], ["two", "b"]]
        let found = error([TestGenerator("g", [("id", nil), ("x", nil)], rows)])
        #expect(
            found
                == .badKey(
                    generator: "g", row: 2, column: "id",
                    expected: "int64, by the first row of g", found: #"string "two""#))
        #expect(
            error([TestGenerator("g", [("id", nil), ("x", nil)], rows)], keyTypes: [.string])
                == .badKey(
                    generator: "g", row: 1, column: "id", expected: "string, by key_type",
                    found: "int64 1"))
        #expect(
            error([TestGenerator("g", [("id", .number), ("x", nil)], [[.number("1.5"), 1]])])
                == .badKey(
                    generator: "g", row: 1, column: "id", expected: "int64 or string",
                    found: "number 1.5"))
    }

    @Test func theFirstRowOfAnyGeneratorDecidesForAll() {
        let first = TestGenerator("a", [("id", nil), ("x", nil)], [])
        let second = TestGenerator("b", [("id", nil), ("y", nil)], [["k", 1]])
        let third = TestGenerator("c", [("id", nil), ("z", nil)], [[5, 1]])
        #expect(
            error([first, second, third])
                == .badKey(
                    generator: "c", row: 1, column: "id",
                    expected: "string, by the first row of b", found: "int64 5"))
    }

    @Test func aKeyAboveTheLimitIsAnError() throws {
        let most = String(repeating: "k", count: KeySchema.maxSize)
        let columns: [(String, ValueType?)] = [("id", nil), ("x", nil)]
        _ = try TestLoad([TestGenerator("g", columns, [[.string(most), 1]])])
        #expect(
            error([TestGenerator("g", columns, [[.string(most + "k"), 1]])])
                == .keyTooLarge(generator: "g", row: 1, size: 4097, limit: 4096))
    }

    @Test(arguments: [false, true])
    func aListInAColumnIsAnError(isSet: Bool) {
        let generator = TestGenerator(
            "g", isSet: isSet, [("id", nil), ("x", nil)], [[1, 5], [1, .list([1, 2])]])
        let place = ValuePlace(generator: "g", row: 2, key: "1", column: "x")
        #expect(
            error([generator])
                == .unfitValue(
                    at: place, found: "list [1,2]",
                    expected: "one value a row; unnest it or cast it to json"))
    }

    @Test func typesAreTheDeclaredAndTheObservedOnes() throws {
        let columns: [(String, ValueType?)] = [
            ("id", nil), ("a", nil), ("b", nil), ("c", nil), ("d", .string), ("e", .number),
            ("f", .int64), ("g", nil),
        ]
        let rows: [[TestValue]] = [
            [1, 1, nil, 1, nil, 1, nil, true], [2, 2, nil, .number("0.5"), nil, 2, "x", nil],
        ]
        let load = try TestLoad([TestGenerator("a", columns, rows)])
        #expect(
            load.schema.fields.map(\.type)
                == [.int64, .none, .number, .string, .number, .any, .bool])
        #expect(load.schema.key == KeySchema(columns: [KeyColumn(name: "id", type: .int64)]))
    }

    @Test func aSetsTypeIsItsElements() throws {
        let set = TestGenerator(
            "s", isSet: true, [("id", nil), ("x", nil)], [["k", 1], ["k", nil]])
        let load = try TestLoad([set])
        #expect(load.schema.fields == [Field(name: "x", type: .int64, isList: true)])
    }

    @Test func withoutRowsAnUndeclaredKeyIsText() throws {
        let load = try TestLoad([TestGenerator("a", [("id", nil), ("x", nil)])])
        #expect(load.schema.key.columns[0].type == .string)
        #expect(load.keys == [])
    }

    @Test func whatIsReadIsCountedAndReported() throws {
        let interval = ProgressInterval.rows
        let generator = TestGenerator(
            "a", [("id", nil), ("x", nil)], (0..<interval + 5).map { [.int(Int64($0)), nil] })
        let plan = try RecordPlan(
            indexColumns: ["id"], keyTypes: [], generators: [generator.input])
        let sorter = RowSorter(layout: SortLayout(memory: 1 << 22, blockSize: 1000)) {
            () throws(SortError) in MemoryStorage()
        }
        var extraction = Extraction(plan, sorter: sorter)
        var reports: [ExtractionProgress] = []
        let cursor = ArrayCursor(generator.columns, generator.rows)
        try extraction.run(plan.generators[0], rows: cursor) { reports.append($0) }
        #expect(reports.map(\.rows) == [interval, interval + 5])
        #expect(reports.map(\.size) == [interval * 10, (interval + 5) * 10])
        #expect(extraction.progress == [reports[1]])
    }

    @Test func aSourceThatBreaksOffAndAReportThatThrowsStopTheRun() throws {
        struct Stop: Error {}
        let generator = TestGenerator("a", [("id", nil), ("x", nil)], [[1, 1]])
        let plan = try RecordPlan(
            indexColumns: ["id"], keyTypes: [], generators: [generator.input])
        func run(_ failure: SourceError?, _ report: (ExtractionProgress) throws -> Void) throws {
            let sorter = RowSorter(layout: SortLayout(memory: 1 << 20, blockSize: 1000)) {
                () throws(SortError) in MemoryStorage()
            }
            var extraction = Extraction(plan, sorter: sorter)
            let cursor = ArrayCursor(generator.columns, generator.rows, failure: failure)
            try extraction.run(plan.generators[0], rows: cursor, report: report)
        }
        let failure = SourceError.interrupted(source: "s", rows: 1, reason: "gone")
        #expect(throws: failure) { try run(failure) { _ in } }
        #expect(throws: Stop.self) { try run(nil) { _ in throw Stop() } }
    }
}
