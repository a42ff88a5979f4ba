import Foundation
import SystemPackage
import Testing

@testable import NostosLoader

/// The JSON Schema says what the readers say: the same keys everywhere, every good file passes, and
/// a bad one fails unless it takes more than a schema to see that.
@Suite struct JobSchemaTests {
    private static let jobs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("jobs")

    @Test func everyExampleIsValid() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.jobs.path)
            .filter { $0.hasSuffix(".yml") && $0 != Connections.fileName }
        #expect(names.count >= 2)
        let documents = try names.map { name in
            let url = Self.jobs.appendingPathComponent(name)
            return try #require(jsonDocument(try String(contentsOf: url, encoding: .utf8)))
        }
        for (name, errors) in zip(names, try SchemaValidator.errors(of: documents)) {
            #expect(errors == [], "\(name)")
        }
    }

    @Test func everyKeyAtOnceIsValid() throws {
        let documents = try [Self.everything, Self.pipeline].map { text in
            #expect(throws: Never.self) {
                try JobFile.parse(text, path: "a.yml", environment: [:])
            }
            return try #require(jsonDocument(text))
        }
        #expect(try SchemaValidator.errors(of: documents) == [[], []])
    }

    @Test func badFilesAreRefusedUnlessItTakesMoreThanASchema() throws {
        let files =
            BadJobFile.keys + BadJobFile.policies + BadJobFile.generators + BadJobFile.inputs
            + BadJobFile.columns + BadJobFile.steps
        let readable = files.compactMap { file in jsonDocument(file.text).map { (file, $0) } }
        let errors = try SchemaValidator.errors(of: readable.map(\.1))
        let accepted = zip(readable, errors).filter { $0.1.isEmpty }.map { $0.0.0.name }
        #expect(Set(accepted) == Self.beyondSchemas)
        #expect(accepted.count * 3 < readable.count)
    }

    /// The faults that only `nostos validate` sees: templates, names that must differ, files on
    /// disk, as many types as columns, generators that do not go together.
    private static let beyondSchemas: Set<String> = [
        "otherTemplates", "twoJobsOfOneName", "aMissingSQLFile", "anUnsetEnvironmentVariable",
        "sqlThatIsEmptyOnceFilledIn", "anUnknownVariable", "anUnknownVariableInFoldedSQL",
        "aKeyTypeForTwoColumns", "aKeyTypeTooFew", "constantsOnly", "aDelimiterOfAnotherFormat",
        "aColumnThatIsLeftOut",
    ]

    @Test(arguments: places)
    func readerAndSchemaKnowTheSameKeys(place: Place) throws {
        let errors = try #require(throws: JobFileErrors.self) {
            try JobFile.parse(place.text, path: "a.yml", environment: [:])
        }
        let message = try #require(errors.errors.map(\.message).first { $0.contains("zzzzzz") })
        let expected = try #require(message.split(separator: "expected ").last)
        let listed = expected.replacing(" or ", with: ", ").split(separator: ", ").map(String.init)
        let schema = try #require(
            try JSONSerialization.jsonObject(with: Data(JobSchema.text.utf8)) as? [String: Any])
        var found: Any? = schema["$defs"]
        for step in place.path { found = (found as? [String: Any])?[step] }
        let properties = try #require(found as? [String: Any])
        #expect(Set(properties.keys) == Set(listed).union(place.unlisted))
    }

    /// A mapping of the job file, with a key in it that nobody knows.
    struct Place: CustomTestStringConvertible, Sendable {
        let name: String
        /// The place of its properties below `$defs`.
        let path: [String]
        let text: String
        /// Keys that are accepted, and that no message recommends.
        var unlisted: Set<String> = []

        var testDescription: String { name }
    }

    private static let fields =
        "fields: [{generator: sql_iterator, sql: SELECT id FROM t}]"

    private static let places: [Place] =
        [
            Place(
                name: "job", path: ["job", "properties"],
                text: "job: a\nindex_column: id\nzzzzzz: 1\n\(fields)"),
            Place(
                name: "step", path: ["nostos-v2", "properties"],
                text: "steps: [{step_type: nostos-v2, job: a, index_column: id, zzzzzz: 1, "
                    + "\(fields)}]",
                unlisted: Set(JobReader.stepKeys)),
            Place(
                name: "pipeline", path: ["pipeline", "properties"],
                text: "zzzzzz: 1\nsteps: [{step_type: nostos-v2, job: a, index_column: id, "
                    + "\(fields)}]",
                unlisted: Set(DataductReader.headerKeys + ["load_time", "variables"])),
            Place(
                name: "publish", path: ["publish", "properties"],
                text: "job: a\nindex_column: id\npublish: {zzzzzz: 1}\n\(fields)"),
            Place(
                name: "column", path: ["columns", "additionalProperties", "properties"],
                text: "job: a\nindex_column: id\n"
                    + "fields: [{generator: sql_iterator, sql: SELECT 1, columns: "
                    + "{a: {zzzzzz: 1}}}]"),
        ]
        + [
            ("sql_iterator", "sql: SELECT 1"), ("file", "path: a.csv"), ("command", "command: [a]"),
            ("constant", "values: {a: 1}"),
        ].map { kind, rest in
            Place(
                name: kind, path: [kind, "properties"],
                text: "job: a\nindex_column: id\n"
                    + "fields: [{generator: \(kind), \(rest), zzzzzz: 1}]")
        }
        + [
            ("primary-key-check", "", ["table_definition"]),
            ("count-check", "source_sql: SELECT 1, ", DataductCheckReader.destinationKeys),
            (
                "column-check", "source_sql: SELECT 1, ",
                ["sql_tail_for_source", "destination_table_definition"]
            ),
        ].map { type, rest, unlisted in
            Place(
                name: "\(type) step", path: [type, "properties"],
                text: "steps: [{step_type: nostos-v2, job: a, index_column: id, \(fields)}, "
                    + "{step_type: \(type), \(rest)zzzzzz: 1}]",
                unlisted: Set(
                    JobReader.stepKeys + DataductCheckReader.scriptKeys
                        + DataductCheckReader.resultKeys + unlisted))
        }
        + CheckReader.names.map { name in
            Place(
                name: name, path: ["check_\(name)", "properties"],
                text: "job: a\nindex_column: id\nchecks: [{\(name): {zzzzzz: 1}}]\n\(fields)")
        }

    private static let everything = """
        job: everything
        description: all
        owner: me@example.com
        index_column: [user_id, course_id]
        connection: warehouse
        vars: {ds: 2026-01-01, n: 5, on: true}
        fields:
        - generator: sql_iterator
          connection: other
          sql: SELECT user_id, course_id, a FROM t WHERE day = '{{ ds }}'
          columns: {a: {type: string, not_null: true}}
        - {generator: sql_iterator, is_set: true, limit_per_key: 3, sql: SELECT 1}
        - {generator: file, path: "a-{{ ds }}.csv.gz", format: csv, aggregate: list}
        - generator: file
          path: a.csv
          delimiter: "|"
          null: [NA, "\\N", null, -999]
          only: [user_id, course_id, c, g]
          columns:
            c: {as: c2, type: timestamp, null: []}
            g: {split: ",", type: int64, null: "-"}
        - {generator: command, command: [a, "{{ ds }}", 5], format: tsv, timeout: 30m}
        - {generator: constant, values: {model: m-7, on: true, n: 1, x: null, y: 0.5}}
        on_duplicate: first
        join: first
        checks:
        - row_count: {min: 1, max_change: 20%, severity: warn}
        - missing: {field: a, max: 0.5%}
        - changed: {max: 30%}
        - schema: {removed: warn, type_changed: error}
        - must_exist: {keys: [[1, 2], [3, b]]}
        - range: {field: a, min: 0, max: 1.5}
        - in_set: {field: a, values: [free, 1, null, true]}
        - primary_key: {}
        - count_check: {source_sql: SELECT 1, tolerance: 2.0}
        - column_check: {source_sql: SELECT 1, sample_size: 100, tolerance: 1}
        publish: {keep_versions: 3, promote: manual, drop_delay: 10m, max_age: 26h}
        """

    private static let pipeline = """
        name: p
        frequency: daily
        load_time: 12:00
        topic_arn: x
        emr_cluster_config: {num_instances: 3}
        variables: {a: &a 1}
        steps:
        - step_type: nostos-v2
          name: s
          depends_on: other
          job_name: one
          index_column: id
          fields: [{generator: sql_iterator, sql: SELECT id FROM t}]
        - type: nostos-v2
          job_name: two
          index_column: id
          key_type: int64
          fields: [{generator: sql_iterator, sql: a.sql_text AS id}]
        - {step_type: extract-rds, anything: [1]}
        - {step_type: primary-key-check, depends_on: s, table_definition: a.sql, script: a.py}
        - type: count-check
          source_sql: SELECT 1
          source_host: main
          destination_sql: SELECT 1
          tolerance: 2.5
          log_to_s3: true
        - {step_type: count-check, source_count_sql: SELECT 1}
        - {step_type: count-check, source_table_name: prod.users, destination_table_name: users}
        - type: column-check
          source_sql: SELECT 1
          destination_sql: SELECT 1
          sample_size: 10
          sql_tail_for_source: LIMIT 5
        """
}
