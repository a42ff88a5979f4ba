import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct FullFormTests {
    /// The example of the contract, key for key.
    static let example = """
        job: user_profile                 # [a-z0-9][a-z0-9_-]{0,62}
        description: Features used in online ranking
        owner: reco@example.com
        index_column: user_id             # or a list: [user_id, course_id] (composite key)
        key_type: int64                   # optional contract: int64 | string
        connection: warehouse             # default connection of the job's SQL generators
        vars: {ds: 2026-01-01}            # {{ ds }} in sql, path and command

        fields:
        - generator: sql_iterator
          sql: sql/language.sql           # inline SQL, or a path ending in .sql
          columns: {language: {type: string, not_null: true}}
        - generator: sql_iterator
          is_set: true
          sql: SELECT user_id, lang AS subtitles FROM subtitles
        - generator: sql_iterator
          aggregate: list                 # set (= is_set) | list (source order) | count | …
          limit_per_key: 20
          sql: SELECT user_id, course_id AS top_courses FROM reco ORDER BY user_id, rank
        - generator: file                 # csv, tsv, jsonl; .gz and .zst
          path: out/affinity-{{ ds }}.csv
        - generator: command              # any program
          command: [python3, embed.py, --ds, "{{ ds }}"]
          format: jsonl
          timeout: 30m
        - generator: constant
          values: {model: ranker-7}

        on_duplicate: error               # error (default) | first | last
        join: outer                       # outer (default) | first

        checks:                           # severity: error (default) | warn
        - row_count: {min: 1000, max_change: 20%}
        - missing:   {field: language, max: 5%}
        - changed:   {max: 30%, severity: warn}
        - schema:    {removed: error, type_changed: error}
        - must_exist: {keys: [1, 42]}
        - range:     {field: score, min: 0, max: 1}
        - in_set:    {field: plan, values: [free, pro]}
        - primary_key: {}                                 # Dataduct's primary-key-check
        - count_check:  {source_sql: "SELECT count(DISTINCT user_id) FROM prod.users", tolerance: 2.0}
        - column_check: {source_sql: "SELECT user_id, language FROM prod.users", sample_size: 100, tolerance: 1.0}

        publish: {keep_versions: 3, promote: auto, drop_delay: 10m}     # promote: auto | manual
        """

    /// The example's jobs, with the `.sql` file that it names.
    private func load(vars: [String: String] = [:]) throws -> JobFile.Contents {
        try withTemporaryDirectory { directory in
            let sql = directory.appending("sql")
            try makeDirectory(sql)
            try write(
                "-- languages\nSELECT user_id, language\nFROM u WHERE d = '{{ ds }}' AND x",
                to: sql.appending("language.sql"))
            try write(Self.example, to: directory.appending("job.yml"))
            return try JobFile.load(
                directory.appending("job.yml"), vars: vars, environment: [:])
        }
    }

    @Test func everyKeyOfTheExampleIsRead() throws {
        let contents = try load()
        let job = try #require(contents.jobs.first)
        #expect(contents.warnings.isEmpty)
        #expect(job.name == "user_profile")
        #expect(job.form == .full)
        #expect(job.description == "Features used in online ranking")
        #expect(job.owner == "reco@example.com")
        #expect(job.indexColumns == ["user_id"])
        #expect(job.keyTypes == [.int64])
        #expect(job.connection == "warehouse")
        #expect(job.vars == ["ds": "2026-01-01"])
        #expect(job.onDuplicate == .error)
        #expect(!job.warnsOfDuplicates)
        #expect(job.join == .outer)
        #expect(job.publish.keepVersions == 3)
        #expect(job.publish.promote == .auto)
        #expect(job.publish.dropDelay == .seconds(600))
        #expect(job.text == Self.example)
        #expect(job.path.lastComponent == "job.yml")
    }

    @Test func everyGeneratorOfTheExampleIsRead() throws {
        let generators = try #require(try load().jobs.first).generators
        #expect(
            generators.map(\.name) == [
                "language", "subtitles", "top_courses", "affinity-2026-01-01.csv", "embed.py",
                "model",
            ])
        #expect(generators.map(\.ordinal) == [1, 2, 3, 4, 5, 6])
        #expect(generators.map(\.aggregate) == [nil, .set, .list, nil, nil, nil])
        #expect(generators.map(\.limitPerKey) == [nil, nil, 20, nil, nil, nil])
        #expect(
            generators[0].columns == [
                ColumnContract(
                    name: "language", type: .string, isNotNull: true,
                    mark: TextMark(line: 12, column: 13))
            ])
        guard case .sql(let sql) = generators[0].kind, case .file(let file) = generators[3].kind,
            case .command(let command) = generators[4].kind,
            case .constant(let constants) = generators[5].kind
        else {
            Issue.record("other kinds: \(generators.map(\.kind))")
            return
        }
        #expect(
            sql.text
                == "-- languages\nSELECT user_id, language\nFROM u WHERE d = '2026-01-01' AND x")
        #expect(FilePath(sql.file).lastComponent == "language.sql")
        // After the template's value, places are those of the file again.
        #expect(sql.mark(line: 3, column: 36) == TextMark(line: 3, column: 34))
        #expect(file.path.lastComponent == "affinity-2026-01-01.csv")
        #expect(file.path.isAbsolute)
        #expect(file.format == .csv)
        #expect(file.compression == .none)
        #expect(command.words == ["python3", "embed.py", "--ds", "2026-01-01"])
        #expect(command.format == .jsonl)
        #expect(command.timeout == .seconds(1800))
        #expect(constants == [Constant(field: "model", value: .string("ranker-7"))])
    }

    @Test func everyCheckOfTheExampleIsRead() throws {
        let checks = try #require(try load().jobs.first).checks
        #expect(
            checks.map { "\($0.name) \($0.severity) \(describe($0.kind))" }
                == [
                    "row_count error 1000 20.0", "missing error language 5.0", "changed warn 30.0",
                    "schema error error error",
                    "must_exist error [[int64(1)], [int64(42)]]",
                    "range error score int64(0) int64(1)",
                    "in_set error plan [string(\"free\"), string(\"pro\")]",
                    "primary_key error ",
                    "count_check error SELECT count(DISTINCT user_id) FROM prod.users 2.0",
                    "column_check error SELECT user_id, language FROM prod.users 100 1.0",
                ].map {
                    $0.replacing("int64", with: "NostosLoader.Literal.int64").replacing(
                        "string(", with: "NostosLoader.Literal.string(")
                })
    }

    private func describe(_ kind: CheckSpec.Kind) -> String {
        switch kind {
        case .rowCount(let min, let max): "\(min ?? -1) \(max ?? -1)"
        case .missing(let field, let max): "\(field) \(max)"
        case .changed(let max): "\(max)"
        case .schema(let removed, let changed): "\(removed) \(changed)"
        case .mustExist(let keys): "\(keys)"
        case .range(let field, let min?, let max?):
            "\(field) \(String(reflecting: min)) \(String(reflecting: max))"
        case .range(let field, _, _): field
        case .inSet(let field, let values): "\(field) \(values)"
        case .primaryKey: ""
        case .countCheck(let query, let tolerance): "\(query.sql.text) \(tolerance)"
        case .columnCheck(let query, let size, let tolerance):
            "\(query.sql.text) \(size) \(tolerance)"
        }
    }

    @Test func aKeyOfSeveralColumnsHasATypeForEach() throws {
        let text = """
            job: a
            index_column: [a, b]
            key_type: [int64, string]
            fields: [{generator: sql_iterator, sql: SELECT 1}]
            """
        let job = try #require(
            try JobFile.parse(text, path: "a.yml", environment: [:]).jobs.first)
        #expect(job.indexColumns == ["a", "b"])
        #expect(job.keyTypes == [.int64, .string])
    }

    @Test func aVariableFromOutsideWins() throws {
        let contents = try load(vars: ["ds": "2027-02-03"])
        guard case .command(let command) = contents.jobs[0].generators[4].kind else {
            Issue.record("no command")
            return
        }
        #expect(command.words.last == "2027-02-03")
        #expect(contents.warnings.isEmpty)
    }

    @Test func aVariableThatNothingUsesIsAWarning() throws {
        let contents = try load(vars: ["dz": "1"])
        #expect(
            contents.warnings.map(\.message) == [
                "the variable \"dz\" is not used in this file; did you mean \"ds\"?"
            ])
        #expect(contents.warnings.map(\.mark) == [.wholeFile])
    }
}
