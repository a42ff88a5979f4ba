import Nostos
import NostosLoader
import TestSupport
import Testing

/// The two ways that rows come from a PostgreSQL server; both must give the same.
let dialects: [PostgresSource.Dialect] = [.postgresql, .redshift]

/// The values that PostgreSQL's values become.
@Suite(.timeLimit(.minutes(10))) struct PostgresSourceTests {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared()
    }

    private func source(_ dialect: PostgresSource.Dialect) -> PostgresSource {
        PostgresSource(name: "warehouse", conninfo: server.url(), dialect: dialect)
    }

    /// One value as both ways read it.
    private func read(_ expression: String) throws -> String {
        let values = try dialects.map { try readRow(source($0), "SELECT \(expression)")[0] }
        #expect(values[0] == values[1], "\(expression)")
        return values[0]
    }

    /// One value of a type that Redshift does not have.
    private func readHere(_ expression: String) throws -> String {
        try readRow(source(.postgresql), "SELECT \(expression)")[0]
    }

    @Test func booleansAndIntegersAreExact() throws {
        #expect(try read("true") == "true:true")
        #expect(try read("false") == "false:false")
        #expect(try read("(-32768)::int2") == "int64:-32768")
        #expect(try read("(-2147483648)::int4") == "int64:-2147483648")
        #expect(try read("9223372036854775807") == "int64:9223372036854775807")
        #expect(try read("(-9223372036854775808)::int8") == "int64:-9223372036854775808")
        #expect(try read("4294967295::oid") == "int64:4294967295")
    }

    @Test func floatsPrintAsTheirShortestDecimal() throws {
        #expect(try read("0.1::float8") == "decimal:0.1")
        #expect(try read("0.1::float8 + 0.2::float8") == "decimal:0.30000000000000004")
        #expect(try read("0.1::float4") == "decimal:0.1")
        #expect(try read("3::float8") == "int64:3")
        #expect(try read("5e-324::float8") == "number:5e-324")
    }

    @Test(arguments: [
        ("0", "int64:0"), ("0.000", "int64:0"), ("-12.340", "decimal:-12.34"),
        ("100000000", "int64:100000000"), ("1e20", "number:100000000000000000000"),
        ("0.0000001", "number:1e-7"), ("0.000001", "decimal:0.000001"),
        (
            "123456789012345678901234567890.123456789",
            "number:1.23456789012345678901234567890123456789e+29"
        ),
        ("10000", "int64:10000"), ("9999.9999", "decimal:9999.9999"),
        ("-9223372036854775808", "int64:-9223372036854775808"),
    ])
    func numericsAreExact(text: String, expected: String) throws {
        #expect(try read("'\(text)'::numeric") == expected)
    }

    @Test func numbersThatAreNoneAreErrors() {
        for (type, value, shown) in [
            ("float8", "NaN", "nan"), ("float8", "-Infinity", "-inf"), ("float4", "NaN", "nan"),
            ("numeric", "NaN", "NaN"), ("numeric", "Infinity", "Infinity"),
            ("numeric", "-Infinity", "-Infinity"),
        ] {
            for dialect in dialects {
                let query = """
                    SELECT CASE i WHEN 3 THEN '\(value)'::\(type) ELSE 1 END AS score
                    FROM generate_series(1, 5) AS i
                    """
                #expect(
                    failure(source(dialect), query)
                        == .badValue(row: 3, column: "score", .notFinite(shown)))
            }
        }
    }

    @Test func textIsKept() throws {
        #expect(try read("''") == #"string:"""#)
        #expect(try read("'é😀\"\\'") == #"string:"é😀\"\\""#)
        #expect(try read("NULL") == "null")
        #expect(try read("NULL::int8") == "null")
        #expect(try read("'a'::varchar(9)") == #"string:"a""#)
        #expect(try read("'a  '::varchar(9)") == #"string:"a  ""#)
        #expect(try read("'a b  '::char(9)") == #"string:"a b""#)
        #expect(try read("'   '::char(9)") == #"string:"""#)
        #expect(try read("'a'::name") == #"string:"a""#)
    }

    @Test func aCastToVarcharIsText() throws {
        #expect(try read("1234567890123::VARCHAR") == #"string:"1234567890123""#)
    }

    @Test func valuesOfAMebibyteComeWhole() throws {
        let text = String(repeating: "é", count: 1 << 19)
        #expect(try read("repeat('é', 524288)") == "string:\"\(text)\"")
        let size = try readHere("decode(repeat('00', 1048576), 'hex')").utf8.count
        #expect(size == #"bytes:"""#.utf8.count + 349_525 * 4 + 4)
    }

    @Test func valuesAboveTheLimitAreErrors() {
        #expect(
            failure(source(.postgresql), "SELECT repeat('a', 16777217) AS a")
                == .badValue(row: 1, column: "a", .tooLarge(size: (16 << 20) + 1)))
    }

    @Test func timestampsAreInUTC() throws {
        let expected = #"timestamp:"2026-01-31T07:05:00.25Z""#
        #expect(try read("'2026-01-31 07:05:00.25'::timestamp") == expected)
        #expect(try read("'2026-01-31 08:05:00.25+01'::timestamptz") == expected)
        #expect(
            try read("'0001-01-01'::timestamp") == #"timestamp:"0001-01-01T00:00:00Z""#)
        #expect(
            try read("'9999-12-31 23:59:59.999999'::timestamp")
                == #"timestamp:"9999-12-31T23:59:59.999999Z""#)
        #expect(
            try read("'1969-12-31 23:59:59.5'::timestamp")
                == #"timestamp:"1969-12-31T23:59:59.5Z""#)
    }

    @Test func textOfTimesDoesNotDependOnTheServersSettings() throws {
        // The server's own time zone is Paris.
        #expect(
            try read("'2026-01-31 08:05:00+01'::timestamptz::text")
                == #"string:"2026-01-31 07:05:00+00""#)
        #expect(try read("'1 day 2 hours'::interval") == #"string:"1 day 02:00:00""#)
    }

    @Test func datesAreStrings() throws {
        #expect(try read("'2026-01-31'::date") == #"string:"2026-01-31""#)
        #expect(try read("'0001-01-01'::date") == #"string:"0001-01-01""#)
        #expect(try read("'1969-12-31'::date") == #"string:"1969-12-31""#)
        #expect(try read("'9999-12-31'::date") == #"string:"9999-12-31""#)
    }

    @Test(arguments: [
        ("infinity", "timestamp"), ("-infinity", "timestamptz"), ("infinity", "date"),
        ("-infinity", "date"), ("0001-12-31 BC", "date"), ("10000-01-01", "date"),
        ("0001-12-31 BC", "timestamp"), ("10000-01-01", "timestamptz"),
    ])
    func timesThatRFC3339CannotWriteAreErrors(text: String, type: String) {
        for dialect in dialects {
            let error = failure(source(dialect), "SELECT '\(text)'::\(type) AS at")
            guard case .badValue(1, "at", .timestampOutOfRange)? = error else {
                Issue.record("\(text) \(type): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func theOtherTypesHaveTheirForms() throws {
        #expect(
            try read("'00112233-4455-6677-8899-AABBCCDDEEFF'::uuid")
                == #"string:"00112233-4455-6677-8899-aabbccddeeff""#)
        #expect(try readHere("'\\x00ff'::bytea") == #"bytes:"AP8=""#)
        #expect(
            try readHere(#"'{"b": [1, 2.50], "a": null}'::json"#)
                == #"json:{"b":[1,2.50],"a":null}"#)
        #expect(
            try readHere(#"'{"b": [1, 2.50], "a": null}'::jsonb"#)
                == #"json:{"a":null,"b":[1,2.50]}"#)
        #expect(try readHere("'null'::jsonb") == "json:null")
    }

    @Test func typesWithoutARuleComeAsText() throws {
        #expect(try read("'192.168.0.1/24'::inet") == #"string:"192.168.0.1/24""#)
        #expect(try read("'(1,2)'::point") == #"string:"(1,2)""#)
        #expect(try read("'08:05'::time") == #"string:"08:05:00""#)
        #expect(try read("'a'::\"char\"") == #"string:"a""#)
        #expect(try read("row(1, 'x')") == #"string:"(1,x)""#)
        #expect(try read("'b'::xml") == #"string:"b""#)
    }

    @Test func arraysAreLists() throws {
        #expect(try readHere("ARRAY[3, 1, NULL, 2]") == "list:[3,1,null,2]")
        #expect(try readHere("'{}'::text[]") == "list:[]")
        #expect(try readHere("ARRAY['a', 'b c', '', 'NULL']") == #"list:["a","b c","","NULL"]"#)
        #expect(try readHere("ARRAY[1.50, 2]") == "list:[1.5,2]")
        #expect(try readHere("ARRAY[true, false]") == "list:[true,false]")
        #expect(try readHere("ARRAY['2026-01-31'::date]") == #"list:["2026-01-31"]"#)
        #expect(try readHere("'[5:6]={1,2}'::int[]") == "list:[1,2]")
        #expect(try readHere("NULL::int[]") == "null")
        #expect(try readHere(#"ARRAY['{"a": 1}'::jsonb]"#) == #"list:[{"a":1}]"#)
        let query = "SELECT ARRAY[1.5] AS a, ARRAY['x'] AS b, 1 AS c"
        #expect(
            try readColumns(source(.postgresql), query) == ["a [number]", "b [string]", "c int64"])
    }

    @Test func arraysOfSeveralDimensionsAreRefusedWithAWayOut() {
        #expect(
            refusal(source(.postgresql), "SELECT ARRAY[[1, 2], [3, 4]] AS grid")
                == """
                row 1, column grid: an array of 2 dimensions; expected one (or to_jsonb(grid))
                """)
    }

    @Test func domainsAndEnumsReadAsWhatTheyAre() throws {
        try server.createDatabase(named: "domains")
        try server.execute(
            """
            CREATE DOMAIN score AS int CHECK (VALUE > 0); CREATE TYPE mood AS ENUM ('sad', 'ok');
            CREATE TABLE t(s score, m mood, ms mood[]);
            INSERT INTO t VALUES (5, 'ok', '{sad,ok}')
            """, database: "domains")
        for dialect in dialects {
            let source = PostgresSource(
                name: "warehouse", conninfo: server.url(database: "domains"), dialect: dialect)
            #expect(
                try readRow(source, "SELECT s, m, ms FROM t")
                    == [
                        "int64:5", #"string:"ok""#,
                        // Redshift has no arrays.
                        dialect == .postgresql ? #"list:["sad","ok"]"# : #"string:"{sad,ok}""#,
                    ])
        }
    }
}
