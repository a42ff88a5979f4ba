import Nostos
import NostosLoader
import TestSupport
import Testing

/// Arrays of all types are lists, and addresses read as PostgreSQL prints them.
@Suite(.timeLimit(.minutes(10))) struct PostgresArrayTests {
    private let server: PostgresServer
    private let database = "arrays_\(UInt32.random(in: 0 ... .max))"

    init() throws {
        server = try PostgresServer.shared()
        try server.createDatabase(named: database)
        try server.execute(
            """
            CREATE TYPE mood AS ENUM ('low', 'mid', 'high');
            CREATE DOMAIN posint AS int CHECK (VALUE > 0);
            CREATE DOMAIN small AS posint CHECK (VALUE < 100);
            CREATE DOMAIN code AS char(3);
            CREATE DOMAIN price AS numeric(10, 2);
            CREATE DOMAIN feeling AS mood;
            CREATE DOMAIN host AS inet;
            CREATE DOMAIN grades AS int[];
            CREATE DOMAIN many AS posint[];
            CREATE TYPE pair AS (a int, b text);
            CREATE SCHEMA other;
            CREATE TYPE other.mood AS ENUM ('x y', 'quoted"one');
            """, database: database)
    }

    private var source: PostgresSource {
        PostgresSource(name: "warehouse", conninfo: server.url(database: database))
    }

    private func read(_ expression: String) throws -> String {
        try readRow(source, "SELECT \(expression) AS v")[0]
    }

    @Test(arguments: [
        ("'{low,NULL,high}'::mood[]", #"["low",null,"high"]"#),
        (#"'{"x y","quoted\"one"}'::other.mood[]"#, #"["x y","quoted\"one"]"#),
        ("'{1,2}'::posint[]", "[1,2]"), ("'{1,NULL}'::small[]", "[1,null]"),
        ("'{ab,abc}'::code[]", #"["ab","abc"]"#), ("'{a,b }'::char(4)[]", #"["a","b"]"#),
        ("'{1.50,2}'::price[]", "[1.5,2]"), ("'{mid}'::feeling[]", #"["mid"]"#),
        ("'{1 day,02:00:00}'::interval[]", #"["1 day","02:00:00"]"#),
        ("'{08:05,NULL}'::time[]", #"["08:05:00",null]"#),
        ("'{08:05+01}'::timetz[]", #"["08:05:00+01"]"#),
        ("'{10.0.0.1,10.0.0.1/24,::1,NULL}'::inet[]", #"["10.0.0.1","10.0.0.1/24","::1",null]"#),
        ("'{10.0.0.1}'::host[]", #"["10.0.0.1"]"#),
        ("'{10.0.0.0/8,10.1.2.3/32}'::cidr[]", #"["10.0.0.0/8","10.1.2.3/32"]"#),
        ("'{08:00:2b:01:02:03}'::macaddr[]", #"["08:00:2b:01:02:03"]"#),
        (#"'{"[1,3)"}'::int4range[]"#, #"["[1,3)"]"#),
        (#"ARRAY[ROW(1, 'x y')::pair, NULL]"#, #"["(1,\"x y\")",null]"#),
        ("ARRAY[B'101']", #"["101"]"#), ("ARRAY['a'::\"char\"]", #"["a"]"#),
        ("'{a}'::name[]", #"["a"]"#), ("ARRAY['(1,2)'::point]", #"["(1,2)"]"#),
        ("'{(1,1),(0,0);(2,2),(1,1)}'::box[]", #"["(1,1),(0,0)","(2,2),(1,1)"]"#),
        ("ARRAY['b'::xml]", #"["b"]"#), ("'{a,b}'::varchar(9)[]", #"["a","b"]"#),
        ("'{}'::mood[]", "[]"), ("'{5,6}'::grades", "[5,6]"), ("'{5,6}'::many", "[5,6]"),
        ("ARRAY['\\x00ff'::bytea]", #"["AP8="]"#), ("'{t,f,NULL}'::bool[]", "[true,false,null]"),
        (
            "'{2026-01-31 08:05:00+01}'::timestamptz[]", #"["2026-01-31T07:05:00Z"]"#
        ),
        (
            "'{00112233-4455-6677-8899-AABBCCDDEEFF}'::uuid[]",
            #"["00112233-4455-6677-8899-aabbccddeeff"]"#
        ),
        (#"ARRAY['{"a": 1}'::json, NULL]"#, #"[{"a":1},null]"#),
    ])
    func anArrayOfAnyTypeIsAList(expression: String, list: String) throws {
        #expect(try read(expression) == "list:\(list)")
    }

    @Test func elementsAreAsTheScalarIs() throws {
        for (type, value) in [
            ("mood", "low"), ("posint", "5"), ("code", "ab"), ("price", "1.50"), ("inet", "::1"),
            ("cidr", "10.0.0.0/8"), ("interval", "1 day"), ("time", "08:05"),
            (
                "uuid",
                "00112233-4455-6677-8899-aabbccddeeff"
            ), ("float8", "0.1"), ("jsonb", "1"),
            ("money", "1.50"), ("int8range", "[1,3)"), ("timestamp", "2026-01-31 08:05"),
            ("date", "2026-01-31"), ("char(9)", "a b "), ("bit(3)", "101"), ("host", "10.0.0.1"),
        ] {
            let scalar = try read("'\(value)'::\(type)")
            let json = try #require(scalar.split(separator: ":", maxSplits: 1).last)
            #expect(try read("ARRAY['\(value)'::\(type)]") == "list:[\(json)]", "\(type)")
        }
    }

    @Test func typesOfElementsAreKnown() throws {
        let query = """
            SELECT '{low}'::mood[] AS a, '{1}'::posint[] AS b, '{1}'::price[] AS c,
                '{::1}'::inet[] AS d, ARRAY['{1}'::grades] AS e, 1 AS f
            """
        #expect(
            try readColumns(source, query) == [
                "a [string]", "b [int64]", "c [number]", "d [string]", "e json", "f int64",
            ])
    }

    @Test func listsInListsAreJSON() throws {
        #expect(try read("ARRAY['{1,2}'::grades, '{3}'::grades]") == "json:[[1,2],[3]]")
    }

    @Test func arraysOfSeveralDimensionsAreRefusedAsThoseOfOtherTypesAre() throws {
        for type in ["mood", "posint", "inet"] {
            let value = type == "mood" ? "low" : type == "inet" ? "::1" : "1"
            let query = "SELECT '{{\(value)},{\(value)}}'::\(type)[] AS grid"
            #expect(refusal(source, query).contains("an array of 2 dimensions"), "\(type)")
        }
    }

    @Test func anAddressReadsAsPostgreSQLPrintsIt() throws {
        for dialect in [PostgresSource.Dialect.postgresql] {
            let source = PostgresSource(
                name: "w", conninfo: server.url(database: database), dialect: dialect)
            for (value, shown) in [
                ("10.0.0.1", "10.0.0.1"), ("10.0.0.1/24", "10.0.0.1/24"), ("::1", "::1"),
                ("::1/64", "::1/64"), ("0.0.0.0/0", "0.0.0.0/0"), ("1.2.3.4/32", "1.2.3.4"),
            ] {
                let row = try readRow(
                    source, "SELECT '\(value)'::inet, '\(value)'::host, NULL::inet")
                #expect(row == ["string:\"\(shown)\"", "string:\"\(shown)\"", "null"])
            }
            #expect(
                try readRow(source, "SELECT '10.1.2.3/32'::cidr, '10.0.0.0/8'::cidr")
                    == [#"string:"10.1.2.3/32""#, #"string:"10.0.0.0/8""#])
        }
    }

    @Test func anAddressIsFoundByTheKeyThatIsServed() throws {
        try server.execute(
            "CREATE TABLE hosts AS SELECT '10.0.0.1'::inet AS ip, 'low'::mood AS m, 7 AS v",
            database: database)
        for (column, key) in [("ip", "10.0.0.1"), ("m", "low")] {
            let sql = "SELECT \(column), v FROM hosts"
            for (text, count) in [(key, 1), ("10.0.0.1/32", 0), ("no address", 0)] {
                let part = QueryPart.rows(of: [[.string(text)]], in: [0])
                let rows = try readRows(try source.open(query: sql, part: part))
                #expect(rows.count == count, "\(column) \(text)")
            }
        }
    }
}
