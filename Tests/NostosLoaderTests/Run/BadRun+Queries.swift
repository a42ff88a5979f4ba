import NostosLoader

/// Queries, what they give, and where they are sent.
extension BadRun {
    static let queries: [BadRun] = [
        BadRun("noSuchColumn", queryJob("SELECT id, nme FROM t"), ""),
        BadRun("noSuchTable", queryJob("SELECT id, v FROM tt"), ""),
        BadRun("aSyntaxError", queryJob("SELECT id, v FRM t WHERE"), ""),
        BadRun(
            "aSyntaxErrorInFoldedText",
            "job: bad\nindex_column: id\nfields:\n- generator: sql_iterator\n  sql: >\n"
                + "    SELECT id,\n      v\n    FROM t\n    WERE v > 1\n", ""),
        BadRun(
            "anErrorInAnSQLFile", queryJob("q.sql"), "",
            files: ["q.sql": Array("SELECT id,\n  vv\nFROM t\n".utf8)]),
        BadRun(
            "anErrorBehindATemplate",
            queryJob("SELECT '{{ ds }}' AS d, id, vv FROM t", "vars: {ds: 2026-01-01}"),
            ""),
        BadRun("aDoubleQuotedText", queryJob(#"SELECT id, v FROM t WHERE v = "free""#), ""),
        BadRun("aStatementThatWrites", queryJob("DELETE FROM t"), ""),
        BadRun("aWithThatWrites", queryJob("WITH x AS (SELECT 1) DELETE FROM t RETURNING *"), ""),
        BadRun("twoStatements", queryJob("SELECT id, v FROM t; DROP TABLE t"), ""),
        BadRun("aParameter", queryJob("SELECT id, v FROM t WHERE v = :v"), ""),
        BadRun("onlyAComment", queryJob("'-- SELECT'"), ""),
        BadRun(
            "anErrorInMidStream", "CREATE TABLE t (id, v); INSERT INTO t VALUES (1, '1'), (2, '{')",
            queryJob("SELECT id, json(v) AS v FROM t"), ""),
        BadRun(
            "anOverflowInTheSource",
            "CREATE TABLE t (id, v); INSERT INTO t VALUES (1, 9223372036854775807), (1, 1)",
            queryJob("SELECT id, sum(v) AS v FROM t"), ""),
    ]

    static let plans: [BadRun] = [
        BadRun("noIndexColumn", queryJob("SELECT idd, v FROM (SELECT id AS idd, v FROM t)"), ""),
        BadRun("anIndexColumnOfOtherCase", queryJob("SELECT id AS ID, v FROM t"), ""),
        BadRun("twoIndexColumns", queryJob("SELECT id, id, v FROM t"), ""),
        BadRun("noField", queryJob("SELECT id FROM t"), ""),
        BadRun("aFieldTwice", queryJob("SELECT id, v, v FROM t"), ""),
        BadRun(
            "aFieldInTwoGenerators",
            queryJob(
                "SELECT id, v FROM t",
                "- {generator: sql_iterator, sql: \"SELECT id, 1 AS v FROM t\"}"),
            ""),
        BadRun("aFieldWithoutAName", queryJob(#"SELECT id, v AS "" FROM t"#), ""),
        BadRun(
            "keysOfTwoTypes", "CREATE TABLE t (id INTEGER, v); CREATE TABLE s (id TEXT, w)",
            queryJob(
                "SELECT id, v FROM t", "- {generator: sql_iterator, sql: \"SELECT id, w FROM s\"}"),
            ""),
        BadRun(
            "aKeyOfDates", "CREATE TABLE t (id TIMESTAMP, v)", queryJob("SELECT id, v FROM t"), ""),
    ]

    static let sources: [BadRun] = [
        BadRun(
            "noFile", queryJob("SELECT id, v FROM t"), "", kind: .unavailable,
            connections: "local: {type: sqlite, path: none.db}"),
        BadRun(
            "noDatabase", queryJob("SELECT id, v FROM t"), "", kind: .unavailable,
            connections: "local: {type: sqlite, path: text.db}",
            files: ["text.db": Array("this is a text, and not a small one at all\n".utf8)]),
        BadRun(
            "noConnections", queryJob("SELECT id, v FROM t"), "", kind: .configuration,
            connections: ""),
        BadRun(
            "aMisspeltConnection", queryJob("SELECT id, v FROM t", "connection: lcal"), "",
            kind: .configuration),
        BadRun(
            "severalConnections", queryJob("SELECT id, v FROM t"), "", kind: .configuration,
            connections: "a: {type: sqlite, path: a.db}\nb: {type: sqlite, path: b.db}"),
        BadRun(
            "aConnectionWithoutItsVariable", queryJob("SELECT id, v FROM t"), "",
            kind: .configuration,
            connections: "w: {type: postgresql, url: \"{{ env_var('WAREHOUSE') }}\"}"),
        BadRun(
            "nobodyListens", queryJob("SELECT id, v FROM t"), "", kind: .unavailable,
            connections: "w: {type: postgresql, host: 127.0.0.1, port: 1, user: me, password: x}"),
        BadRun(
            "aURLThatIsBroken", queryJob("SELECT id, v FROM t"), "", kind: .unavailable,
            connections: "w: {type: postgresql, url: 'postgresql://me:p@ss@host:5x/db'}"),
    ]
}
