import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// The values that SQLite's values become.
@Suite struct SQLiteSourceTests {
    private let directory: TemporaryDirectory
    private let source: SQLiteSource

    init() throws {
        directory = try TemporaryDirectory()
        source = SQLiteSource(name: "local", path: directory.file("app.db"))
    }

    private func execute(_ sql: String) throws {
        try SQLiteFixture.execute(sql, at: source.path)
    }

    @Test func eachStorageClassHasItsType() throws {
        try execute("CREATE TABLE t(a)")
        let row = try readRow(
            source, "SELECT 1, 1.5, 2.0, 'text', x'00ff', NULL, '', x'', '😀', -0.0, 1e300")
        #expect(
            row == [
                "int64:1", "decimal:1.5", "int64:2", #"string:"text""#, #"bytes:"AP8=""#, "null",
                #"string:"""#, #"bytes:"""#, #"string:"😀""#, "int64:0", "number:1e+300",
            ])
    }

    @Test func integersAreExactToTheirExtremes() throws {
        try execute("CREATE TABLE t(a)")
        let row = try readRow(
            source, "SELECT 9223372036854775807, -9223372036854775807 - 1, 9007199254740993")
        #expect(
            row == [
                "int64:9223372036854775807", "int64:-9223372036854775808",
                "int64:9007199254740993",
            ])
    }

    @Test func doublesPrintAsTheShortestDecimal() throws {
        try execute("CREATE TABLE t(a REAL); INSERT INTO t VALUES (0.1), (0.1+0.2), (5e-324)")
        let rows = try readRows(source, "SELECT a FROM t ORDER BY rowid")
        #expect(rows == [["decimal:0.1"], ["decimal:0.30000000000000004"], ["number:5e-324"]])
    }

    @Test func infinitiesAreErrorsThatNameRowAndColumn() throws {
        try execute("CREATE TABLE t(a REAL); INSERT INTO t VALUES (1), (9e999)")
        #expect(
            failure(source, "SELECT a AS score FROM t ORDER BY rowid")
                == .badValue(row: 2, column: "score", .notFinite("inf")))
    }

    @Test func nanIsNullAsSQLiteStoresIt() throws {
        try execute("CREATE TABLE t(a REAL); INSERT INTO t VALUES (9e999 - 9e999)")
        #expect(try readRow(source, "SELECT a FROM t") == ["null"])
    }

    @Test func zeroBytesInTextAreKept() throws {
        try execute("CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('a' || char(0) || 'b')")
        #expect(try readRow(source, "SELECT a FROM t") == [#"string:"a\u0000b""#])
    }

    @Test func textThatIsNotUTF8IsAnErrorThatNamesItsPlace() throws {
        try execute("CREATE TABLE t(a TEXT); INSERT INTO t VALUES (CAST(x'6162ff' AS TEXT))")
        #expect(
            failure(source, "SELECT a FROM t")
                == .badValue(row: 1, column: "a", .invalidUTF8(offset: 2)))
    }

    @Test func utf16DatabasesReadTheSame() throws {
        try execute("PRAGMA encoding='UTF-16'; CREATE TABLE t(a); INSERT INTO t VALUES ('é😀')")
        #expect(try readRow(source, "SELECT a FROM t") == [#"string:"é😀""#])
    }

    @Test func valuesOfAMebibyteComeWhole() throws {
        try execute(
            "CREATE TABLE t(a, b); INSERT INTO t VALUES (hex(zeroblob(524288)), zeroblob(1048576))")
        let row = try readRow(source, "SELECT a, b FROM t")
        #expect(row[0] == #"string:""# + String(repeating: "0", count: 1 << 20) + "\"")
        // 349 525 groups of three bytes, and one byte more.
        #expect(row[1] == #"bytes:""# + String(repeating: "A", count: 349_525 * 4 + 2) + #"==""#)
    }

    @Test func valuesAboveTheLimitAreErrors() throws {
        try execute("CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(16777217))")
        #expect(
            failure(source, "SELECT a FROM t")
                == .badValue(row: 1, column: "a", .tooLarge(size: (16 << 20) + 1)))
    }

    @Test func namesComeAsReportedAndMayBeEqual() throws {
        try execute(#"CREATE TABLE t(userId INTEGER, "odd ""name" TEXT)"#)
        let columns = try readColumns(
            source, #"SELECT userId, "odd ""name", userId AS userId, 1 AS X FROM t"#)
        #expect(columns == ["userId int64", #"odd "name string"#, "userId int64", "X ?"])
    }

    @Test func chinooksTypesBecomeOurs() throws {
        try execute(
            """
            CREATE TABLE t(a INTEGER, b NVARCHAR(20), c NUMERIC(10,2), d DATETIME, e DATE, f BLOB,
              g DOUBLE PRECISION, h BOOLEAN, i JSON, j TIMESTAMP WITH TIME ZONE, k)
            """)
        #expect(
            try readColumns(source, "SELECT * FROM t") == [
                "a int64", "b string", "c number", "d timestamp", "e string", "f bytes", "g number",
                "h bool", "i json", "j timestamp", "k ?",
            ])
    }

    @Test func anEmptyTableHasColumnsAndNoRows() throws {
        try execute("CREATE TABLE t(a INTEGER)")
        #expect(try readRows(source, "SELECT a FROM t") == [])
        #expect(try readColumns(source, "SELECT a FROM t") == ["a int64"])
    }
}

/// The effect of a declared type on values that fit it, and its lack of effect on the others.
@Suite struct SQLiteHintTests {
    private func read(_ type: String, _ values: String) throws -> [String] {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = directory.file("app.db")
        try SQLiteFixture.execute(
            "CREATE TABLE t(a \(type)); INSERT INTO t VALUES \(values)", at: path)
        return try readRows(
            SQLiteSource(name: "local", path: path), "SELECT a FROM t ORDER BY rowid"
        )
        .map { $0[0] }
    }

    @Test func booleansAreNumbersOrWords() throws {
        #expect(
            try read("BOOLEAN", "(0), (1), (NULL), ('t'), ('F'), ('True'), ('false'), (''), (1.0)")
                == [
                    "false:false", "true:true", "null", "true:true", "false:false", "true:true",
                    "false:false", "null", "true:true",
                ])
        // A column of NUMERIC affinity makes numbers of such texts, one of TEXT affinity does not.
        #expect(try read("BOOL", "('0'), ('1')") == ["false:false", "true:true"])
    }

    @Test func timestampsAreOneFormatHoweverTheyAreStored() throws {
        #expect(
            try read(
                "DATETIME",
                """
                ('2026-01-31 08:05:00'), ('2026-01-31'), (1700000000), (NULL), (''),
                ('2026-01-31 08:05'), ('2026-01-31 08:05:00.123456789+00:00'), (1700000000250),
                ('2026-01-31 08:05:00.5 +0100 CET')
                """)
                == [
                    #"timestamp:"2026-01-31T08:05:00Z""#, #"timestamp:"2026-01-31T00:00:00Z""#,
                    #"timestamp:"2023-11-14T22:13:20Z""#, "null", "null",
                    #"timestamp:"2026-01-31T08:05:00Z""#,
                    #"timestamp:"2026-01-31T08:05:00.123456Z""#,
                    #"timestamp:"2023-11-14T22:13:20.25Z""#, #"timestamp:"2026-01-31T07:05:00.5Z""#,
                ])
        #expect(
            try read("timestamp(6)", "('2026-01-31T08:05:00+01:00')")
                == [#"timestamp:"2026-01-31T07:05:00Z""#])
    }

    @Test func datesAreTextOfOneForm() throws {
        #expect(
            try read(
                "DATE", "('2026-01-31'), ('2026-01-31 00:00:00'), (1769817600000), (NULL)")
                == [
                    #"string:"2026-01-31""#, #"string:"2026-01-31""#, #"string:"2026-01-31""#,
                    "null",
                ])
    }

    @Test(arguments: [
        ("BOOLEAN", "'yes'"), ("BOOLEAN", "2"), ("DATETIME", "'soon'"), ("DATETIME", "5"),
        ("DATETIME", "2461071.8"), ("TIMESTAMP", "'31.1.2026'"), ("DATE", "'2026-01-31 08:05'"),
        ("DATE", "'soon'"), ("JSON", #"'{"a":'"#),
    ])
    func aValueThatItsColumnCannotBeIsAnErrorWithARemedy(type: String, value: String) throws {
        let error = try #require(throws: SourceError.self) {
            try read(type, "(NULL), (\(value))")
        }
        guard case .badValue(2, "a", let problem) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(problem.sentence.contains("as the column is declared"))
        #expect(problem.sentence.contains("{type: string}"))
    }

    @Test func jsonIsEmbedded() throws {
        #expect(
            try read("JSON", #"('{"a": [1, 2]}'), ('"x"'), (NULL), (5), (1.5)"#)
                == [#"json:{"a":[1,2]}"#, #"json:"x""#, "null", "json:5", "json:1.5"])
    }

    @Test func numbersKeepWhatIsStored() throws {
        #expect(
            try read("INTEGER", "(1), (1.5), ('x')")
                == ["int64:1", "decimal:1.5", #"string:"x""#])
        #expect(
            try read("REAL", "(1), (1.5), ('x')")
                == ["int64:1", "decimal:1.5", #"string:"x""#])
        #expect(
            try read("VARCHAR(5)", "(1), ('longer than five')")
                == [#"string:"1""#, #"string:"longer than five""#])
    }
}
