/// Index columns, policies and variables of a job.
extension BadJobFile {
    static let policies: [BadJobFile] = [
        BadJobFile(
            "noIndexColumns",
            #"""
            job: a
            index_column: []
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            2:15: found an empty list, expected a column's name or a list of names
            """#),
        BadJobFile(
            "anIndexColumnTwice",
            #"""
            job: a
            index_column: [id, id]
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            2:20: found "id" a second time, expected each column once
            """#),
        BadJobFile(
            "nineIndexColumns",
            #"""
            job: a
            index_column: [a, b, c, d, e, f, g, h, i]
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            2:40: found item 9 of a list, expected at most 8
            """#),
        BadJobFile(
            "anUnknownKeyType",
            #"""
            job: a
            index_column: id
            key_type: int32
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:11: found "int32", expected int64 or string; did you mean "int64"?
            """#),
        BadJobFile(
            "aKeyTypeForTwoColumns",
            #"""
            job: a
            index_column: [a, b]
            key_type: int64
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:11: found "int64", expected a list of 2 types, one for each index column
            """#),
        BadJobFile(
            "aKeyTypeTooFew",
            #"""
            job: a
            index_column: [a, b]
            key_type: [int64]
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:11: found a list of 1, expected a list of 2 types, one for each index column
            """#),
        BadJobFile(
            "aKeyTypeAmongSeveral",
            #"""
            job: a
            index_column: [a, b]
            key_type: [int64, text]
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:19: found "text", expected int64 or string
            """#),
        BadJobFile(
            "constantsOnly",
            #"""
            job: a
            index_column: id
            fields:
            - generator: constant
              values: {model: r}
            """#,
            #"""
            4:1: found constants only, expected at least one generator with rows, whose keys get them
            """#),
        BadJobFile(
            "aTemplateInAName",
            #"""
            job: "{{ x }}"
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:6: found a template in "{{ x }}", expected plain text: templates go into sql, \#
            path, command and connections
            """#),
        BadJobFile(
            "anUnknownPolicy",
            #"""
            job: a
            index_column: id
            on_duplicate: lst
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:15: found "lst", expected error, first or last; did you mean "last"?
            """#),
        BadJobFile(
            "anUnknownJoin",
            #"""
            job: a
            index_column: id
            join: inner
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:7: found "inner", expected outer or first
            """#),
        BadJobFile(
            "badPublish",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            publish: {keep_versions: 0, promote: automatic, drop_delay: 12:00, keep: 3, max_age: 999ms}
            """#,
            #"""
            6:26: found "0", expected a whole number from 1 to 100
            6:38: found "automatic", expected auto or manual
            6:61: found "12:00", expected a duration such as 500ms, 10s, 30m, 2h or 7d, at most \#
            366d
            6:68: found the unknown key "keep" in publish, expected keep_versions, promote, \#
            drop_delay, max_age or allow_empty
            6:86: found "999ms", expected a duration of 1s or more
            """#),
        BadJobFile(
            "publishAsText",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            publish: auto
            """#,
            #"""
            6:10: found "auto", expected publish: a mapping
            """#),
        BadJobFile(
            "badVars",
            #"""
            job: a
            index_column: id
            vars: {1a: x, b: [c], d: , "e-f": y}
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:8: found "1a", expected a variable's name: letters, digits and _, no digit first
            3:18: found a list, expected the variable's value: text
            3:26: found nothing, expected the variable's value: text
            3:28: found "e-f", expected a variable's name: letters, digits and _, no digit first
            """#),
        BadJobFile(
            "varsAsList",
            #"""
            job: a
            index_column: id
            vars: [a]
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:7: found a list, expected vars: a mapping
            """#),
        BadJobFile(
            "manyUnknownKeysInOrder",
            #"""
            z: 1
            y: 2
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            x: 3
            """#,
            #"""
            1:1: found the unknown key "z" in a job, expected job, job_name, description, \#
            owner, index_column, key_type, connection, vars, fields, on_duplicate, join, checks \#
            or publish
            2:1: found the unknown key "y" in a job, expected job, job_name, description, \#
            owner, index_column, key_type, connection, vars, fields, on_duplicate, join, checks \#
            or publish
            8:1: found the unknown key "x" in a job, expected job, job_name, description, \#
            owner, index_column, key_type, connection, vars, fields, on_duplicate, join, checks \#
            or publish
            """#),
    ]
}
