/// The YAML that is valid and that a job file may not hold.
extension BadJobFile {
    static let yaml: [BadJobFile] = [
        BadJobFile(
            "anEmptyFile",
            #"""

            """#,
            #"""
            1:1: found nothing, expected a job file: a mapping with "job" or "steps"
            """#),
        BadJobFile(
            "aListAtTheTop",
            #"""
            - job: a
            """#,
            #"""
            1:1: found a list, expected a job file: a mapping with "job" or "steps"
            """#),
        BadJobFile(
            "aTextAtTheTop",
            #"""
            just text
            """#,
            #"""
            1:1: found "just text", expected a job file: a mapping with "job" or "steps"
            """#),
        BadJobFile(
            "brokenYAML",
            #"""
            job: a
              index_column: id
            """#,
            #"""
            2:15: found ":", expected valid YAML (mapping values are not allowed in this \#
            context)
            """#),
        BadJobFile(
            "aTab",
            #"""
            job: a
            \#tindex_column: id
            """#,
            #"""
            2:1: found a tab, expected valid YAML (while scanning a plain scalar, found a tab \#
            character that violates indentation)
            """#),
        BadJobFile(
            "anUnclosedQuote",
            #"""
            job: "a
            """#,
            #"""
            1:8: found the end of the file, expected valid YAML (while scanning a quoted \#
            scalar, found unexpected end of stream)
            """#),
        BadJobFile(
            "twoDocuments",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            ---
            job: b
            """#,
            #"""
            7:1: found a job without "index_column", expected "index_column"
            7:1: found a job without "fields", expected "fields"
            """#),
        BadJobFile(
            "aTag",
            #"""
            job: !!str a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:6: found the tag "!!str", expected no tags
            """#),
        BadJobFile(
            "aTagAfterAnAnchor",
            #"""
            job: &x !name a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:9: found the tag "!name", expected no tags
            """#),
        BadJobFile(
            "aDuplicateKey",
            #"""
            job: a
            index_column: id
            owner: me
            owner: you
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            4:1: found "owner" a second time, expected each key once
            """#),
        BadJobFile(
            "threeDuplicateKeysAndMore",
            #"""
            job: A
            job: a
            job: b
            index_column: id
            fields:
            - generator: sql_iterator
              sqll: SELECT id, a FROM t
            """#,
            #"""
            1:6: found "A", expected a job's name: a-z, 0-9, _ and -, not first _ or -, at most \#
            63 characters
            2:1: found "job" a second time, expected each key once
            3:1: found "job" a second time, expected each key once
            7:3: found the unknown key "sqll" in a sql_iterator generator, expected generator, \#
            sql, connection, is_set, aggregate, limit_per_key or columns; did you mean "sql"?
            """#),
        BadJobFile(
            "aDuplicateQuotedKey",
            #"""
            job: a
            index_column: id
            "owner": me
            owner: you
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            4:1: found "owner" a second time, expected each key once
            """#),
        BadJobFile(
            "anUnknownAlias",
            #"""
            job: a
            index_column: id
            owner: *mee
            description: &me x
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:8: found the alias *mee, expected an anchor of that name before it
            """#),
        BadJobFile(
            "aNearAlias",
            #"""
            job: a
            index_column: id
            description: &mee x
            owner: *me
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            4:8: found the alias *me, expected an anchor of that name before it; did you mean \#
            "mee"?
            """#),
        BadJobFile(
            "aListAsKey",
            #"""
            job: a
            index_column: id
            ? [a, b]
            : c
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:3: found a list as a key, expected a word
            """#),
        BadJobFile(
            "aControlCharacter",
            #"""
            job: a
            index_column: id
            owner: "a\#u{7}b"
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:10: found the character U+7, expected text without control characters
            """#),
        BadJobFile(
            "aMergeOfText",
            #"""
            job: a
            index_column: id
            <<: hello
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:5: found "hello" after <<, expected a mapping or several
            """#),
        BadJobFile(
            "onlyComments",
            #"""
            # nothing here
            """#,
            #"""
            1:1: found nothing, expected a job file: a mapping with "job" or "steps"
            """#),
        BadJobFile(
            "windowsLines",
            #"""
            job: a\#r
            index_column: id\#r
            fields:\#r
            - generator: sql_iterator\#r
              sqll: SELECT id, a FROM t\#r
            """#,
            #"""
            5:3: found the unknown key "sqll" in a sql_iterator generator, expected generator, \#
            sql, connection, is_set, aggregate, limit_per_key or columns; did you mean "sql"?
            """#),
        BadJobFile(
            "aNULInSQL",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: "SELECT \0"
            """#,
            #"""
            5:8: found the character U+0, expected text without it
            """#),
    ]
}
