import Nostos
import SystemPackage
import Testing

@testable import NostosLoader

/// The generators of a job that describes the text and the columns of its files and programs.
@Suite struct ColumnOptionTests {
    private func generators(_ fields: String) throws -> [GeneratorSpec] {
        let text = "job: a\nindex_column: id\nfields:\n\(fields)\n"
        return try JobFile.parse(text, path: "a.yml", environment: [:]).jobs[0].generators
    }

    @Test func filesAndProgramsHaveTheSameOptions() throws {
        let options = #"delimiter: "|", null: [NA, "\\N", null, ~, -999, ""], only: [id, a]"#
        let read = try generators(
            """
            - {generator: file, path: a.csv, \(options)}
            - {generator: command, command: [b], format: csv, \(options)}
            """)
        guard case .file(let file) = read[0].kind, case .command(let command) = read[1].kind else {
            Issue.record("other kinds")
            return
        }
        #expect(file.options == command.options)
        #expect(file.options.delimiter == UInt8(ascii: "|"))
        #expect(file.options.nulls == ["NA", #"\N"#, "null", "~", "-999", ""])
        #expect(file.options.only == ["id", "a"])
    }

    @Test(arguments: [
        (#""\t""#, UInt8(ascii: "\t")), (#"\t"#, UInt8(ascii: "\t")), (#"";""#, UInt8(ascii: ";")),
        (#"" ""#, UInt8(ascii: " ")), (#""\x01""#, 1),
    ])
    func aDelimiterIsOneByte(text: String, byte: UInt8) throws {
        let read = try generators("- {generator: file, path: a.csv, delimiter: \(text)}")
        guard case .file(let file) = read[0].kind else { return }
        #expect(file.options.delimiter == byte)
    }

    @Test func aColumnHasANameATypeAndTextsOfItsOwn() throws {
        let read = try generators(
            """
            - generator: file
              path: a.csv
              columns:
                user: {as: id}
                genres: {as: g, split: "|", type: int64, null: "-", not_null: true}
                plain: {}
            """)
        let columns = read[0].columns
        #expect(columns.map(\.targetName) == ["id", "g", "plain"])
        #expect(columns[1].separator == "|" && columns[1].type == .int64 && columns[1].isNotNull)
        #expect(columns[1].nulls == ["-"] && columns[2].nulls == nil)
        #expect(columns.sourceName(ofKey: "id") == "user")
    }

    @Test func aProgramOrFileIsCalledByItsNameAlsoWithColumns() throws {
        let read = try generators(
            """
            - {generator: command, command: [python3, embed.py], columns: {v: {type: json}}}
            - {generator: command, command: [sh, -c, "true"], columns: {w: {type: json}}}
            - {generator: file, path: out/a.csv, columns: {x: {type: json}}}
            - {generator: sql_iterator, sql: "SELECT id, y FROM t", columns: {y: {as: z}}}
            - {generator: sql_iterator, sql: "SELECT u, f FROM t", columns: {u: {as: id}}}
            """)
        #expect(read.map(\.name) == ["embed.py", "sh", "a.csv", "z", "f"])
    }
}

/// The effect of `columns` and of the absence of rows on the plan of a job.
@Suite struct ColumnPlanTests {
    private func input(
        _ name: String, _ columns: [(String, ValueType?)], _ contracts: [ColumnContract] = []
    ) -> GeneratorInput {
        GeneratorInput(
            name: name, columns: columns.map { SourceColumn(name: $0.0, type: $0.1) },
            contracts: contracts)
    }

    @Test func aColumnIsRenamedAlsoToBeTheKey() throws {
        let plan = try RecordPlan(
            indexColumns: ["id"], keyTypes: [],
            generators: [
                input("a", [("id", .int64), ("v", .string)]),
                input(
                    "b", [("user", .int64), ("v", .string)],
                    [contract("user", as: "id"), contract("v", as: "w")]),
            ])
        #expect(plan.fields.map(\.name) == ["v", "w"])
        #expect(plan.generators.map(\.keyColumns) == [[0], [0]])
    }

    @Test func equalNamesAreRefusedWithARemedyThatFilesHave() {
        let generators = [
            input("a.csv", [("id", .int64), ("v", .string)]),
            input("b.csv", [("id", .int64), ("v", .string)]),
        ]
        let error = #expect(throws: PlanError.self) {
            try RecordPlan(indexColumns: ["id"], keyTypes: [], generators: generators)
        }
        #expect(error?.description.contains("columns: {v: {as: v_2}}") == true)
        #expect(error?.description.contains("only: […]") == true)
        #expect(error?.description.contains("alias") == false)
    }

    @Test func everyErrorOfAKeysTypeNamesKeyType() {
        let errors: [PlanError] = [
            .listKey(generator: "a", column: "id"),
            .keyTypesDiffer(
                column: "id", first: "a", firstType: .int64, second: "b", secondType: .string),
            .unfitKeyType(generator: "a", column: "id", type: .bool),
        ]
        for error in errors { #expect(error.description.contains("key_type")) }
    }

    @Test func aKeyWithoutARowHasTheTypeOfTheCurrentVersion() throws {
        let plan = try RecordPlan(
            indexColumns: ["id"], keyTypes: [], generators: [input("a", [("id", nil), ("v", nil)])])
        let current = KeySchema(columns: [KeyColumn(name: "id", type: .int64)])
        let other = KeySchema(columns: [KeyColumn(name: "user", type: .int64)])
        #expect(KeyEncoder(plan.keyColumns).schema.columns[0].type == .string)
        #expect(
            KeyEncoder(plan.assumingKeyTypes(of: current).keyColumns).schema.columns[0].type
                == .int64)
        #expect(
            KeyEncoder(plan.assumingKeyTypes(of: other).keyColumns).schema.columns[0].type
                == .string)
    }
}
