import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct ContractTests {
    private let columns: [(String, ValueType?)] = [("id", .int64), ("x", nil)]

    private func problem(_ generators: TestGenerator...) -> String? {
        do {
            _ = try TestLoad(generators)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func aValueOfAnotherTypeIsAnErrorWithRowKeyAndColumn() {
        let generator = TestGenerator("lang", columns, [[7, "en"], [8, nil], [9, 5]])
        #expect(
            problem(generator.contract("x", .string))
                == #"lang: row 3, key 9, column "x": found int64 5, expected string, by its contract"#
        )
        #expect(problem(generator) == nil)
    }

    @Test func aNULLWhereNoneMayBeIsAnError() {
        let generator = TestGenerator("lang", columns, [[7, "en"], [8, nil]])
        #expect(
            problem(generator.contract("x", .string, isNotNull: true))
                == #"lang: row 2, key 8, column "x": found NULL, expected a value, by not_null"#)
        #expect(problem(generator.contract("x", .string)) == nil)
    }

    /// Each type with a value of each other.
    @Test func everyTypeTakesItsOwnValuesOnly() {
        let values: [(ValueType, TestValue)] = [
            (.bool, true), (.int64, 1), (.number, .double(0.5)), (.number, .number("1e300")),
            (.string, "a"), (.timestamp, .timestamp(0)), (.json, .json("[]")),
            (.bytes, .bytes([1])),
        ]
        for (type, _) in values {
            for (other, value) in values {
                let generator = TestGenerator("g", columns, [[1, value]]).contract("x", type)
                let isGood = type == other || (type == .number && other == .int64)
                #expect((problem(generator) == nil) == isGood, "\(type) with \(value)")
            }
        }
    }

    @Test func theContractDecidesTheFieldsType() throws {
        let generator = TestGenerator(
            "g", [("id", .int64), ("x", nil), ("y", .number)], [[1, nil, 5]]
        )
        .contract("x", .timestamp).contract("y", .int64)
        let load = try TestLoad([generator])
        #expect(load.schema.fields.map(\.type) == [.timestamp, .int64])
    }

    @Test func aContractForNoColumnIsAnErrorWithTheColumnsThatThereAre() {
        let generator = TestGenerator("g", [("id", .int64), ("language", nil)])
        #expect(
            problem(generator.contract("langauge", .string))
                == #"g: a contract for "langauge", which is no column; there are "id", "language"; did you mean "language"?"#
        )
    }

    @Test func contractsHoldForAggregatesToo() {
        for aggregate in GeneratorSpec.Aggregate.allCases {
            let generator = TestGenerator("g", aggregate, columns, [[1, 4], [1, "a"]])
                .contract("x", .int64)
            let found = problem(generator)
            #expect(found?.hasPrefix(#"g: row 2, key 1, column "x": found string "a""#) == true)
        }
    }

    @Test func theContractOfAListColumnIsForItsElements() {
        let rows: [[TestValue]] = [[1, .list([1, nil])], [2, .list([2, "a"])]]
        let generator = TestGenerator("g", columns, rows).list(1).contract("x", .int64)
        #expect(
            problem(generator)
                == #"g: row 2, key 2, column "x": found the element string "a", expected int64, by its contract"#
        )
    }
}

@Suite struct ListColumnTests {
    private let columns: [(String, ValueType?)] = [("id", .int64), ("x", .int64)]

    @Test func aSourcesListsAreListFields() throws {
        let load = try TestLoad([
            TestGenerator("a", columns, [[1, .list([3, 1, 1])], [2, .null], [3, .list([])]]).list(
                1),
            TestGenerator("b", [("id", .int64), ("y", nil)], [[4, 1]]),
        ])
        #expect(load.records == ["[3,1,1] null", "null null", "[] null", "null 1"])
        #expect(load.schema.fields[0] == Field(name: "x", type: .int64, isList: true))
    }

    @Test(arguments: [GeneratorSpec.Aggregate.first, .last, .count])
    func wholeRowsMayHoldLists(aggregate: GeneratorSpec.Aggregate) throws {
        let rows: [[TestValue]] = [[1, .list([1])], [1, .list([2])]]
        let load = try TestLoad([TestGenerator("a", aggregate, columns, rows).list(1)])
        #expect(load.records == [aggregate == .count ? "2" : aggregate == .first ? "[1]" : "[2]"])
    }

    @Test func aScalarWhereTheSourceSaysListsIsAnError() {
        let generator = TestGenerator("a", columns, [[1, 5]]).list(1)
        let place = ValuePlace(generator: "a", row: 1, key: "1", column: "x")
        #expect(
            throws: ExtractionError.unfitValue(
                at: place, found: "int64 5", expected: "a list, as the source states")
        ) { try TestLoad([generator]) }
    }

    @Test func aListIsNoKey() {
        #expect(throws: PlanError.listKey(generator: "a", column: "id")) {
            try TestLoad([TestGenerator("a", columns, []).list(0)])
        }
    }
}

@Suite struct ConstantTests {
    private let constants = [
        Constant(field: "model", value: .string("ranker-7")),
        Constant(field: "weight", value: .number("1.50")), Constant(field: "none", value: .null),
    ]

    @Test func constantsAreInEveryRecordAndBringNoKeys() throws {
        let load = try TestLoad([
            TestGenerator("c", constants: constants),
            TestGenerator("a", [("id", .int64), ("x", nil)], [[2, 1]]),
            TestGenerator("b", [("id", .int64), ("y", nil)], [[1, 1]]),
        ])
        #expect(load.keys == ["1", "2"])
        #expect(load.records == [#""ranker-7" 1.5 null null 1"#, #""ranker-7" 1.5 null 1 null"#])
        #expect(load.schema.fields.map(\.type) == [.string, .number, .none, .int64, .int64])
    }

    /// Constants stand first in the file: the keys are those of the generator behind them.
    @Test func joinFirstMeansTheFirstGeneratorWithRows() throws {
        let load = try TestLoad(
            [
                TestGenerator("c", constants: constants),
                TestGenerator("a", [("id", .int64), ("x", nil)], [[2, 1]]),
                TestGenerator("b", [("id", .int64), ("y", nil)], [[1, 1]]),
            ], rules: MergeRules(join: .first))
        #expect(load.keys == ["2"])
        #expect(load.counts.map(\.unjoinedRows) == [0, 0, 1])
    }

    @Test func constantsAloneAreNoJob() {
        #expect(throws: PlanError.noGenerator) {
            try TestLoad([TestGenerator("c", constants: constants)])
        }
    }

    @Test func aConstantThatJSONCannotWriteIsRefused() {
        let bad = Constant(field: "x", value: .number("NaN"))
        #expect(
            throws: PlanError.badConstant(
                generator: "c", field: "x",
                problem: "found NaN, expected a number that JSON can write")
        ) {
            try TestLoad([
                TestGenerator("c", constants: [bad]),
                TestGenerator("a", [("id", .int64), ("x", nil)]),
            ])
        }
    }
}
