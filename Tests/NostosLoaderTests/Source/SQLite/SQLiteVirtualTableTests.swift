import Foundation
import NostosLoader
import SystemPackage
import TestSupport
import Testing

/// Virtual tables of SQLite are read, and nothing is written for them.
@Suite struct SQLiteVirtualTableTests {
    private let directory: TemporaryDirectory
    private let source: SQLiteSource

    init() throws {
        directory = try TemporaryDirectory()
        source = SQLiteSource(name: "local", path: directory.file("app.db"))
        try SQLiteFixture.execute(
            """
            CREATE TABLE t(id INTEGER, tags TEXT);
            INSERT INTO t VALUES (1, '["b","a"]'), (2, '[]'), (3, '{"x":[7]}');
            CREATE VIRTUAL TABLE f5 USING fts5(body);
            INSERT INTO f5 VALUES ('a red fox'), ('a blue whale');
            CREATE VIRTUAL TABLE f4 USING fts4(body);
            INSERT INTO f4 VALUES ('a red fox'), ('a blue whale');
            CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, y0, y1);
            INSERT INTO r VALUES (1, 0, 1, 0, 1), (2, 5, 6, 5, 6);
            """, at: source.path)
    }

    @Test(arguments: [
        ("SELECT t.id, value FROM t, json_each(t.tags) WHERE t.id = 1", 2),
        ("SELECT t.id, fullkey FROM t, json_tree(t.tags) WHERE t.id = 3", 3),
        ("SELECT key, value FROM json_each('[1,2,3]')", 3),
        ("SELECT rowid, body FROM f5 WHERE f5 MATCH 'red'", 1),
        ("SELECT rowid, snippet(f5, 0, '<', '>', '', 5) FROM f5('blue') ORDER BY rank", 1),
        ("SELECT rowid, body FROM f4 WHERE f4 MATCH 'whale'", 1),
        ("SELECT id, x0 FROM r WHERE x1 > 3", 1),
        ("SELECT r.id, body FROM r JOIN f5 ON f5.rowid = r.id", 2),
    ])
    func virtualTablesAreRead(sql: String, count: Int) throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: source.path.string))
        #expect(try readRows(source, sql).count == count)
        let session = source.session()
        #expect(try session.columns(of: sql).count == 2)
        #expect(try readRows(try session.open(query: sql, part: .first(100))).count == count)
        #expect(try Data(contentsOf: URL(fileURLWithPath: source.path.string)) == before)
    }

    @Test(arguments: [
        "WITH n AS (SELECT 3) INSERT INTO f5 SELECT 'x' FROM n",
        "WITH n AS (SELECT 3) DELETE FROM r WHERE id IN (SELECT * FROM n)",
        "WITH n AS (SELECT 3) UPDATE sqlite_master SET sql = 'x'",
        "WITH n AS (SELECT 3) INSERT INTO f5_data SELECT 1, x'00' FROM n",
        "WITH n AS (SELECT 1) REPLACE INTO t SELECT 1, 'x' FROM n",
        "SELECT * FROM pragma_table_info('t')", "SELECT load_extension('evil.so')",
        "SELECT * FROM pragma_journal_mode",
    ])
    func nothingElseIsAllowed(sql: String) throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: source.path.string))
        let reason = refusal(source, sql)
        let isKnown = reason.contains("not authorized") || reason.contains("may not be modified")
        #expect(isKnown, "\(reason)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: source.path.string)) == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path.string)
                == ["app.db"])
    }

    @Test func allQueriesOfASessionSeeOneState() throws {
        try SQLiteFixture.execute("PRAGMA journal_mode = WAL", at: source.path)
        let session = source.session()
        func count() throws -> [[String]] {
            try readRows(try session.open(query: "SELECT count(*) FROM t"))
        }
        #expect(try count() == [["int64:3"]])
        try SQLiteFixture.execute("INSERT INTO t VALUES (4, '')", at: source.path)
        #expect(try count() == [["int64:3"]])
        session.rest()
        #expect(try count() == [["int64:4"]])
    }

    @Test func aRestingSessionLetsWritersIn() throws {
        let session = source.session()
        #expect(try readRows(try session.open(query: "SELECT id FROM t")).count == 3)
        session.rest()
        try SQLiteFixture.execute("INSERT INTO t VALUES (4, '')", at: source.path)
        #expect(try readRows(try session.open(query: "SELECT id FROM t")).count == 4)
    }
}
