import Nostos
import NostosLoader
import Testing

@Suite struct RecordPlanTests {
    private func plan(
        _ generators: [TestGenerator], index: [String] = ["id"], keyTypes: [KeyType] = []
    ) throws(PlanError) -> RecordPlan {
        try RecordPlan(
            indexColumns: index, keyTypes: keyTypes,
            generators: generators.map(\.input))
    }

    private func problem(
        _ generators: [TestGenerator], index: [String] = ["id"], keyTypes: [KeyType] = []
    ) -> PlanError? {
        do throws(PlanError) {
            _ = try plan(generators, index: index, keyTypes: keyTypes)
            return nil
        } catch {
            return error
        }
    }

    @Test func everyColumnButTheIndexColumnsIsAField() throws {
        let plan = try plan(
            [
                TestGenerator("a", [("x", .string), ("id", .int64), ("y", nil)]),
                TestGenerator("b", isSet: true, [("id", nil), ("s", .string), ("t", .int64)]),
            ])
        #expect(plan.fields.map(\.name) == ["x", "y", "s", "t"])
        #expect(plan.fields.map(\.isList) == [false, false, true, true])
        #expect(plan.fields.map(\.declaredType) == [.string, nil, .string, .int64])
        #expect(plan.generators.map(\.keyColumns) == [[1], [0]])
        #expect(plan.generators.map(\.fieldColumns) == [[0, 2], [1, 2]])
        #expect(plan.generators.map(\.fields) == [0..<2, 2..<4])
    }

    @Test func aCompositeKeyFollowsTheJobsOrderNotTheQuerys() throws {
        let plan = try plan(
            [TestGenerator("a", [("x", nil), ("course", .string), ("user", .int64)])],
            index: ["user", "course"])
        #expect(plan.generators[0].keyColumns == [2, 1])
        #expect(plan.keyColumns.map(\.type) == [.int64, .string])
    }

    @Test func theKeysTypeIsTheContractsElseWhatASourceDeclares() throws {
        let open = TestGenerator("a", [("id", nil), ("x", nil)])
        let text = TestGenerator("b", [("id", .string), ("y", nil)])
        let numeric = TestGenerator("c", [("id", .number), ("z", nil)])
        #expect(try plan([open]).keyColumns[0].type == nil)
        #expect(try plan([open, text]).keyColumns[0].type == .string)
        #expect(try plan([open, text]).keyColumns[0].origin == "b")
        #expect(try plan([open, numeric]).keyColumns[0].type == nil)
        #expect(try plan([open], keyTypes: [.int64]).keyColumns[0].type == .int64)
        #expect(
            problem([text], keyTypes: [.int64])
                == .keyTypesDiffer(
                    column: "id", first: "key_type", firstType: .int64, second: "b",
                    secondType: .string))
    }

    @Test func generatorsMustAgreeOnTheKeysType() {
        let number = TestGenerator("a", [("id", .int64), ("x", nil)])
        let text = TestGenerator("b", [("id", .string), ("y", nil)])
        let error = problem([number, text])
        #expect(
            error
                == .keyTypesDiffer(
                    column: "id", first: "a", firstType: .int64, second: "b", secondType: .string))
        #expect(
            error?.description
                == """
                index column "id" is int64 in a and string in b; say key_type: string, by which files \
                and programs give text, and cast it in SQL
                """)
    }

    @Test(arguments: [ValueType.bool, .timestamp, .json, .bytes])
    func otherTypesAreNoKeys(type: ValueType) {
        #expect(
            problem([TestGenerator("a", [("id", type), ("x", nil)])])
                == .unfitKeyType(generator: "a", column: "id", type: type))
    }

    @Test func aMissingIndexColumnIsNamedWithTheColumnsThatThereAre() {
        let error = problem([TestGenerator("a", [("userid", nil), ("x", nil)])], index: ["userId"])
        #expect(
            error
                == .missingIndexColumn(
                    generator: "a", column: "userId", columns: ["userid", "x"]))
        #expect(error?.description.contains(#"there are "userid", "x""#) == true)
        #expect(error?.description.contains(#"did you mean "userid"?"#) == true)
        let near = problem([TestGenerator("a", [("user_id", nil)])], index: ["usr_id"])
        #expect(near?.description.hasSuffix(#"did you mean "user_id"?"#) == true)
        let far = problem([TestGenerator("a", [("u", nil), ("x", nil)])])
        #expect(far?.description.contains("did you mean") == false)
    }

    @Test func aRepeatedColumnIsRefused() {
        #expect(
            problem([TestGenerator("a", [("id", nil), ("x", nil), ("id", nil)])])
                == .repeatedIndexColumn(generator: "a", column: "id"))
        #expect(
            problem([TestGenerator("a", [("id", nil), ("x", nil), ("x", nil)])])
                == .repeatedField(name: "x", first: "a", second: "a"))
        #expect(
            problem([
                TestGenerator("a", [("id", nil), ("x", nil)]),
                TestGenerator("b", [("id", nil), ("x", nil)]),
            ]) == .repeatedField(name: "x", first: "a", second: "b"))
    }

    @Test func namesThatDifferOnlyInCaseAreTwoFields() throws {
        let plan = try plan([TestGenerator("a", [("id", nil), ("x", nil), ("X", nil)])])
        #expect(plan.fields.map(\.name) == ["x", "X"])
    }

    @Test func aGeneratorNeedsAField() {
        #expect(
            problem([TestGenerator("a", [("id", nil)])])
                == .noField(generator: "a", columns: ["id"]))
        #expect(problem([]) == .noGenerator)
    }

    @Test func indexColumnsAreOneToEightDifferentOnes() {
        let generator = TestGenerator("a", [("id", nil), ("x", nil)])
        for columns in [[], ["id", "id"], (0..<9).map { "k\($0)" }] {
            #expect(
                problem([generator], index: columns) == .badIndexColumns(columns, maxCount: 8))
        }
    }

    @Test(arguments: ["", "a\nb", "\u{7F}", "\u{85}", String(repeating: "é", count: 128)])
    func someNamesAreNoFieldNames(name: String) throws {
        let error = problem([TestGenerator("a", [("id", nil), (name, nil)])])
        guard case .badFieldName("a", name, _) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("\n") == false)
    }

    @Test(arguments: ["?column?", "count(*)", "a b", "😀", String(repeating: "x", count: 255)])
    func otherNamesAre(name: String) throws {
        #expect(try plan([TestGenerator("a", [("id", nil), (name, nil)])]).fields[0].name == name)
    }

    @Test func theNumberOfFieldsHasALimit() throws {
        func wide(_ count: Int) -> TestGenerator {
            TestGenerator("a", [("id", nil)] + (0..<count).map { ("f\($0)", nil) })
        }
        #expect(try plan([wide(Schema.maxFieldCount)]).fields.count == Schema.maxFieldCount)
        #expect(
            problem([wide(Schema.maxFieldCount + 1)])
                == .tooManyFields(count: Schema.maxFieldCount + 1, limit: Schema.maxFieldCount))
    }
}
