import NostosLoader

/// Queries, what they give, and where they are sent.
extension BadRun {
    static let queries: [BadRun] = [
        BadRun(
            "noSuchColumn", queryJob("SELECT id, nme FROM t"),
            "bad.yml:5:19: nme: connection local refused the SQL: no such column: nme"),
        BadRun(
            "noSuchTable", queryJob("SELECT id, v FROM tt"),
            "bad.yml:5:8: v: connection local refused the SQL: no such table: tt"),
        BadRun(
            "aSyntaxErrorInFoldedText",
            "job: bad\nindex_column: id\nfields:\n- generator: sql_iterator\n  sql: >\n"
                + "    SELECT id,\n      v\n    FROM t\n    WERE v > 1\n",
            #"bad.yml:9:10: v: connection local refused the SQL: near "v": syntax error"#),
        BadRun(
            "anErrorInAnSQLFile", queryJob("q.sql"),
            "q.sql:2:3: vv: connection local refused the SQL: no such column: vv "
                + "(the SQL of bad.yml:5:8)",
            files: ["q.sql": Array("SELECT id,\n  vv\nFROM t\n".utf8)]),
        BadRun(
            "anErrorBehindATemplate",
            queryJob("SELECT '{{ ds }}' AS d, id, vv FROM t", "vars: {ds: 2026-01-01}"),
            "bad.yml:5:36: d: connection local refused the SQL: no such column: vv"),
        BadRun(
            "aDoubleQuotedText", queryJob(#"SELECT id, v FROM t WHERE v = "free""#),
            "bad.yml:5:38: v: connection local refused the SQL: no such column: free"),
        BadRun(
            "aStatementThatWrites", queryJob("DELETE FROM t"),
            "bad.yml:5:8: sql_iterator#1: connection local refused the SQL: not a SELECT"),
        BadRun(
            "aWithThatWrites", queryJob("WITH x AS (SELECT 1) DELETE FROM t RETURNING *"),
            "bad.yml:5:8: sql_iterator#1: connection local refused the SQL: not authorized: only a SELECT is allowed"
        ),
        BadRun(
            "twoStatements", queryJob("SELECT id, v FROM t; DROP TABLE t"),
            "bad.yml:5:29: v: connection local refused the SQL: a second statement; expected one SELECT"
        ),
        BadRun(
            "aParameter", queryJob("SELECT id, v FROM t WHERE v = :v"),
            "bad.yml:5:8: v: connection local refused the SQL: a parameter (?, :name, @name, $name), which has no value"
        ),
        BadRun(
            "onlyAComment", queryJob("'-- SELECT'"),
            "bad.yml:5:9: sql_iterator#1: connection local refused the SQL: no statement; expected a SELECT"
        ),
        BadRun(
            "anErrorInMidStream", "CREATE TABLE t (id, v); INSERT INTO t VALUES (1, '1'), (2, '{')",
            queryJob("SELECT id, json(v) AS v FROM t"),
            "bad.yml:5:8: v: connection local refused the SQL: malformed JSON (after 1 row)"),
        BadRun(
            "anOverflowInTheSource",
            "CREATE TABLE t (id, v); INSERT INTO t VALUES (1, 9223372036854775807), (1, 1)",
            queryJob("SELECT id, sum(v) AS v FROM t"),
            "bad.yml:5:8: v: connection local refused the SQL: integer overflow (after 0 rows)"),
    ]

    static let plans: [BadRun] = [
        BadRun(
            "noIndexColumn", queryJob("SELECT idd, v FROM (SELECT id AS idd, v FROM t)"),
            #"bad.yml:5:8: idd: no column "id"; there are "idd", "v"; did you mean "idd"?"#),
        BadRun(
            "anIndexColumnOfOtherCase", queryJob("SELECT id AS ID, v FROM t"),
            #"bad.yml:5:8: v: no column "id"; there are "ID", "v"; did you mean "ID"?"#),
        BadRun(
            "twoIndexColumns", queryJob("SELECT id, id, v FROM t"),
            #"bad.yml:5:8: v: two columns named "id"; expected one, the key's"#),
        BadRun(
            "noField", queryJob("SELECT id FROM t"),
            #"bad.yml:5:8: sql_iterator#1: only index columns ("id"); expected at least one field"#),
        BadRun(
            "aFieldTwice", queryJob("SELECT id, v, v FROM t"),
            #"bad.yml:5:8: v: field "v" twice; give one of the columns another alias"#),
        BadRun(
            "aFieldInTwoGenerators",
            queryJob(
                "SELECT id, v FROM t", "- {generator: sql_iterator, sql: 'SELECT id, v FROM t'}"),
            #"bad.yml:6:35: field "v" in v and in v#2; rename one, such as columns: {v: {as: v_2}}, or leave it out: only: […] of a file or program, the SELECT of a query"#
        ),
        BadRun(
            "aFileWithoutTheIndexColumn",
            "job: bad\nindex_column: user_id\nfields:\n- {generator: file, path: a.csv}\n",
            #"bad.yml:4:3: a.csv: no column "user_id"; there are "userid", "v"; did you mean "userid"?"#,
            files: ["a.csv": Array("userid,v\n1,2\n".utf8)]),
    ]
}
