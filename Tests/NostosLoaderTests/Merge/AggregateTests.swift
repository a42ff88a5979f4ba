import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct AggregateTests {
    private typealias Aggregate = GeneratorSpec.Aggregate

    /// One record's fields as JSON, of rows of one key.
    private func values(
        _ aggregate: Aggregate, limit: Int? = nil, type: ValueType? = nil, _ values: [TestValue]
    ) throws -> String? {
        let generator = TestGenerator(
            "g", aggregate, limit: limit, [("id", .int64), ("x", type)], values.map { [1, $0] })
        return try TestLoad([generator]).records.first
    }

    @Test func listsKeepTheOrderOfRowsAndNULLs() throws {
        let mixed: [TestValue] = ["b", nil, "a", "b", 3]
        #expect(try values(.list, mixed) == #"["b",null,"a","b",3]"#)
        #expect(try values(.list, limit: 3, mixed) == #"["b",null,"a"]"#)
        #expect(try values(.set, mixed) == #"[3,"a","b"]"#)
        #expect(try values(.set, limit: 2, mixed) == #"[3,"a"]"#)
    }

    @Test func listsOfOneGeneratorHaveTheirElementsFromTheSameRows() throws {
        let generator = TestGenerator(
            "g", .list, limit: 2, [("id", .int64), ("course", .string), ("rank", .int64)],
            [[1, "a", nil], [2, "z", 9], [1, nil, 2], [1, "c", 3]])
        #expect(
            try TestLoad([generator]).records == [#"["a",null] [null,2]"#, #"["z"] [9]"#])
    }

    @Test func countsAreOfValuesThatAreNotNULL() throws {
        #expect(try values(.count, ["a", nil, 3, "a"]) == "3")
        #expect(try values(.count, [nil]) == "0")
    }

    @Test func sumsAreExactWhereDecimalsAllow() throws {
        #expect(try values(.sum, [1, nil, 2]) == "3")
        #expect(try values(.sum, [nil]) == "null")
        #expect(try values(.sum, [.double(0.1), .double(0.2)]) == "0.3")
        #expect(try values(.sum, [.number("12.345"), .number("-0.345"), 1]) == "13")
        // 19 digits before and 18 behind the point.
        #expect(
            try values(.sum, [.int(.max), .number("0.100000000000000001"), 1])
                == "9223372036854775808.100000000000000001")
        #expect(try values(.sum, [.int(.max), 1, -1]) == "\(Int64.max)")
        #expect(try values(.sum, [.number("1e300"), 1, .number("-1e300")]) == "1")
        #expect(try values(.sum, type: .number, [.int(.max), 1]) == "9223372036854775808")
    }

    @Test func meansAreExactWhereTheyEndAndElseTheNearestDouble() throws {
        #expect(try values(.mean, [1, 2]) == "1.5")
        #expect(try values(.mean, [1, nil, 3]) == "2")
        #expect(try values(.mean, [nil, nil]) == "null")
        #expect(try values(.mean, [-7]) == "-7")
        #expect(try values(.mean, [1, 1, 2]) == "1.3333333333333333")
        #expect(try values(.mean, [-1, -1, 0]) == "-0.6666666666666666")
        #expect(try values(.mean, [.double(0.1), .double(0.2)]) == "0.15")
        #expect(try values(.mean, [.number("0.10"), .number("0.20"), .number("0.30")]) == "0.2")
        // No sum of these fits an int64, and no double holds their mean.
        #expect(
            try values(.mean, [.int(.max), .int(.max), .int(.max - 2)])
                == TestValue.double(9_223_372_036_854_775_808).json())
        #expect(try values(.mean, [.int(.max), .int(.max)]) == "\(Int64.max)")
        #expect(try values(.mean, [.int(.max), .int(.max - 1)]) == "9223372036854775806.5")
        #expect(try values(.mean, [.number("1e300"), .number("1e300")]) == "1e+300")
        #expect(try values(.mean, type: .int64, [1, 2]) == "1.5")
    }

    @Test func aMeanIsANumberWhateverItsValuesAre() throws {
        let generator = TestGenerator(
            "g", .mean, [("id", .int64), ("x", .int64)], [[1, 4], [1, 2]])
        let load = try TestLoad([generator])
        #expect(load.records == ["3"])
        #expect(load.schema.fields[0].type == .number && !load.schema.fields[0].isList)
    }

    /// Against long division by hand: the double of some forty digits is the nearest one.
    @Test(arguments: UInt64(0)..<8)
    func meansThatDoNotEndAreTheNearestDoubles(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let count = [3, 7, 9, 11, 13].randomElement(using: &random) ?? 3
            let numbers = (0..<count).map { _ in Int.random(in: -999_999...999_999, using: &random)
            }
            let mean = Double(numbers.reduce(0, +)) / Double(count)
            #expect(
                try values(.mean, numbers.map { .int(Int64($0)) })
                    == TestValue.double(mean).json())
        }
    }

    @Test func aSumBeyondItsTypeIsAnErrorThatNamesTheKey() {
        let expected = MergeError.sumOverflow(
            generator: "g", field: "x", key: "1", sum: "9223372036854775808")
        #expect(throws: expected) { try values(.sum, [.int(.max), 1]) }
        let infinite = MergeError.sumOverflow(generator: "g", field: "x", key: "1", sum: "inf")
        let largest = TestValue.double(.greatestFiniteMagnitude)
        #expect(throws: infinite) { try values(.sum, [largest, largest]) }
    }

    @Test func extremesFollowTheOneOrderOfValues() throws {
        #expect(try values(.min, [10, 9, nil, .number("9.5")]) == "9")
        #expect(try values(.max, [10, 9, nil, .number("10.5")]) == "10.5")
        #expect(try values(.min, ["b", "B", "ab"]) == #""B""#)
        #expect(try values(.max, [true, false]) == "true")
        #expect(
            try values(.max, [.timestamp(-1), .timestamp(-2)]) == #""1969-12-31T23:59:59.999999Z""#)
        #expect(try values(.min, [nil, nil]) == "null")
    }

    @Test(arguments: [GeneratorSpec.Aggregate.min, .max])
    func extremesOfSeveralTypesAreAnError(aggregate: GeneratorSpec.Aggregate) throws {
        let generator = TestGenerator(
            "g", aggregate, [("id", .int64), ("x", nil)], [[1, nil], [1, 5], [2, "a"]])
        let place = ValuePlace(generator: "g", row: 3, key: "2", column: "x")
        let expected = ExtractionError.unfitValue(
            at: place, found: #"string "a""#, expected: "a value of one type, as in row 2")
        #expect(throws: expected) { try TestLoad([generator]) }
        #expect(
            expected.description
                == #"g: row 3, key 2, column "x": found string "a", expected a value of one type, as in row 2"#
        )
    }

    @Test func whatHasNoSumAndNoOrderIsRefused() throws {
        func refusal(_ aggregate: GeneratorSpec.Aggregate, _ value: TestValue) -> String? {
            do {
                _ = try values(aggregate, [value])
                return nil
            } catch {
                return "\(error)"
            }
        }
        let row = #"g: row 1, key 1, column "x": found "#
        #expect(refusal(.sum, "1") == row + #"string "1", expected a number to sum"#)
        #expect(refusal(.sum, true) == row + "bool true, expected a number to sum")
        #expect(refusal(.mean, "1") == row + #"string "1", expected a number to average"#)
        #expect(refusal(.max, .json("{}")) == row + "json {}, expected a value with an order")
        #expect(
            refusal(.min, .list([1]))
                == row + "list [1], expected one value a row; unnest it or cast it to json")
    }

    @Test func firstAndLastTakeAWholeRow() throws {
        let rows: [[TestValue]] = [[1, nil, "a"], [2, 7, nil], [1, 5, nil], [1, 6, "c"]]
        let columns: [(String, ValueType?)] = [("id", .int64), ("x", nil), ("y", nil)]
        let first = try TestLoad([TestGenerator("g", .first, columns, rows)])
        #expect(first.records == [#"null "a""#, "7 null"])
        #expect(first.counts[0].rows == 4 && first.counts[0].repeatedRows == 0)
        let last = try TestLoad([TestGenerator("g", .last, columns, rows)])
        #expect(last.records == [#"6 "c""#, "7 null"])
    }

    @Test func aKeyWithoutRowsHasWhatTheAggregateOfNothingIs() throws {
        let kinds = Aggregate.allCases
        let load = try TestLoad(
            kinds.map { TestGenerator("\($0)", $0, [("id", .int64), ("\($0)", nil)]) }
                + [TestGenerator("plain", [("id", .int64), ("p", nil)], [[1, 2]])])
        #expect(
            kinds.map { "\($0)" }
                == ["set", "list", "count", "sum", "mean", "min", "max", "first", "last"])
        #expect(load.records == ["[] [] 0 null null null null null null 2"])
    }

    @Test func theSchemaHasTheTypesOfTheResults() throws {
        let load = try TestLoad([
            TestGenerator("c", .count, [("id", nil), ("n", .string)], [[1, "a"]]),
            TestGenerator("s", .sum, [("id", nil), ("s", nil)], [[1, 2], [1, 3]]),
            TestGenerator("t", .sum, [("id", nil), ("t", .number)], [[1, 2]]),
            TestGenerator("l", .list, [("id", nil), ("l", nil)], [[1, "x"], [1, nil]]),
            TestGenerator("m", .max, [("id", nil), ("m", nil)], [[1, "x"]]),
        ])
        #expect(
            load.schema.fields == [
                Field(name: "n", type: .int64), Field(name: "s", type: .int64),
                Field(name: "t", type: .number), Field(name: "l", type: .string, isList: true),
                Field(name: "m", type: .string),
            ])
    }
}
