import NostosLoader

/// Keys and values of rows.
extension BadRun {
    private static func table(_ rows: String) -> String {
        "CREATE TABLE t (id, v, w); INSERT INTO t VALUES \(rows)"
    }

    static let keys: [BadRun] = [
        BadRun("aNullKey", table("(1, 1, 1), (NULL, 2, 2)"), queryJob("SELECT id, v FROM t"), ""),
        BadRun("aFirstNullKey", table("(NULL, 2, 2)"), queryJob("SELECT id, v FROM t"), ""),
        BadRun(
            "aTextKeyAmongNumbers", table("(1, 1, 1), ('b', 2, 2)"),
            queryJob("SELECT id, v FROM t"), ""),
        BadRun("aFractionAsKey", table("(1.5, 1, 1)"), queryJob("SELECT id, v FROM t"), ""),
        BadRun("bytesAsKey", table("(x'00ff', 1, 1)"), queryJob("SELECT id, v FROM t"), ""),
        BadRun(
            "keyTypeInt64OfTexts", table("('a', 1, 1)"),
            queryJob("SELECT id, v FROM t", "key_type: int64"), ""),
        BadRun(
            "keyTypeStringOfNumbers", table("(7, 1, 1)"),
            queryJob("SELECT id, v FROM t", "key_type: string"), ""),
        BadRun(
            "aKeyTooLong", table("(hex(zeroblob(2100)), 1, 1)"), queryJob("SELECT id, v FROM t"), ""
        ),
        BadRun(
            "twoRowsOfAKey", table("(1, 'a', 2), (1, NULL, 0.5)"), queryJob("SELECT * FROM t"), ""),
        BadRun(
            "aNullInACompositeKey", table("(1, 'a', 2), (1, NULL, 3)"),
            "job: bad\nindex_column: [id, v]\nfields:\n"
                + "- {generator: sql_iterator, sql: SELECT * FROM t}", ""),
    ]

    static let values: [BadRun] = [
        BadRun(
            "infinity", table("(1, 1, 1), (42, 2, 9e999)"), queryJob("SELECT id, v, w FROM t"), ""),
        BadRun(
            "theBadValueBeforeTheKey", table("(7, 1, -9e999)"), queryJob("SELECT w, id, v FROM t"),
            ""),
        BadRun(
            "textThatIsNotUTF8", table("('k', CAST(x'61ff' AS TEXT), 1)"),
            queryJob("SELECT id, v FROM t"), ""),
        BadRun(
            "aValueTooLarge", table("(1, zeroblob(17000000), 1)"), queryJob("SELECT id, v FROM t"),
            ""),
        BadRun(
            "aColumnOfAnotherTypeThanItsContract", table("(1, 'x', 1), (2, 5, 1)"),
            contract("SELECT id, v FROM t", "v: {type: string}"), ""),
        BadRun(
            "aNullWhereNoneMayBe", table("(1, 'x', 1), (2, NULL, 1)"),
            contract("SELECT id, v FROM t", "v: {not_null: true}"), ""),
        BadRun(
            "aContractForNoColumn", table("(1, 'x', 1)"),
            contract("SELECT id, v FROM t", "vv: {type: string}"), ""),
        BadRun(
            "aSumOfTexts", table("(1, 'x', 1)"), aggregate("sum", "SELECT id, v FROM t"), ""),
        BadRun(
            "aSumTooLarge", table("(1, 9223372036854775807, 1), (1, 1, 2)"),
            aggregate("sum", "SELECT id, v FROM t"), ""),
        BadRun(
            "theLeastOfTextAndNumber", table("(1, 'x', 1), (1, 2, 1)"),
            aggregate("min", "SELECT id, v FROM t"), ""),
    ]

    private static func contract(_ sql: String, _ columns: String) -> String {
        "job: bad\nindex_column: id\nfields:\n- generator: sql_iterator\n  sql: \(sql)\n"
            + "  columns: {\(columns)}\n"
    }

    private static func aggregate(_ name: String, _ sql: String) -> String {
        "job: bad\nindex_column: id\nfields:\n- generator: sql_iterator\n  sql: \(sql)\n"
            + "  aggregate: \(name)\n"
    }
}
