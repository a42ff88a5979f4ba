import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// `--` comments in SQL whose lines YAML folds into one.
@Suite struct FoldedCommentTests {
    /// The errors of a job whose query is this value, from line 6 on, with the name of no file.
    private func errors(_ sql: String) -> [String] {
        let text = """
            job: j
            vars: {ds: "1 -- x"}
            index_column: id
            fields:
            - generator: sql_iterator
              sql: \(sql)
            """
        do throws(JobFileErrors) {
            _ = try JobFile.parse(text, path: "j.yml", environment: [:])
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    private func isRefused(_ sql: String, at place: String) -> Bool {
        let errors = errors(sql)
        return errors.count == 1 && errors[0].hasPrefix("j.yml:\(place): found a -- comment")
            && errors[0].contains("expected the SQL after \"|\"")
    }

    @Test func aCommentThatSwallowsTheNextLinesIsRefusedWhereItStands() {
        #expect(isRefused(">\n    SELECT id, a -- the name\n    FROM t\n    WHERE b", at: "7:18"))
        #expect(isRefused(">-\n    SELECT id, a\n    FROM t -- all\n    WHERE b", at: "8:12"))
        #expect(isRefused("SELECT id, a --\n    FROM t", at: "6:21"))
        #expect(isRefused("'SELECT id, a -- it''s\n    FROM t'", at: "6:22"))
        #expect(isRefused("\"SELECT id, a -- \\\"a\\\"\n    FROM t\"", at: "6:22"))
        #expect(isRefused("\"SELECT id, a --a\\\n    FROM t\"", at: "6:22"))
        #expect(isRefused(">\n    -- first\n    SELECT id, a FROM t", at: "7:5"))
        #expect(isRefused(">\n    SELECT id, '--' -- é\n    FROM t", at: "7:21"))
        #expect(isRefused("&q >\n    SELECT id, a -- x\n    FROM t", at: "7:18"))
    }

    @Test func commentsThatEndWithTheirLineAreFine() {
        for sql in [
            "|\n    SELECT id, a -- the name\n    FROM t", "SELECT id, a FROM t -- all",
            ">\n    SELECT id, a\n    FROM t -- all", "'SELECT id, a FROM t -- all'",
            "\"SELECT id, a -- x\\n FROM t\"", ">\n    SELECT id, a -- x\n\n    FROM t",
            ">\n    -- one\n    -- two\n\n    SELECT id, a FROM t",
            ">\n    SELECT id, a\n      -- kept\n      , b\n    FROM t",
        ] {
            #expect(errors(sql) == [], "\(sql)")
        }
    }

    @Test func whatIsNoCommentIsFine() {
        for text in [
            "SELECT id, '--'\n    FROM t", "SELECT id, 'a -- b\n    c' AS v FROM t",
            "SELECT id, \"a--b\"\n    FROM t", "SELECT id, `a--b`\n    FROM t",
            "SELECT id, /* -- */ a\n    FROM t", "SELECT id, /* a -- b\n    c */ a FROM t",
            "SELECT id, $$--$$\n    FROM t", "SELECT id, $x$ -- $$ $x$\n    FROM t",
            "SELECT id, E'\\'--'\n    FROM t", "SELECT id, 1 - -1\n    FROM t",
            "SELECT id, 'it''s --'\n    FROM t",
        ] {
            #expect(errors(">\n    \(text)") == [], "\(text)")
        }
    }

    @Test func aCommentThatATemplateBringsIsSeen() {
        #expect(isRefused(">\n    SELECT id, {{ ds }} AS v\n    FROM t", at: "7:16"))
        #expect(errors("|\n    SELECT id, {{ ds }}\n    AS v FROM t") == [])
    }

    @Test func theQueriesOfChecksAreLookedAtToo() {
        for (key, check) in [
            ("count_check", "source_sql"), ("column_check", "source_sql"),
        ] {
            let text = """
                job: j
                index_column: id
                fields: [{generator: sql_iterator, sql: "SELECT id, a FROM t"}]
                checks:
                - \(key):
                    \(check): >
                      SELECT id, a -- all
                      FROM t
                """
            let errors = #expect(throws: JobFileErrors.self) {
                try JobFile.parse(text, path: "j.yml", environment: [:])
            }
            #expect(errors?.errors.first?.message.hasPrefix("found a -- comment") == true)
        }
    }

    @Test func theDataductFormIsLookedAtTooAndFilesAreFine() throws {
        let directory = try TemporaryDirectory()
        try write("SELECT id, a -- all\nFROM t", to: directory.file("q.sql"))
        func parse(_ sql: String) throws -> JobFile.Contents {
            try JobFile.parse(
                """
                steps:
                - type: nostos-v2
                  job_name: j
                  index_column: id
                  fields:
                  - generator: sql_iterator
                    sql: \(sql)
                """, path: directory.file("j.yml"), environment: [:])
        }
        #expect(throws: JobFileErrors.self) {
            try parse(">\n          SELECT id, a -- all\n          FROM t")
        }
        #expect(try parse("q.sql").jobs.count == 1)
    }
}
