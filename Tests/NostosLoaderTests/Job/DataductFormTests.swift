import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct DataductFormTests {
    /// The example of the contract, token for token.
    private let example = """
        # (a) the Dataduct form, unchanged: a pipeline with a nostos-v2 step, as Coursera wrote it
        steps:
        - step_type: nostos-v2            # `type:` is the older spelling of `step_type:`
          job_name: example
          index_column: user_id
          fields:
          - generator: sql_iterator
            sql: >
              SELECT user_id ,session_id::VARCHAR AS entityId1 FROM prod.enrollments WHERE user_id < 100
          - generator: sql_iterator
            is_set: true
            sql: >
              SELECT user_id ,session_id::VARCHAR AS entityId2 FROM prod.enrollments WHERE user_id < 100
        """

    private func parse(_ text: String) throws -> JobFile.Contents {
        try JobFile.parse(text, path: "jobs/example.yml", environment: [:])
    }

    @Test func theExampleIsReadAsItStands() throws {
        let contents = try parse(example)
        let job = try #require(contents.jobs.first)
        #expect(contents.jobs.count == 1)
        #expect(contents.warnings.isEmpty)
        #expect(job.name == "example")
        #expect(job.form == .dataduct)
        #expect(job.indexColumns == ["user_id"])
        #expect(job.keyTypes.isEmpty)
        #expect(job.connection == nil)
        #expect(job.onDuplicate == .last)
        #expect(job.warnsOfDuplicates)
        #expect(job.join == .outer)
        #expect(job.publish == PublishPolicy())
        #expect(job.text == example)
        #expect(job.generators.map(\.name) == ["entityId1", "entityId2"])
        #expect(job.generators.map(\.isSet) == [false, true])
        #expect(
            job.generators.map(\.mark) == [
                TextMark(line: 7, column: 5), TextMark(line: 10, column: 5),
            ])
        guard case .sql(let sql) = job.generators[1].kind else {
            Issue.record("no SQL")
            return
        }
        #expect(
            sql.text
                == "SELECT user_id ,session_id::VARCHAR AS entityId2 FROM prod.enrollments "
                + "WHERE user_id < 100")
        #expect(sql.file == "jobs/example.yml")
        #expect(sql.mark == TextMark(line: 13, column: 7))
        #expect(sql.mark(line: 1, column: 17) == TextMark(line: 13, column: 23))
    }

    @Test func theOlderSpellingsMeanTheSame() throws {
        let older = example.replacing("step_type:", with: "type:").replacing(
            "steps:", with: "Steps:")
        let job = try #require(try parse(older).jobs.first)
        #expect(job.name == "example")
        #expect(job.generators.count == 2)
    }

    @Test func aStatedPolicyNeedsNoWarning() throws {
        let text = example.replacing("index_column", with: "on_duplicate: first\n  index_column")
        let job = try #require(try parse(text).jobs.first)
        #expect(job.onDuplicate == .first)
        #expect(!job.warnsOfDuplicates)
    }

    private let pipeline = """
        name: enrollments
        frequency: daily
        load_time: 12:00
        description: Once a day
        topic_arn: "arn:aws:sns:us-east-1:1:alarms"
        emr_cluster_config: {num_instances: 2}
        variables:
        - &key index_column
        - &source {generator: sql_iterator, is_set: true}
        steps:
        - step_type: extract-rds
          sql: SELECT 1
          unknown: whatever
        - step_type: nostos-v2
          name: first step
          depends_on: extract
          job_name: one
          index_column: id
          fields:
          - sql: SELECT id, a FROM t
            <<: *source
        - type: nostos-v2
          job_name: two
          index_column: id
          fields:
          - <<: *source
            is_set: false
            sql: SELECT id, b FROM t
        """

    @Test func everyStepOfOursIsAJobAndTheRestIsNamed() throws {
        let contents = try parse(pipeline)
        #expect(contents.jobs.map(\.name) == ["one", "two"])
        #expect(contents.jobs.map(\.generators.count) == [1, 1])
        #expect(contents.jobs.map { $0.generators[0].isSet } == [true, false])
        let ignored = "is ignored: Nostos neither schedules jobs nor runs them on AWS"
        let foreign = "is ignored: it means nothing outside Dataduct"
        #expect(
            contents.warnings.map(\.description)
                == [
                    "1:1: warning: the key \"name\" \(ignored)",
                    "2:1: warning: the key \"frequency\" \(ignored)",
                    "3:1: warning: the key \"load_time\" (12:00) \(ignored)",
                    "4:1: warning: the key \"description\" \(ignored)",
                    "5:1: warning: the key \"topic_arn\" \(ignored)",
                    "6:1: warning: the key \"emr_cluster_config\" \(ignored)",
                    "11:14: warning: the step of type \"extract-rds\" is ignored: "
                        + "only nostos-v2 steps are jobs",
                    "15:3: warning: the key \"name\" \(foreign)",
                    "16:3: warning: the key \"depends_on\" \(foreign)",
                ].map { "jobs/example.yml:\($0)" })
    }

    /// YAML 1.1 makes 720 of 12:00, whichever of the two a tool wrote.
    @Test(arguments: [
        ("12:00", "12:00"), ("720", "12:00"), ("\"12:00\"", "12:00"), ("01:05", "01:05"),
        ("0", "00:00"), ("23:59", "23:59"), ("1439", "23:59"),
    ])
    func aLoadTimeIsATimeOfDay(text: String, shown: String) throws {
        let contents = try parse(pipeline.replacing("12:00", with: text))
        #expect(contents.warnings.contains { $0.message.contains("\"load_time\" (\(shown))") })
    }

    @Test(arguments: ["24:00", "1440", "12:60", "12:00:00", "noon", "-1", "1:2:3", "", "[1]"])
    func otherLoadTimesAreRefused(text: String) {
        let errors = #expect(throws: JobFileErrors.self) {
            try parse(pipeline.replacing("12:00", with: text))
        }
        #expect(errors?.errors.map(\.mark.line) == [3])
    }

    /// Dataduct read its files as YAML 1.1.
    @Test(arguments: [
        ("yes", true), ("Yes", true), ("YES", true), ("on", true), ("On", true), ("y", true),
        ("True", true), ("no", false), ("No", false), ("off", false), ("N", false),
        ("FALSE", false),
    ])
    func theWordsOfYAML11AreBooleansInThisFormOnly(word: String, value: Bool) throws {
        let fields = """
            index_column: id
              fields:
              - generator: sql_iterator
                is_set: \(word)
                columns: {a: {not_null: \(word)}}
                sql: SELECT id, a FROM t
              publish: {allow_empty: \(word)}
            """
        let job = try parse("steps:\n- type: nostos-v2\n  job_name: j\n  \(fields)").jobs[0]
        #expect(job.generators[0].isSet == value)
        #expect(job.generators[0].columns[0].isNotNull == value)
        #expect(job.publish.allowsEmpty == value)
        let isPlain = ["true", "false"].contains(word.lowercased())
        let full = "job: j\n" + fields.replacing("\n  ", with: "\n")
        #expect((try? parse(full)) == nil || isPlain)
        #expect(throws: JobFileErrors.self) {
            try parse(
                "steps:\n- type: nostos-v2\n  job_name: j\n  "
                    + fields.replacing("is_set: \(word)", with: "is_set: \"\(word)\""))
        }
    }
}
