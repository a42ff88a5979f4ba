/// Checks, Dataduct pipelines, and several things at once.
extension BadJobFile {
    static let steps: [BadJobFile] = [
        BadJobFile(
            "checksAsMapping",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            checks: {row_count: {min: 1}}
            """#,
            #"""
            6:9: found a mapping, expected a list of checks
            """#),
        BadJobFile(
            "badChecks",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            checks:
            - rowcount: {min: 1}
            - row_count: {}
            - row_count: {min: -1, max_change: 20}
            - missing: {field: a}
            - changed: {max: 130%, severity: warning}
            - schema: {removed: ignore}
            - must_exist: {keys: [1, 1.5, [1, 2], null]}
            - range: {field: a, min: 3, max: 1}
            - range: {field: a}
            - in_set: {field: a, values: []}
            - primary_key:
            - count_check: {tolerance: 2%}
            - column_check: {source_sql: SELECT 1, sample_size: 0}
            - missing: {field: a, max: 5%}
              changed: {max: 30%}
            - primary_key
            """#,
            #"""
            7:3: found the unknown check "rowcount", expected row_count, missing, changed, \#
            schema, must_exist, range, in_set, primary_key, count_check or column_check; did \#
            you mean "row_count"?
            8:14: found row_count without a limit, expected min, max_change or both
            9:20: found "-1", expected a whole number, at least 0
            9:36: found "20", expected a percentage from 0% to 1000000%
            10:12: found missing without "max", expected "max"
            11:18: found "130%", expected a percentage from 0% to 100%
            11:34: found "warning", expected error or warn
            12:21: found "ignore", expected error or warn
            13:26: found "1.5", expected a key: a whole number or text
            13:31: found a key of 2 parts, expected 1, one for each index column
            13:39: found nothing, expected a key: a whole number or text
            14:34: found "1", expected a number not below min
            15:10: found range without a limit, expected min, max or both
            16:30: found an empty list, expected a list of values
            17:15: found nothing, expected primary_key: a mapping
            18:16: found count_check without "source_sql", expected "source_sql"
            18:28: found "2%", expected a number from 0 to 100
            19:53: found "0", expected a whole number from 1 to 1000000
            20:3: found a mapping of several keys or none, expected a check: a mapping with one \#
            key, its name
            22:3: found "primary_key", expected a check: a mapping with one key, its name
            """#),
        BadJobFile(
            "stepsAsMapping",
            #"""
            steps: {step_type: nostos-v2}
            """#,
            #"""
            1:8: found a mapping, expected a list of steps
            """#),
        BadJobFile(
            "noStepOfOurs",
            #"""
            steps:
            - step_type: extract-rds
              sql: SELECT 1
            """#,
            #"""
            2:14: found a step of type "extract-rds", expected at least one step of type \#
            nostos-v2
            """#),
        BadJobFile(
            "aMisspeltStepType",
            #"""
            steps:
            - step_type: nostos-v3
              job_name: a
              index_column: id
              fields:
              - generator: sql_iterator
                sql: SELECT id, a FROM t
            """#,
            #"""
            2:14: found a step of type "nostos-v3", expected at least one step of type \#
            nostos-v2; did you mean "nostos-v2"?
            """#),
        BadJobFile(
            "aStepWithoutType",
            #"""
            steps:
            - job_name: a
            """#,
            #"""
            2:3: found a step without "step_type", expected "step_type" or "type"
            """#),
        BadJobFile(
            "bothSpellingsOfTheStepType",
            #"""
            steps:
            - type: nostos-v2
              step_type: nostos-v2
              job_name: a
              index_column: id
              fields:
              - generator: sql_iterator
                sql: SELECT id, a FROM t
            """#,
            #"""
            2:3: found both "step_type" and "type", expected one of them
            """#),
        BadJobFile(
            "anUnknownPipelineKey",
            #"""
            frequncy: daily
            steps:
            - step_type: nostos-v2
              job_name: a
              index_column: id
              fields:
              - generator: sql_iterator
                sql: SELECT id, a FROM t
            """#,
            #"""
            1:1: found the unknown key "frequncy" in a pipeline, expected steps or Steps; did \#
            you mean "frequency"?
            """#),
        BadJobFile(
            "aJobBesideSteps",
            #"""
            job: a
            steps:
            - step_type: nostos-v2
              job_name: a
              index_column: id
              fields:
              - generator: sql_iterator
                sql: SELECT id, a FROM t
            """#,
            #"""
            1:1: found the unknown key "job" in a pipeline, expected steps or Steps
            """#),
        BadJobFile(
            "badLoadTimes",
            #"""
            load_time: 25:00
            steps:
            - step_type: nostos-v2
              job_name: a
              index_column: id
              fields:
              - generator: sql_iterator
                sql: SELECT id, a FROM t
            """#,
            #"""
            1:12: found "25:00", expected a time of day such as 12:00
            """#),
        BadJobFile(
            "twoJobsOfOneName",
            #"""
            steps:
            - step_type: nostos-v2
              job_name: a
              index_column: id
              fields:
              - generator: sql_iterator
                sql: SELECT id, a FROM t
            - step_type: nostos-v2
              job_name: a
              index_column: id
              fields:
              - generator: sql_iterator
                sql: SELECT id, a FROM t
            """#,
            #"""
            8:3: found a second job "a", expected another name than that of line 2
            """#),
        BadJobFile(
            "anUnknownStepKey",
            #"""
            steps:
            - step_type: nostos-v2
              job_name: a
              index_colum: id
              fields:
              - generator: sql_iterator
                sql: SELECT id, a FROM t
            """#,
            #"""
            4:3: found the unknown key "index_colum" in a nostos-v2 step, expected step_type, \#
            type, job, job_name, description, owner, index_column, key_type, connection, vars, \#
            fields, on_duplicate, join, checks or publish; did you mean "index_column"?
            """#),
        BadJobFile(
            "everythingAtOnce",
            #"""
            job: Users
            index_colum: user_id
            key_type: int
            vars: {ds: 2026-01-01}
            fields:
            - generator: sql_iterator
              sql: SELECT user_id, a FROM t WHERE day = '{{ sd }}'
              is_sett: true
            - generator: sql
              sql: SELECT 1
            publish: {keep_versions: three}
            """#,
            #"""
            1:6: found "Users", expected a job's name: a-z, 0-9, _ and -, not first _ or -, at \#
            most 63 characters
            2:1: found the unknown key "index_colum" in a job, expected job, job_name, \#
            description, owner, index_column, key_type, connection, vars, fields, on_duplicate, \#
            join, checks or publish; did you mean "index_column"?
            3:11: found "int", expected int64 or string; did you mean "int64"?
            7:46: found the unknown variable "sd", expected ds; did you mean "ds"?
            8:3: found the unknown key "is_sett" in a sql_iterator generator, expected \#
            generator, sql, connection, is_set, aggregate, limit_per_key or columns; did you \#
            mean "is_set"?
            9:14: found "sql", expected sql_iterator, file, command or constant
            11:26: found "three", expected a whole number from 1 to 100
            """#),
    ]
}
