/// Keys and values of the job itself.
extension BadJobFile {
    static let keys: [BadJobFile] = [
        BadJobFile(
            "neitherJobNorSteps",
            #"""
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:1: found a job without "job", expected "job" or "job_name"
            """#),
        BadJobFile(
            "allKeysMissing",
            #"""
            description: x
            """#,
            #"""
            1:1: found a job without "job", expected "job" or "job_name"
            1:1: found a job without "index_column", expected "index_column"
            1:1: found a job without "fields", expected "fields"
            """#),
        BadJobFile(
            "anUnknownKey",
            #"""
            job: a
            index_column: id
            checkz: []
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:1: found the unknown key "checkz" in a job, expected job, job_name, description, \#
            owner, index_column, key_type, connection, vars, fields, on_duplicate, join, checks \#
            or publish; did you mean "checks"?
            """#),
        BadJobFile(
            "anUnknownKeyThatNothingIsNear",
            #"""
            job: a
            index_column: id
            schedule: daily
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:1: found the unknown key "schedule" in a job, expected job, job_name, \#
            description, owner, index_column, key_type, connection, vars, fields, on_duplicate, \#
            join, checks or publish
            """#),
        BadJobFile(
            "aMisspeltRequiredKey",
            #"""
            job: a
            index_column: id
            feilds:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:1: found the unknown key "feilds" in a job, expected job, job_name, description, \#
            owner, index_column, key_type, connection, vars, fields, on_duplicate, join, checks \#
            or publish; did you mean "fields"?
            """#),
        BadJobFile(
            "bothSpellings",
            #"""
            job: a
            index_column: id
            job_name: b
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:1: found both "job" and "job_name", expected one of them
            """#),
        BadJobFile(
            "keysOfPipelinesInJobs",
            #"""
            job: a
            index_column: id
            frequency: daily
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            3:1: found the unknown key "frequency" in a job, expected job, job_name, \#
            description, owner, index_column, key_type, connection, vars, fields, on_duplicate, \#
            join, checks or publish
            """#),
        BadJobFile(
            "aNameInUpperCase",
            #"""
            job: Profile
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:6: found "Profile", expected a job's name: a-z, 0-9, _ and -, not first _ or -, \#
            at most 63 characters
            """#),
        BadJobFile(
            "aNameWithASlash",
            #"""
            job: ../a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:6: found "../a", expected a job's name: a-z, 0-9, _ and -, not first _ or -, at \#
            most 63 characters
            """#),
        BadJobFile(
            "aNameWithALeadingDash",
            #"""
            job: -a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:6: found "-a", expected a job's name: a-z, 0-9, _ and -, not first _ or -, at \#
            most 63 characters
            """#),
        BadJobFile(
            "aNameTooLong",
            #"""
            job: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:6: found "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\#u{2026}", \#
            expected a job's name: a-z, 0-9, _ and -, not first _ or -, at most 63 characters
            """#),
        BadJobFile(
            "aNameThatLooksLikeAnother",
            #"""
            job: \#u{430}bc
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:6: found "\#u{430}bc", expected a job's name: a-z, 0-9, _ and -, not first _ or \#
            -, at most 63 characters
            """#),
        BadJobFile(
            "nothingAsName",
            #"""
            job:
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:5: found nothing, expected a job's name: a-z, 0-9, _ and -, not first _ or -, at \#
            most 63 characters
            """#),
        BadJobFile(
            "aListAsName",
            #"""
            job: [a]
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t
            """#,
            #"""
            1:6: found a list, expected a job's name: a-z, 0-9, _ and -, not first _ or -, at \#
            most 63 characters
            """#),
    ]
}
