/// Generators, their SQL, and templates.
extension BadJobFile {
    static let generators: [BadJobFile] = [
        BadJobFile(
            "fieldsAsMapping",
            #"""
            job: a
            index_column: id
            fields: {generator: sql_iterator}
            """#,
            #"""
            3:9: found a mapping, expected a list of generators
            """#),
        BadJobFile(
            "noGenerators",
            #"""
            job: a
            index_column: id
            fields: []
            """#,
            #"""
            3:9: found an empty list, expected a list of generators
            """#),
        BadJobFile(
            "aGeneratorAsText",
            #"""
            job: a
            index_column: id
            fields:
            - sql_iterator
            """#,
            #"""
            4:3: found "sql_iterator", expected a generator: a mapping
            """#),
        BadJobFile(
            "anUnknownGenerator",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterater
              sql: SELECT 1
            """#,
            #"""
            4:14: found "sql_iterater", expected sql_iterator, file, command or constant; did \#
            you mean "sql_iterator"?
            """#),
        BadJobFile(
            "aGeneratorWithoutItsKind",
            #"""
            job: a
            index_column: id
            fields:
            - sql: SELECT 1
            """#,
            #"""
            4:3: found a generator without "generator", expected generator: sql_iterator, file, \#
            command or constant
            """#),
        BadJobFile(
            "aMisspeltGenerator",
            #"""
            job: a
            index_column: id
            fields:
            - genrator: sql_iterator
              sql: SELECT 1
            """#,
            #"""
            4:3: found the unknown key "genrator" in a generator, expected generator: \#
            sql_iterator, file, command or constant; did you mean "generator"?
            """#),
        BadJobFile(
            "noSQL",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              is_set: true
            """#,
            #"""
            4:3: found a sql_iterator generator without "sql", expected "sql"
            """#),
        BadJobFile(
            "emptySQL",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: ""
            """#,
            #"""
            5:8: found the quoted text "", expected SQL, or the path of a .sql file
            """#),
        BadJobFile(
            "aMissingSQLFile",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: sql/none.sql
            """#,
            #"""
            5:8: found "sql/none.sql": an unreadable file (No such file or directory), expected \#
            SQL
            """#),
        BadJobFile(
            "truthValuesOfYAML11",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1
              is_set: yes
            - generator: sql_iterator
              sql: SELECT 1
              is_set: NO
            - generator: sql_iterator
              sql: SELECT 1
              is_set: "true"
            - generator: sql_iterator
              sql: SELECT 1
              is_set: 1
            """#,
            #"""
            6:11: found "yes", expected true or false; did you mean "true"?
            9:11: found "NO", expected true or false; did you mean "false"?
            12:11: found the quoted text "true", expected true or false
            15:11: found "1", expected true or false
            """#),
        BadJobFile(
            "aSetWithAnotherAggregate",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1
              is_set: true
              aggregate: list
            """#,
            #"""
            7:3: found is_set and aggregate: list, expected one of them
            """#),
        BadJobFile(
            "anUnknownAggregate",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1
              aggregate: lists
            """#,
            #"""
            6:14: found "lists", expected set, list, count, sum, mean, min, max, first or last; did \#
            you mean "list"?
            """#),
        BadJobFile(
            "aLimitWithoutList",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1
              limit_per_key: 3
            """#,
            #"""
            6:3: found limit_per_key for single values, expected it with a list or a set
            """#),
        BadJobFile(
            "limitsThatAreNoNumbers",
            #"""
            job: a
            index_column: id
            fields:
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: 0}
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: 0o17}
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: 017}
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: 1_000}
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: 12:00}
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: 1.0}
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: +5}
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: "5"}
            - {generator: sql_iterator, sql: SELECT 1, is_set: true, limit_per_key: \#
            99999999999999999999}
            """#,
            #"""
            4:73: found "0", expected a whole number from 1 to 1000000
            5:73: found "0o17", expected a whole number from 1 to 1000000
            6:73: found "017", expected a whole number from 1 to 1000000
            7:73: found "1_000", expected a whole number from 1 to 1000000
            8:73: found "12:00", expected a whole number from 1 to 1000000
            9:73: found "1.0", expected a whole number from 1 to 1000000
            10:73: found "+5", expected a whole number from 1 to 1000000
            11:73: found the quoted text "5", expected a whole number from 1 to 1000000
            12:73: found "99999999999999999999", expected a whole number from 1 to 1000000
            """#),
        BadJobFile(
            "badColumns",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1
              columns: {id: {type: int64}, b: {type: text}, c: {not_nul: true}, d: string}
            """#,
            #"""
            6:13: found the index column "id", expected a field; the key's type is key_type
            6:42: found "text", expected string, int64, number, bool, timestamp, json or bytes
            6:53: found the unknown key "not_nul" in a column, expected as, type, \#
            split, null or not_null; did \#
            you mean "not_null"?
            6:72: found "string", expected a column: a mapping
            """#),
        BadJobFile(
            "noColumns",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1
              columns: {}
            """#,
            #"""
            6:12: found 0 columns, expected 1 to 4096
            """#),
    ]
}
