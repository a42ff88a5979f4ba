import Foundation
import NostosLoader
import SystemPackage
import TestSupport
import Testing

/// The refusals of a SQLite source, and the text of its errors.
@Suite struct SQLiteRefusalTests {
    private let directory: TemporaryDirectory
    private let source: SQLiteSource

    init() throws {
        directory = try TemporaryDirectory()
        source = SQLiteSource(name: "local", path: directory.file("app.db"))
        try SQLiteFixture.execute(
            "CREATE TABLE t(a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
            at: source.path)
    }

    @Test(arguments: [
        "ATTACH 'other.db' AS o", "INSERT INTO t VALUES (3, 'z')", "DELETE FROM t", "DROP TABLE t",
        "UPDATE t SET a = 9", "CREATE TEMP TABLE u(a)", "PRAGMA journal_mode = WAL",
        "PRAGMA query_only = 0", "BEGIN", "VACUUM INTO 'copy.db'",
        "INSERT INTO t VALUES (3, 'z') RETURNING a",
        "REINDEX", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT 1",
    ])
    func whateverDoesNotOnlyReadIsRefused(sql: String) throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: source.path.string))
        #expect(refusal(source, sql) == "1:1 not a SELECT")
        #expect(try Data(contentsOf: URL(fileURLWithPath: source.path.string)) == before)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path.string)
        #expect(files == ["app.db"])
    }

    @Test(arguments: [
        "WITH n AS (SELECT 3) INSERT INTO t SELECT *, 'z' FROM n",
        "WITH n AS (SELECT 1) DELETE FROM t WHERE a IN n RETURNING a",
        "WITH n AS (SELECT 1) UPDATE t SET a = 9", "SELECT load_extension('evil.so')",
        "SELECT * FROM pragma_database_list",
    ])
    func whatHidesBehindASelectIsRefused(sql: String) throws {
        #expect(refusal(source, sql).contains("not authorized"))
        #expect(try readRows(source, "SELECT * FROM t").count == 2)
    }

    @Test func aSecondStatementIsRefusedWhereItBegins() {
        #expect(
            refusal(source, "SELECT 1;\n -- next\n  DROP TABLE t")
                == "3:3 a second statement; expected one SELECT")
        #expect(
            refusal(source, "SELECT 1; nonsense") == "1:11 a second statement; expected one SELECT")
    }

    @Test func aSemicolonAndCommentsAtTheEndAreFine() throws {
        #expect(try readRow(source, "SELECT a FROM t; ; -- done\n/* really */ ;") == ["int64:1"])
        #expect(try readRow(source, "WITH u AS (SELECT 7) SELECT * FROM u") == ["int64:7"])
        #expect(try readRow(source, "VALUES (7)") == ["int64:7"])
    }

    @Test func errorsSayWhereInTheQuery() {
        #expect(refusal(source, "SELECT a\nFROM t\nWHER a") == #"3:6 near "a": syntax error"#)
        #expect(refusal(source, "SELECT 'é', nope FROM t") == "1:13 no such column: nope")
        #expect(refusal(source, "SELECT a FROM missing") == "no such table: missing")
    }

    @Test func aDoubleQuotedWordIsNeverAString() {
        #expect(refusal(source, #"SELECT "mispelled" FROM t"#) == "1:8 no such column: mispelled")
    }

    @Test func queriesThatAreNoneAreRefused() {
        #expect(refusal(source, "") == "no statement; expected a SELECT")
        #expect(refusal(source, "-- nothing\n;") == "no statement; expected a SELECT")
        #expect(refusal(source, "SELECT 1\0, 2") == "1:9 a 0x00 in the query")
    }

    @Test(arguments: ["?", "?1", ":name", "@name", "$name"])
    func parametersAreRefused(parameter: String) {
        #expect(
            refusal(source, "SELECT \(parameter)")
                == "a parameter (?, :name, @name, $name), which has no value")
    }

    @Test func errorsWhileReadingBlameTheQueryAndCountRows() {
        #expect(
            refusal(source, "SELECT abs(CASE a WHEN 1 THEN 1 ELSE -9223372036854775808 END) FROM t")
                == "integer overflow (after 1 row)")
    }

    @Test(arguments: ["missing.db", ":memory:", "file:app.db", "folder/missing.db"])
    func aFileThatIsNotThereIsUnavailable(name: String) throws {
        let error = failure(SQLiteSource(name: "local", path: FilePath(name)), "SELECT 1")
        guard case .unavailable("local", let reason)? = error else {
            Issue.record("\(name): \(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix("cannot open \(name): unable to open database file"))
    }

    @Test func aDirectoryIsUnavailable() throws {
        for path in [directory.path, FilePath("")] {
            let error = failure(SQLiteSource(name: "local", path: path), "SELECT 1")
            guard case .unavailable("local", let reason)? = error else {
                Issue.record("\(path): \(String(describing: error))")
                return
            }
            #expect(reason.hasSuffix("Is a directory"))
        }
    }

    @Test func aFileThatIsNoDatabaseIsUnavailable() throws {
        let path = directory.file("text.db")
        let text = String(repeating: "no database. ", count: 500)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
        #expect(
            failure(SQLiteSource(name: "local", path: path), "SELECT 1 FROM t")
                == .unavailable(
                    source: "local", reason: "cannot open \(path): file is not a database"))
    }

    @Test func aDatabaseThatIsCutOffIsAnError() throws {
        let path = directory.file("cut.db")
        try SQLiteFixture.execute(
            """
            CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
            LIMIT 20000) INSERT INTO t SELECT hex(randomblob(20)) FROM n
            """, at: path)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path.string))
        try file.truncate(atOffset: 300_000)
        try file.close()
        let error = failure(SQLiteSource(name: "local", path: path), "SELECT a FROM t")
        switch error {
        case .interrupted("local", _, "database disk image is malformed"): break
        case .unavailable("local", let reason):
            #expect(reason.hasSuffix("database disk image is malformed"))
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test func aWALDatabaseIsReadWhileItIsWritten() throws {
        try SQLiteFixture.execute(
            "PRAGMA journal_mode = WAL; INSERT INTO t VALUES (3, 'z')", at: source.path)
        let cursor = try source.open(query: "SELECT a FROM t ORDER BY a")
        var row = Row()
        #expect(try cursor.next(into: &row))
        try SQLiteFixture.execute("INSERT INTO t VALUES (4, 'w')", at: source.path)
        var count = 1
        while try cursor.next(into: &row) { count += 1 }
        #expect(count == 3)
        #expect(try readRows(source, "SELECT a FROM t").count == 4)
    }

    @Test func aWALDatabaseThatCannotBeReadSaysWhatItNeeds() throws {
        try SQLiteFixture.execute("PRAGMA journal_mode = WAL", at: source.path)
        // Whoever runs the tests, SQLite follows no link to its shared memory file.
        try FileManager.default.createSymbolicLink(
            atPath: source.path.string + "-shm", withDestinationPath: "elsewhere")
        guard case .unavailable(_, let reason)? = failure(source, "SELECT a FROM t") else {
            Issue.record("not unavailable")
            return
        }
        #expect(reason.contains("unable to open database file"))
        #expect(reason.contains("WAL mode: its readers need the files app.db-wal and -shm"))
    }

    @Test func aReleasedCursorLetsWritersIn() throws {
        do {
            let cursor = try source.open(query: "SELECT a FROM t")
            var row = Row()
            #expect(try cursor.next(into: &row))
        }
        try SQLiteFixture.execute("INSERT INTO t VALUES (3, 'z')", at: source.path)
        #expect(try readRows(source, "SELECT a FROM t").count == 3)
    }
}
