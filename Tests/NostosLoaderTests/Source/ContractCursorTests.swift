import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// Queries whose columns the job states: what their text, 0 and 1 become.
@Suite(.timeLimit(.minutes(10))) struct ContractCursorTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try SQLiteFixture.execute(
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY, s TEXT, b BOOLEAN, d DATETIME, j JSON);
            INSERT INTO t VALUES (1, '{"a": 1}', 1, '2026-01-31', '[1]')
            """, at: directory.file("app.db"))
    }

    private func spec(_ columns: [ColumnContract]) throws -> GeneratorSpec {
        let text =
            "job: a\nindex_column: id\nfields: [{generator: sql_iterator, sql: SELECT 1 AS x}]"
        let spec = try JobFile.parse(text, path: "a.yml", environment: [:]).jobs[0].generators[0]
        return GeneratorSpec(
            ordinal: 1, name: "x", mark: spec.mark, keyMarks: [:], kind: spec.kind, aggregate: nil,
            limitPerKey: nil, columns: columns, connection: nil)
    }

    private func open(_ query: String, _ columns: [ColumnContract]) throws -> any RowCursor {
        let spec = try spec(columns)
        let source = SQLiteSource(name: "local", path: directory.file("app.db"))
        return spec.reading(
            try source.session().open(query: query, stated: spec.statedTypes))
    }

    private func value(_ sql: String, _ column: ColumnContract) throws -> String {
        try readRows(open("SELECT \(sql) AS v", [column]))[0][0]
    }

    @Test(arguments: [
        ("json_array(1, 'a')", ValueType.json, #"json:[1,"a"]"#), ("5", .json, "json:5"),
        ("1.5", .json, "json:1.5"), ("NULL", .json, "null"),
        ("1", .bool, "true:true"), ("0", .bool, "false:false"), ("'t'", .bool, "true:true"),
        ("'False'", .bool, "false:false"), ("1.0", .bool, "true:true"), ("''", .bool, "null"),
        ("'2026-01-31 08:05'", .timestamp, #"timestamp:"2026-01-31T08:05:00Z""#),
        ("datetime(1769846700, 'unixepoch')", .timestamp, #"timestamp:"2026-01-31T08:05:00Z""#),
        ("1769846700", .timestamp, #"timestamp:"2026-01-31T08:05:00Z""#),
        ("1769846700.25", .timestamp, #"timestamp:"2026-01-31T08:05:00.25Z""#),
        ("'1.50'", .number, "decimal:1.5"), ("7", .number, "int64:7"),
        ("'5.0'", .int64, "int64:5"), ("'12'", .int64, "int64:12"), ("5.0", .int64, "int64:5"),
        ("'AQI='", .bytes, #"bytes:"AQI=""#), ("x'0102'", .bytes, #"bytes:"AQI=""#),
        ("'x'", .string, #"string:"x""#), ("''", .string, #"string:"""#),
    ])
    func textAndNumbersAreReadAsStated(sql: String, type: ValueType, expected: String) throws {
        #expect(try value(sql, contract("v", type)) == expected)
    }

    /// The gate refuses them, with row and key.
    @Test(arguments: [
        ("'x'", ValueType.json), ("2", .bool), ("'soon'", .timestamp), ("20260131", .timestamp),
        ("'x'", .number), ("'5.5'", .int64), ("5.5", .int64), ("'*'", .bytes), ("5", .string),
    ])
    func aValueThatCannotBeReadStaysAndIsRefusedByItsContract(sql: String, type: ValueType) throws {
        let cursor = try open("SELECT 7 AS id, \(sql) AS v", [contract("v", type)])
        let plan = try RecordPlan(
            indexColumns: ["id"], keyTypes: [],
            generators: [GeneratorInput(try spec([contract("v", type)]), columns: cursor.columns)])
        let error = #expect(throws: ExtractionError.self) {
            var extraction = Extraction(
                plan, sorter: try RowSorter(directory: directory.path, memory: 16 << 20))
            try extraction.run(plan.generators[0], rows: cursor)
        }
        let message = try #require(error).description
        #expect(message.contains(#"row 1, key 7, column "v""#))
        #expect(message.contains("expected \(type.name), by its contract"))
    }

    @Test func theStatedTypeGoesBeforeTheDeclaredOne() throws {
        let columns = [
            contract("b", .int64), contract("d", .string), contract("j", .string),
            contract("s", .json),
        ]
        let cursor = try open("SELECT id, b, d, j, s FROM t", columns)
        #expect(cursor.columns.map(\.type) == [.int64, .int64, .string, .string, .json])
        #expect(
            try readRows(cursor) == [
                ["int64:1", "int64:1", #"string:"2026-01-31""#, #"string:"[1]""#, #"json:{"a":1}"#]
            ])
    }

    @Test func splitAndNullReadTextsOfQueries() throws {
        #expect(try value("'a|b'", contract("v", split: "|")) == #"list:["a","b"]"#)
        #expect(try value("'1|2'", contract("v", .int64, split: "|")) == "list:[1,2]")
        #expect(try value("'NA'", contract("v", nulls: ["NA"])) == "null")
        #expect(try value("'NA'", contract("v", .number, nulls: ["NA"])) == "null")
        #expect(try value("'x'", contract("v", nulls: ["NA"])) == #"string:"x""#)
    }

    @Test func withoutAStatementTheCursorIsTheSourcesOwn() throws {
        #expect(try open("SELECT id FROM t", []) is SQLiteCursor)
        #expect(try open("SELECT id FROM t", [contract("id", as: "x")]) is SQLiteCursor)
    }

    @Test func listsOfAServerAreReadElementByElement() throws {
        let column = SourceColumn(name: "v", type: .string, isList: true)
        let reader = try #require(ValueReader(contract("v", .timestamp), column))
        var elements: [UInt8] = []
        try EncodedValue.append(string: Array("2026-01-31".utf8).span, to: &elements)
        EncodedValue.appendNull(to: &elements)
        var list: [UInt8] = []
        try EncodedValue.append(list: elements.span, to: &list)
        var output: [UInt8] = []
        reader.append(list.span, to: &output)
        #expect(shown(output, 0..<output.count) == #"list:["2026-01-31T00:00:00Z",null]"#)
        #expect(ValueReader(contract("v", .string), column) == nil)
        let number = SourceColumn(name: "v", type: .int64)
        #expect(ValueReader(contract("v", .number), number) == nil)
    }
}

/// PostgreSQL's columns, read as the job states them.
@Suite struct PostgresContractTests {
    @Test func textIsReadAsStated() throws {
        let server = try PostgresServer.shared()
        try server.createDatabase(named: "stated_types")
        let source = PostgresSource(
            name: "pg", conninfo: server.url(database: "stated_types"))
        let text = """
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1
              columns:
                j: {type: json}
                b: {type: bool}
                n: {type: bool}
                t: {type: timestamp}
                d: {type: timestamp}
                e: {type: timestamp}
                l: {split: "|"}
            """
        let spec = try JobFile.parse(text, path: "a.yml", environment: [:]).jobs[0].generators[0]
        let query = """
            SELECT 1::int8 AS id, '{"a": 1}'::text AS j, 'f'::text AS b, 1 AS n,
              '2026-01-31 08:05+02' AS t, date '2026-01-31' AS d, 1769846700::int8 AS e, 'a|b' AS l
            """
        let cursor = spec.reading(try source.open(query: query))
        #expect(cursor.columns == spec.reading(try source.columns(of: query)))
        #expect(
            cursor.columns.map(\.type) == [
                .int64, .json, .bool, .bool, .timestamp, .timestamp, .timestamp, .string,
            ])
        #expect(
            try readRows(cursor) == [
                [
                    "int64:1", #"json:{"a":1}"#, "false:false", "true:true",
                    #"timestamp:"2026-01-31T06:05:00Z""#, #"timestamp:"2026-01-31T00:00:00Z""#,
                    #"timestamp:"2026-01-31T08:05:00Z""#, #"list:["a","b"]"#,
                ]
            ])
    }
}
