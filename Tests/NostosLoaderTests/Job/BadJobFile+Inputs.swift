/// The inputs of generators: files, programs, constants, and templates in them.
extension BadJobFile {
    static let inputs: [BadJobFile] = [
        BadJobFile(
            "keysOfOtherGenerators",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT 1
              path: a.csv
            - generator: constant
              values: {a: 1}
              is_set: true
            """#,
            #"""
            6:3: found the unknown key "path" in a sql_iterator generator, expected generator, \#
            sql, connection, is_set, aggregate, limit_per_key or columns
            9:3: found the unknown key "is_set" in a constant generator, expected generator or \#
            values
            """#),
        BadJobFile(
            "aFileOfUnknownFormat",
            #"""
            job: a
            index_column: id
            fields:
            - generator: file
              path: a.parquet
            - generator: file
              path: a.csv.bz2
            - generator: file
              path: a
              format: xml
            """#,
            #"""
            5:9: found "a.parquet", expected a path ending in .csv, .tsv or .jsonl, with .gz or \#
            .zst or without, or a format
            7:9: found "a.csv.bz2", expected a path ending in .csv, .tsv or .jsonl, with .gz or \#
            .zst or without, or a format
            10:11: found "xml", expected csv, tsv or jsonl
            """#),
        BadJobFile(
            "aFileWithoutPath",
            #"""
            job: a
            index_column: id
            fields:
            - generator: file
            """#,
            #"""
            4:3: found a file generator without "path", expected "path"
            """#),
        BadJobFile(
            "badCommands",
            #"""
            job: a
            index_column: id
            fields:
            - generator: command
              command: python3 a.py
            - generator: command
              command: [""]
            - generator: command
              command: [a, [b]]
              timeout: 30
            """#,
            #"""
            5:12: found "python3 a.py", expected the program and its arguments: a list of words
            7:13: found the quoted text "", expected a program
            9:16: found a list, expected a word: text
            10:12: found "30", expected a duration such as 500ms, 10s, 30m, 2h or 7d, at most \#
            366d
            """#),
        BadJobFile(
            "badConstants",
            #"""
            job: a
            index_column: id
            fields:
            - generator: constant
              values: {a: no, b: 0o17, c: 12:00, d: [1], "": 1, e: "{{ ds }}", f: .inf, g: \#
            1_000}
            """#,
            #"""
            5:15: found "no", expected quotes around it if it is text; YAML 1.1 reads something \#
            else
            5:22: found "0o17", expected quotes around it if it is text; YAML 1.1 reads \#
            something else
            5:31: found "12:00", expected quotes around it if it is text; YAML 1.1 reads \#
            something else
            5:41: found a list, expected a single value
            5:46: found "", expected a field's name: 1 to 255 bytes, no control characters
            5:56: found a template in "{{ ds }}", expected plain text: templates go into sql, \#
            path, command and connections
            5:71: found ".inf", expected quotes around it if it is text; YAML 1.1 reads \#
            something else
            5:80: found "1_000", expected quotes around it if it is text; YAML 1.1 reads \#
            something else
            """#),
        BadJobFile(
            "emptyConstants",
            #"""
            job: a
            index_column: id
            fields:
            - generator: constant
              values: {}
            """#,
            #"""
            5:11: found 0 values, expected 1 to 4096
            """#),
        BadJobFile(
            "anUnknownVariable",
            #"""
            job: a
            index_column: id
            vars: {ds: x}
            fields:
            - generator: sql_iterator
              sql: SELECT id, a FROM t WHERE d = '{{ dz }}'
            """#,
            #"""
            6:39: found the unknown variable "dz", expected ds; did you mean "ds"?
            """#),
        BadJobFile(
            "anUnknownVariableInFoldedSQL",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: >
                SELECT id,
                       a
                FROM t
                WHERE d = {{ ds }}
            """#,
            #"""
            9:15: found the unknown variable "ds", expected a variable of vars or --var \#
            (write {{ '{{' }} for two braces)
            """#),
        BadJobFile(
            "otherTemplates",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: |
                SELECT id {{ 1 + 1 }}, {{ }}, {{ ds | upper }}
            - generator: sql_iterator
              sql: "SELECT {{ ds"
            - generator: sql_iterator
              sql: SELECT {{ env('X') }}
            """#,
            #"""
            6:15: found "{{ 1 + 1 }}", expected {{ name }} or {{ env_var('NAME', 'default') }} \#
            (write {{ '{{' }} for two braces)
            6:28: found "{{ }}", expected {{ name }} or {{ env_var('NAME', 'default') }} \#
            (write {{ '{{' }} for two braces)
            6:35: found "{{ ds | upper }}", expected {{ name }} or {{ env_var('NAME', \#
            'default') }} \#
            (write {{ '{{' }} for two braces)
            8:16: found "{{ ds", expected {{ name }} or {{ env_var('NAME', 'default') }} \#
            (write {{ '{{' }} for two braces)
            10:15: found "{{ env('X') }}", expected {{ name }} or {{ env_var('NAME', 'default') \#
            }} \#
            (write {{ '{{' }} for two braces)
            """#),
        BadJobFile(
            "anUnsetEnvironmentVariable",
            #"""
            job: a
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, {{ env_var("NOWHERE") }} FROM t
            """#,
            #"""
            5:19: found no environment variable NOWHERE, expected it to be set, or \#
            env_var('NOWHERE', 'default')
            """#),
        BadJobFile(
            "sqlThatIsEmptyOnceFilledIn",
            #"""
            job: a
            index_column: id
            vars: {x: ""}
            fields:
            - generator: sql_iterator
              sql: "{{ x }}"
            - generator: file
              path: "{{ x }}"
            """#,
            #"""
            6:8: found empty text, expected SQL, templates filled in
            8:9: found empty text, expected a path
            """#),
    ]
}
