import Foundation
import Nostos
import NostosLoader
import SystemPackage
import TestSupport
import Testing

/// A part of a query's rows: which, and that the source does not compute the others.
@Suite(.timeLimit(.minutes(10))) struct QueryPartTests {
    private let directory: TemporaryDirectory
    private let server: PostgresServer

    init() throws {
        directory = try TemporaryDirectory()
        server = try PostgresServer.shared()
    }

    /// The same source table in SQLite and in PostgreSQL, read in three ways.
    private func sources(_ script: String) throws -> [any Source] {
        let name = "part_\(UInt32.random(in: 0 ... .max))"
        let file = directory.file(name)
        try SQLiteFixture.execute(script, at: file)
        try server.createDatabase(named: name)
        try server.execute(script, database: name)
        let url = server.url(database: name)
        return [
            SQLiteSource(name: "sqlite", path: file),
            PostgresSource(name: "postgresql", conninfo: url),
            PostgresSource(name: "redshift", conninfo: url, dialect: .redshift),
        ]
    }

    private static let script = """
        CREATE TABLE t (id bigint, name text, v int);
        INSERT INTO t VALUES (1, 'a', 1), (2, 'it''s', 2), (2, '$1; --', 3), (3, 'é', 0);
        CREATE INDEX by_id ON t (id);
        """

    @Test func aPartHasTheRowsOfItsKeysAndNoMoreThanItsLimit() throws {
        let two: [[KeyPart]] = [[.int64(2)], [.int64(9)]]
        for source in try sources(Self.script) {
            let sql = "SELECT id, name, v FROM t ORDER BY v DESC; -- all"
            #expect(try ids(source, sql, .first(2)) == ["2 3", "2 2"])
            #expect(try ids(source, sql, .rows(of: two, in: [0])) == ["2 3", "2 2"])
            var both = QueryPart.rows(of: two, in: [0])
            both.limit = 1
            #expect(try ids(source, sql, both) == ["2 3"])
            #expect(try ids(source, sql, .rows(of: [], in: [0])) == [])
            #expect(try ids(source, sql, .first(100)).count == 4)
        }
    }

    @Test func textIsAParameterAndNeverSQL() throws {
        for source in try sources(Self.script) {
            let sql = "SELECT name AS id, id AS name, v FROM t"
            for (text, v) in [("it's", "2"), ("$1; --", "3"), ("é", "0")] {
                let rows = try rows(source, sql, .rows(of: [[.string(text)]], in: [0]))
                #expect(rows.map(\.last) == ["int64:\(v)"], "\(source.name): \(text)")
            }
            let none = ["' OR 1=1 --", "a'", "\\", ""].map { [KeyPart.string($0)] }
            #expect(try rows(source, sql, .rows(of: none, in: [0])).isEmpty)
        }
    }

    @Test func ofACompositeKeyAllPartsMustBeEqual() throws {
        let keys: [[KeyPart]] = [[.string("a"), .int64(1)], [.string("é"), .int64(2)]]
        for source in try sources(Self.script) {
            let sql = "SELECT v, name, id FROM t"
            #expect(
                try rows(source, sql, .rows(of: keys, in: [1, 2]))
                    == [["int64:1", #"string:"a""#, "int64:1"]])
        }
    }

    /// The query's own names and types stay, also where two are equal or one has no type here.
    @Test func columnsAreThoseOfTheWholeQuery() throws {
        for source in try sources(Self.script) {
            let sql = "SELECT id, v AS a, name AS a, 2.5 AS \"b c\" FROM t"
            let whole = try source.open(query: sql).columns
            #expect(try source.open(query: sql, part: .first(1)).columns == whole)
            #expect(try source.columns(of: sql) == whole)
            #expect(whole.map(\.name) == ["id", "a", "a", "b c"])
        }
        let point = try sources(Self.script)[1]
        let sql = "SELECT id, point(v, 1) AS p FROM t"
        #expect(
            try rows(point, sql, .rows(of: [[.int64(1)]], in: [0]))
                == [["int64:1", #"string:"(1,1)""#]])
    }

    @Test func errorsNameTheirPlaceInTheQueryItself() throws {
        for source in try sources(Self.script) {
            for part in [QueryPart.first(1), .rows(of: [[.int64(1)]], in: [0])] {
                let error = #expect(throws: SourceError.self) {
                    try rows(source, "SELECT id,\n  nme FROM t", part)
                }
                guard case .badQuery(_, _, 2, 3)? = error else {
                    Issue.record("\(source.name): \(String(describing: error))")
                    continue
                }
            }
        }
    }

    /// The query has no end: whoever computed all of it would never answer.
    @Test func aLimitEndsTheQueryWhenItIsReached() throws {
        let endless = """
            WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)
            SELECT id, id * 2 AS v FROM n
            """
        for source in try sources(Self.script) {
            #expect(try rows(source, endless, .first(3)).count == 3, "\(source.name)")
        }
    }

    /// The query fails on other rows than those of the keys: nobody may compute them.
    @Test func rowsOfOtherKeysAreNotComputed() throws {
        for source in try sources(Self.script) {
            let value = source.name == "sqlite" ? "json(substr('[7]x', 1, 4 - v))" : "10 / v"
            let sql = "SELECT id, \(value) AS v FROM t"
            #expect(throws: SourceError.self, "\(source.name)") {
                try rows(source, sql, .first(100))
            }
            let part = QueryPart.rows(of: [[.int64(1)]], in: [0])
            #expect(try rows(source, sql, part).count == 1, "\(source.name)")
        }
    }

    /// A number or text that the column's type cannot hold is only not there.
    @Test func aKeyThatTheColumnCannotHoldIsNotFound() throws {
        let name = "part_\(UInt32.random(in: 0 ... .max))"
        try server.createDatabase(named: name)
        try server.execute(
            """
            CREATE TYPE mood AS ENUM ('low');
            CREATE TABLE t (a int2, b int4, c int8, d oid, e uuid, f date, g char(4), h mood,
                i varchar(3), v int);
            INSERT INTO t VALUES (1, 1, 1, 1, '00112233-4455-6677-8899-aabbccddeeff', '2026-01-31',
                'ab', 'low', 'abc', 7);
            """, database: name)
        for dialect in dialects {
            let source = PostgresSource(
                name: "p", conninfo: server.url(database: name), dialect: dialect)
            for column in ["a", "b", "c", "d"] {
                for (number, count) in [
                    (1, 1), (0, 0), (40_000, 0), (99_999_999_999, 0), (Int64.min, 0), (.max, 0),
                ] as [(Int64, Int)] {
                    let part = QueryPart.rows(of: [[.int64(number)], [.int64(5)]], in: [0])
                    let rows = try rows(source, "SELECT \(column), v FROM t", part)
                    #expect(rows.count == count, "\(column) \(number)")
                }
            }
            for (column, text) in [
                ("e", "00112233-4455-6677-8899-aabbccddeeff"), ("f", "2026-01-31"), ("g", "ab"),
                ("h", "low"), ("i", "abc"),
            ] {
                for (key, count) in [(text, 1), ("nope", 0), ("", 0), ("2026-02-30", 0)] {
                    let part = QueryPart.rows(of: [[.string(key)]], in: [0])
                    let rows = try rows(source, "SELECT \(column), v FROM t", part)
                    #expect(rows.count == count, "\(column) \(key)")
                }
            }
        }
    }

    /// PostgreSQL counts what its scans touch: the index was used, the table never read through.
    @Test func keysAreLookedUpThroughTheSourcesIndex() throws {
        let name = "part_\(UInt32.random(in: 0 ... .max))"
        try server.createDatabase(named: name)
        try server.execute(
            """
            CREATE TABLE t AS SELECT i AS id, i % 7 AS v FROM generate_series(1, 20000) AS i;
            CREATE INDEX by_id ON t (id);
            ANALYZE t;
            """, database: name)
        // In a session of its own: that of the table has counted its scans when it ends.
        try server.execute("SELECT pg_stat_reset()", database: name)
        let source = PostgresSource(name: "p", conninfo: server.url(database: name))
        let keys: [[KeyPart]] = [[.int64(5)], [.int64(19_999)]]
        #expect(try rows(source, "SELECT id, v FROM t", .rows(of: keys, in: [0])).count == 2)
        let ask = """
            SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 't' AND idx_scan > 0
            """
        var counts = ""
        while counts.isEmpty { counts = try server.execute(ask, database: name) }
        #expect(counts.hasPrefix("0|"), "\(counts)")
    }

    private func ids(_ source: any Source, _ sql: String, _ part: QueryPart) throws -> [String] {
        try rows(source, sql, part).map { row in
            "\(row[0]) \(row[2])".replacing("int64:", with: "")
        }
    }

    private func rows(
        _ source: any Source, _ sql: String, _ part: QueryPart
    ) throws -> [[String]] {
        try readRows(try source.open(query: sql, part: part))
    }
}
