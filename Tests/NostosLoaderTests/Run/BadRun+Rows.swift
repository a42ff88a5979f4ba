import NostosLoader

/// Keys and values of rows.
extension BadRun {
    private static func table(_ rows: String) -> String {
        "CREATE TABLE t (id, v, w); INSERT INTO t VALUES \(rows)"
    }

    static let keys: [BadRun] = [
        BadRun(
            "aNullKey", table("(1, 1, 1), (NULL, 2, 2)"), queryJob("SELECT id, v FROM t"),
            #"v: row 2: NULL in index column "id"; expected a key"#),
        BadRun(
            "aFirstNullKey", table("(NULL, 2, 2)"), queryJob("SELECT id, v FROM t"),
            #"v: row 1: NULL in index column "id"; expected a key"#),
        BadRun(
            "aTextKeyAmongNumbers", table("(1, 1, 1), ('b', 2, 2)"),
            queryJob("SELECT id, v FROM t"),
            #"v: row 2: index column "id": found string "b", expected int64, by the first row of v; cast it in SQL, or say key_type: string where the keys are text"#
        ),
        BadRun(
            "aFractionAsKey", table("(1.5, 1, 1)"), queryJob("SELECT id, v FROM t"),
            #"v: row 1: index column "id": found number 1.5, expected int64 or string; cast it in SQL, or say key_type: string where the keys are text"#
        ),
        BadRun(
            "bytesAsKey", table("(x'00ff', 1, 1)"), queryJob("SELECT id, v FROM t"),
            #"v: row 1: index column "id": found bytes "AP8=", expected int64 or string; cast it in SQL, or say key_type: string where the keys are text"#
        ),
        BadRun(
            "keyTypeInt64OfTexts", table("('a', 1, 1)"),
            queryJob("SELECT id, v FROM t", "key_type: int64"),
            #"v: row 1: index column "id": found string "a", expected int64, by key_type; cast it in SQL, or say key_type: string where the keys are text"#
        ),
        BadRun(
            "keyTypeStringOfNumbers", table("(7, 1, 1)"),
            queryJob("SELECT id, v FROM t", "key_type: string"),
            #"v: row 1: index column "id": found int64 7, expected string, by key_type; cast it in SQL, or say key_type: string where the keys are text"#
        ),
        BadRun(
            "aKeyTooLong", table("(hex(zeroblob(2100)), 1, 1)"), queryJob("SELECT id, v FROM t"),
            "v: row 1: a key of 4200 bytes, the limit is 4096"
        ),
        BadRun(
            "twoRowsOfAKey", table("(1, 'a', 2), (1, NULL, 0.5)"), queryJob("SELECT * FROM t"),
            #"sql_iterator#1: key 1 has two rows, ("a", 2) and (null, 0.5); expected one, or is_set, an aggregate, or on_duplicate: first or last"#
        ),
        BadRun(
            "aNullInACompositeKey", table("(1, 'a', 2), (1, NULL, 3)"),
            "job: bad\nindex_column: [id, v]\nfields:\n"
                + "- {generator: sql_iterator, sql: SELECT * FROM t}",
            #"sql_iterator#1: row 2: NULL in index column "v"; expected a key"#),
    ]

    static let values: [BadRun] = [
        BadRun(
            "infinity", table("(1, 1, 1), (42, 2, 9e999)"), queryJob("SELECT id, v, w FROM t"),
            #"v: row 2, key 42, column "w": found inf, expected a number that JSON can write"#),
        BadRun(
            "theBadValueBeforeTheKey", table("(7, 1, -9e999)"), queryJob("SELECT w, id, v FROM t"),
            #"w: row 1, key 7, column "w": found -inf, expected a number that JSON can write"#),
        BadRun(
            "textThatIsNotUTF8", table("('k', CAST(x'61ff' AS TEXT), 1)"),
            queryJob("SELECT id, v FROM t"),
            #"v: row 1, key "k", column "v": found bytes that are not UTF-8 at offset 1, expected text"#
        ),
        BadRun(
            "aValueTooLarge", table("(1, zeroblob(17000000), 1)"), queryJob("SELECT id, v FROM t"),
            #"v: row 1, key 1, column "v": found a value of 17000000 bytes, at most 16777216 are stored"#
        ),
        BadRun(
            "aColumnOfAnotherTypeThanItsContract", table("(1, 'x', 1), (2, 5, 1)"),
            contract("SELECT id, v FROM t", "v: {type: string}"),
            #"v: row 2, key 2, column "v": found int64 5, expected string, by its contract"#),
        BadRun(
            "aNullWhereNoneMayBe", table("(1, 'x', 1), (2, NULL, 1)"),
            contract("SELECT id, v FROM t", "v: {not_null: true}"),
            #"v: row 2, key 2, column "v": found NULL, expected a value, by not_null"#),
        BadRun(
            "aContractForNoColumn", table("(1, 'x', 1)"),
            contract("SELECT id, v FROM t", "vv: {type: string}"),
            #"bad.yml:5:8: v: a contract for "vv", which is no column; there are "id", "v""#),
        BadRun(
            "aSumOfTexts", table("(1, 'x', 1)"), aggregate("sum", "SELECT id, v FROM t"),
            #"v: row 1, key 1, column "v": found string "x", expected a number to sum"#),
        BadRun(
            "aSumTooLarge", table("(1, 9223372036854775807, 1), (1, 1, 2)"),
            aggregate("sum", "SELECT id, v FROM t"),
            #"v: key 1: the sum "v" is 9223372036854775808, beyond the range of numbers that are stored; sum a numeric or a double instead"#
        ),
        BadRun(
            "theLeastOfTextAndNumber", table("(1, 'x', 1), (1, 2, 1)"),
            aggregate("min", "SELECT id, v FROM t"),
            #"v: row 2, key 1, column "v": found int64 2, expected a value of one type, as in row 1"#
        ),
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
