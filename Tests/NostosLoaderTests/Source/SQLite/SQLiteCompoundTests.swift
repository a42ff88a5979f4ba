import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// Compound SELECTs, of which SQLite reports the first part's types.
@Suite struct SQLiteCompoundTests {
    private let directory: TemporaryDirectory
    private let source: SQLiteSource

    init() throws {
        directory = try TemporaryDirectory()
        source = SQLiteSource(name: "local", path: directory.file("app.db"))
        try SQLiteFixture.execute(
            """
            CREATE TABLE t(id INTEGER, b BOOLEAN, n INTEGER, d DATETIME, s TEXT);
            INSERT INTO t VALUES (1, 1, 1, '2026-01-31', '2026-01-31');
            """, at: source.path)
    }

    @Test(arguments: [
        "SELECT b FROM t UNION ALL SELECT n FROM t", "SELECT b FROM t UNION ALL SELECT 1",
        "SELECT b FROM t UNION ALL SELECT count(*) FROM t ORDER BY 1 LIMIT 5",
        "SELECT b FROM (SELECT b FROM t UNION ALL SELECT n FROM t)",
        "WITH x AS (SELECT b FROM t UNION ALL SELECT n FROM t) SELECT b FROM x",
        "WITH x AS (SELECT n FROM t) SELECT b FROM t UNION ALL SELECT n FROM x",
        "select b from t /* UNION */ union all select n from t",
    ])
    func theFirstPartsTypeIsNotThatOfOtherRows(query: String) throws {
        #expect(try readRows(source, query) == [["int64:1"], ["int64:1"]])
        #expect(try readColumns(source, query) != ["b bool"])
    }

    @Test(arguments: [
        "SELECT b FROM t UNION ALL SELECT b FROM t", "SELECT b FROM t",
        "SELECT b FROM t WHERE s <> 'a UNION b'",
        "SELECT b FROM t WHERE n IN (SELECT 1 UNION SELECT 2)",
        "SELECT b FROM t WHERE n IN (SELECT b FROM t UNION SELECT n FROM t)",
        "WITH x AS (SELECT b FROM t) SELECT b FROM x UNION ALL SELECT b FROM x ORDER BY b LIMIT 1",
        "WITH RECURSIVE x(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM x WHERE n < 2)"
            + " SELECT b FROM t, x",
    ])
    func partsThatAgreeKeepTheirType(query: String) throws {
        #expect(try readColumns(source, query) == ["b bool"])
        #expect(try readRows(source, query).allSatisfy { $0 == ["true:true"] })
    }

    @Test func aTypeThatDoesNotCountIsWarnedOf() throws {
        let cursor = try source.open(query: "SELECT id, b FROM t UNION ALL SELECT id, NULL FROM t")
        #expect(cursor.warnings.count == 1)
        #expect(cursor.warnings.first?.contains("columns: {b: {type: bool}}") == true)
        #expect(try source.open(query: "SELECT b FROM t UNION SELECT b FROM t").warnings == [])
    }

    @Test func timesAndTextsOfOneFieldAreNotConverted() throws {
        #expect(
            try readRows(source, "SELECT d FROM t UNION ALL SELECT s || '!' FROM t") == [
                [#"string:"2026-01-31""#], [#"string:"2026-01-31!""#],
            ])
    }

    @Test func partsAreFoundWithoutWhatOrdersThem() throws {
        let query = QueryText(
            "WITH w AS (SELECT 1 UNION SELECT 2) SELECT a FROM w UNION ALL SELECT 'x' ORDER BY 1; ")
        let compound = try #require(SQLiteCompound(query))
        #expect(
            compound.parts.map { String(decoding: $0, as: UTF8.self) } == [
                "SELECT a FROM w ", " SELECT 'x' ",
            ])
        #expect(
            String(decoding: compound.prefix, as: UTF8.self)
                == "WITH w AS (SELECT 1 UNION SELECT 2) ")
        for text in [
            "", "(", ")", "UNION", "SELECT (UNION", "((", "WITH", "SELECT 1 UNION", "))UNION",
        ] {
            _ = SQLiteCompound(QueryText(text))
        }
        #expect(SQLiteCompound(QueryText("SELECT 'a UNION b' /* UNION */ -- UNION")) == nil)
    }
}
