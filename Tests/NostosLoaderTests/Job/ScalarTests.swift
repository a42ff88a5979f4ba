import Testing

@testable import NostosLoader

@Suite struct ScalarTests {
    @Test func integersAreDecimalDigitsWithoutLeadingZero() {
        for text in ["0", "-0", "7", "-12", "1234567890123456789012"] {
            #expect(NumberText.isInteger(text), "\(text)")
        }
        for text in ["", "-", "+1", "01", "1_0", "0x1", "0o1", "1.0", "1e3", " 1", "１", "12:00"] {
            #expect(!NumberText.isInteger(text), "\(text)")
        }
    }

    @Test func numbersAreThoseOfJSON() {
        for text in ["0", "-1.5", "1e9", "1E+9", "2.50e-3"] {
            #expect(NumberText.isNumber(text), "\(text)")
        }
        for text in ["", ".5", "5.", "1e", "1e+", "1.2.3", "e5", "0x1", "inf", "nan", "1,5", "--1"]
        {
            #expect(!NumberText.isNumber(text), "\(text)")
        }
    }

    @Test func whatYAML11ReadsDifferentlyIsAmbiguous() {
        let ambiguous = [
            "yes", "No", "ON", "off", "0o17", "017", "0x1F", "0b1", "1_000", "12:00", "12:30:45",
            ".5", "5.", "+5", ".inf", "-.INF", ".nan", "-017",
        ]
        for text in ambiguous { #expect(YAML11.isAmbiguous(text), "\(text)") }
        let clear = [
            "", "yesterday", "1.2.3", "2026-01-01", "v1", "3com", "12", "-1.5", "1e5", "a:b", "_1",
            "user@example.com", "10.0.0.1", "0xyz", "e5",
        ]
        for text in clear { #expect(!YAML11.isAmbiguous(text), "\(text)") }
    }

    @Test func aPathOfSQLIsOneWordOrNoQuery() {
        for text in ["a.sql", "sql/a b.sql", "../A.SQL", "sql/{{ ds }}.sql"] {
            #expect(isSQLPath(text), "\(text)")
        }
        for text in ["SELECT a FROM my.sql", "with x as (y) select x.sql", "select\n.sql", "a", ""]
        {
            #expect(!isSQLPath(text), "\(text)")
        }
    }

    @Test func messagesShowTextOnOneShortLine() {
        #expect(quoted("a\nb\t\"c\"\\") == #""a\nb\t\"c\"\\""#)
        #expect(quoted("a\u{1B}[31m") == #""a\u{1b}[31m""#)
        #expect(quoted(String(repeating: "x", count: 100)).count == 63)
    }

    @Test func namesOfColumnsAreReadFromTheText() {
        func names(_ sql: String) -> [String] { SelectList.names(in: sql).map { $0 ?? "?" } }
        #expect(
            names("SELECT user_id ,session_id::VARCHAR AS entityId1 FROM prod.enrollments")
                == ["user_id", "entityId1"])
        #expect(
            names("select distinct t.a, b.\"C d\", count(*), x y, 1 as n from t") == [
                "a", "C d", "?", "?", "n",
            ])
        #expect(
            names("WITH q AS (SELECT 1 AS inner_name) SELECT id, f(a, b) AS v FROM q") == [
                "id", "v",
            ])
        #expect(
            names("-- SELECT no\n/* SELECT no */ SELECT 'a, b' AS s, \"FROM\" FROM t") == [
                "s", "FROM",
            ])
        #expect(names("SELECT a; DROP TABLE b").first == "a")
        #expect(names("") == [])
        #expect(names("SELECT") == ["?"])
        #expect(names("SELECT (((") == ["?"])
        #expect(names("SELECT 'open") == ["?"])
        #expect(names("SELECT /* open") == ["?"])
    }
}
