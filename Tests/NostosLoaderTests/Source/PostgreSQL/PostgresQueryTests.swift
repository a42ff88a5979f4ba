import Nostos
import NostosLoader
import TestSupport
import Testing

/// The queries that PostgreSQL runs, the ways to run them, and the errors of the others.
@Suite(.timeLimit(.minutes(10))) struct PostgresQueryTests {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared()
    }

    private func source(_ dialect: PostgresSource.Dialect) -> PostgresSource {
        PostgresSource(name: "warehouse", conninfo: server.url(), dialect: dialect)
    }

    @Test(arguments: dialects)
    func columnsAreNamedAndTypedAsReported(dialect: PostgresSource.Dialect) throws {
        let query = #"""
            SELECT 1 AS entityId1, 1::int8 AS "entityId1", NULL::inet AS "odd ""name", 2.5 AS n,
              true AS flag, now() AS at, '' AS entityId1
            """#
        #expect(
            try readColumns(source(dialect), query) == [
                "entityid1 int64", "entityId1 int64", #"odd "name string"#, "n number",
                "flag bool", "at timestamp", "entityid1 string",
            ])
    }

    @Test(arguments: dialects)
    func equalNamesAreReadByPositionAlsoWhenCast(dialect: PostgresSource.Dialect) throws {
        let query = "SELECT 1 AS a, '(1,2)'::point AS a, '(3,4)'::point AS a, 2 AS a"
        #expect(
            try readRow(source(dialect), query)
                == ["int64:1", #"string:"(1,2)""#, #"string:"(3,4)""#, "int64:2"])
    }

    @Test(arguments: dialects)
    func orderIsKeptAlsoWhenCast(dialect: PostgresSource.Dialect) throws {
        let query = """
            SELECT i, point(i, 0) FROM generate_series(1, 2000) AS i ORDER BY (i * 7919) % 2003
            """
        let expected = (1...2000).sorted { $0 * 7919 % 2003 < $1 * 7919 % 2003 }
        #expect(
            try readRows(source(dialect), query).map { $0[0] } == expected.map { "int64:\($0)" })
    }

    @Test(arguments: [
        "SELECT 1;", "SELECT 1 ; ; -- done", "SELECT 1 -- done", "SELECT 1 /* ; */ ;\n",
        "-- first\n(SELECT 1)", "WITH n AS (SELECT 1) SELECT * FROM n", "VALUES (1)",
    ])
    func commentsAndASemicolonAtTheEndAreFine(sql: String) throws {
        for dialect in dialects {
            #expect(try readRow(source(dialect), sql) == ["int64:1"], "\(sql)")
        }
        let cast = sql.replacing("1", with: "point '(1,2)'")
        for dialect in dialects {
            #expect(try readRow(source(dialect), cast) == [#"string:"(1,2)""#], "\(cast)")
        }
    }

    @Test(arguments: dialects)
    func errorsSayWhereInTheQuery(dialect: PostgresSource.Dialect) {
        let source = source(dialect)
        #expect(
            refusal(source, "SELECT 'é😀',\n  nope") == #"2:3 column "nope" does not exist"#)
        #expect(
            refusal(source, "SELECT 1 FROM\nmissing")
                == #"2:1 relation "missing" does not exist"#)
        #expect(
            refusal(source, "SELECT 1\nFROM t WHER a").hasPrefix("2:13 syntax error at or near"))
        #expect(refusal(source, "").hasPrefix("no statement"))
        #expect(refusal(source, "SELECT").hasPrefix("a query without columns"))
        #expect(refusal(source, "SELECT 1\0") == "1:9 a 0x00 in the query")
        #expect(refusal(source, "SELECT $1::int").hasPrefix("a parameter ($1)"))
    }

    @Test(arguments: dialects)
    func hintsAndDetailsArePassedOn(dialect: PostgresSource.Dialect) {
        #expect(
            refusal(source(dialect), "SELECT lengt('x')")
                == """
                1:8 function lengt(unknown) does not exist; hint: No function matches the given \
                name and argument types. You might need to add explicit type casts.
                """)
    }

    @Test(arguments: [
        "INSERT INTO t VALUES (1)", "DROP TABLE t", "COPY t TO STDOUT", "EXPLAIN SELECT 1",
        "SHOW ALL", "COMMIT", "SET TRANSACTION READ WRITE", "DO $$ BEGIN END $$",
        "CREATE TABLE u()",
        "INSERT INTO t VALUES (1) RETURNING a", "DECLARE c CURSOR FOR SELECT 1",
    ])
    func whateverIsNoSelectIsRefused(sql: String) {
        for dialect in dialects {
            #expect(refusal(source(dialect), sql) == "1:1 not a SELECT")
        }
    }

    @Test(arguments: dialects)
    func aSecondStatementIsRefusedWhereItBegins(dialect: PostgresSource.Dialect) {
        #expect(
            refusal(source(dialect), "SELECT 1;\n COMMIT")
                == "2:2 a second statement; expected one SELECT")
    }

    @Test func nothingIsWritten() throws {
        try server.createDatabase(named: "untouched")
        try server.execute(
            """
            CREATE TABLE t(a int); INSERT INTO t VALUES (1); CREATE SEQUENCE s;
            CREATE FUNCTION add() RETURNS int LANGUAGE sql AS
              'INSERT INTO t VALUES (2) RETURNING a'
            """, database: "untouched")
        for dialect in dialects {
            let source = PostgresSource(
                name: "warehouse", conninfo: server.url(database: "untouched"), dialect: dialect)
            for sql in [
                "WITH n AS (INSERT INTO t VALUES (2) RETURNING a) SELECT * FROM n",
                "SELECT a INTO u FROM t", "SELECT nextval('s')", "SELECT add()",
                "SELECT set_config('transaction_read_only', 'off', false), add()",
                "SELECT a FROM t FOR UPDATE",
                "SELECT 1) TO '/tmp/x'; DELETE FROM t; --",
            ] {
                #expect(refusal(source, sql) != "not refused", "\(sql)")
            }
        }
        #expect(try server.execute("SELECT a FROM t", database: "untouched") == "1\n")
    }

    @Test(arguments: dialects)
    func errorsWhileReadingBlameTheQueryAndCountRows(dialect: PostgresSource.Dialect) {
        #expect(
            refusal(source(dialect), "SELECT 10 / (3 - i) FROM generate_series(1, 5) AS i")
                == "division by zero (after 2 rows)")
    }

    @Test(arguments: dialects)
    func allRowsSeeOneState(dialect: PostgresSource.Dialect) throws {
        let name = "snapshot_\(dialect)"
        try server.createDatabase(named: name)
        try server.execute(
            "CREATE TABLE t AS SELECT i FROM generate_series(1, 50000) AS i", database: name)
        let source = PostgresSource(
            name: "warehouse", conninfo: server.url(database: name), dialect: dialect)
        let cursor = try source.open(query: "SELECT i, repeat('x', 100) FROM t")
        var row = Row()
        #expect(try cursor.next(into: &row))
        try server.execute("DELETE FROM t", database: name)
        var count = 1
        while try cursor.next(into: &row) { count += 1 }
        #expect(count == 50_000)
    }
}
