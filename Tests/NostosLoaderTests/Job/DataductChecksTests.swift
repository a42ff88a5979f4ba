import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// QA steps of a Dataduct pipeline as checks of the job around which they stand.
@Suite struct DataductChecksTests {
    private func parse(_ text: String) throws -> JobFile.Contents {
        try JobFile.parse(text, path: "p.yml", environment: [:])
    }

    private let job = """
        - step_type: nostos-v2
          name: load
          job_name: one
          index_column: id
          fields:
          - generator: sql_iterator
            sql: SELECT id, a FROM t

        """

    /// The keys of Dataduct's own examples.
    @Test func theThreeStepsBecomeTheThreeChecks() throws {
        let contents = try parse(
            """
            steps:
            - step_type: pipeline-dependencies
              name: dependency_step
              refresh_rate: 60
              dependent_pipelines: [example_transform]
            \(job)
            - step_type: primary-key-check
              table_definition: tables/dev.test_table.sql
              log_to_s3: true
              script_arguments: ["--path_suffix=x"]
            - step_type: count-check
              source_sql: "SELECT id, name FROM networks_network;"
              source_host: maestro
              destination_sql: "SELECT network_id, network_name FROM prod.networks"
              tolerance: 2.0
              log_to_s3: true
            - step_type: column-check
              depends_on: load
              source_sql: "SELECT id, name FROM networks_network;"
              source_host: maestro
              destination_sql: "SELECT id, networks.a FROM prod.networks"
              sql_tail_for_source: "ORDER BY RAND() LIMIT LIMIT_PLACEHOLDER"
              sample_size: 10

            """)
        let checks = contents.jobs[0].checks
        #expect(checks.map(\.name) == ["primary_key", "count_check", "column_check"])
        #expect(checks.allSatisfy { $0.severity == .error })
        guard case .countCheck(let count, let tolerance) = checks[1].kind,
            case .columnCheck(let column, let size, let columnTolerance) = checks[2].kind
        else {
            Issue.record("\(checks)")
            return
        }
        #expect(count.countsRows && count.connection == "maestro" && tolerance == 2)
        #expect(column.comparesTexts && !column.countsRows && size == 10 && columnTolerance == 1)
        #expect(column.columnNames == ["id", "a"])
        let foreign = "is ignored: it means nothing outside Dataduct"
        let kept = "is ignored: results are kept with the version"
        #expect(
            contents.warnings.map(\.message) == [
                "the step of type \"pipeline-dependencies\" is ignored: "
                    + "only nostos-v2 steps are jobs",
                "the key \"name\" \(foreign)",
                "the key \"table_definition\" is ignored: the check is one of the job's own table",
                "the key \"log_to_s3\" \(kept)",
                "the key \"script_arguments\" is ignored: "
                    + "the check's own rule is used, not a script",
                "the key \"destination_sql\" is ignored: "
                    + "the check compares with the job's own table",
                "the key \"log_to_s3\" \(kept)",
                "the key \"depends_on\" \(foreign)",
                "the key \"sql_tail_for_source\" is ignored: the check draws its sample itself",
            ])
    }

    @Test func aCountComesFromRowsOrFromANumberOrFromASourceTable() throws {
        func query(_ key: String, _ value: String) throws -> CheckQuery? {
            let text = "steps:\n\(job)- type: count-check\n  \(key): \(value)\n"
            guard
                case .countCheck(let query, let tolerance)? = try parse(text).jobs[0].checks.first?
                    .kind
            else { return nil }
            #expect(tolerance == 1)
            return query
        }
        #expect(try query("source_sql", "SELECT id FROM t")?.countsRows == true)
        let number = try query("source_count_sql", "SELECT count(*) FROM t")
        #expect(number?.countsRows == false && number?.connection == nil)
        #expect(
            try query("source_table_name", "prod.t")?.sql.text == "SELECT COUNT(1) FROM prod.t")
    }

    @Test func eachJobHasTheChecksBehindItOrThoseThatNameIt() throws {
        let check = "- step_type: primary-key-check\n"
        let second = job.replacing("load", with: "later").replacing("one", with: "two")
        let contents = try parse(
            "steps:\n\(check)\(job)\(check)\(second)\(check)  depends_on: [x, load]\n\(check)")
        #expect(contents.jobs.map(\.checks.count) == [3, 1])
        #expect(
            contents.warnings.filter { $0.message.hasPrefix("this") }.map(\.description) == [
                "p.yml:2:14: warning: this primary-key-check is one of the job on line 3; "
                    + "\"depends_on\" and the \"name\" of a step say so for sure",
                "p.yml:10:14: warning: this primary-key-check is one of the job on line 3; "
                    + "\"depends_on\" and the \"name\" of a step say so for sure",
                "p.yml:20:14: warning: this primary-key-check is one of the job on line 11; "
                    + "\"depends_on\" and the \"name\" of a step say so for sure",
            ])
    }

    @Test(arguments: [
        (
            "- step_type: count-chek\n",
            "9:14: found a step of type \"count-chek\", expected nostos-v2, "
                + "primary-key-check, count-check or column-check; did you mean \"count-check\"?"
        ),
        (
            "- step_type: count-check\n",
            "9:3: found a count-check without a source, expected one of "
                + "source_sql, source_count_sql and source_table_name"
        ),
        (
            "- step_type: count-check\n  source_sql: SELECT 1\n  source_table_name: t\n",
            "11:3: found a second source, expected one of source_sql, source_count_sql and "
                + "source_table_name"
        ),
        (
            "- step_type: column-check\n  source_sql: SELECT 1\n  tolerence: 3\n",
            "11:3: found the unknown key \"tolerence\" in a column-check step, expected step_type, "
                + "type, source_sql, destination_sql, source_host, sample_size or tolerance; "
                + "did you mean \"tolerance\"?"
        ),
        (
            "- step_type: column-check\n",
            "9:3: found a column-check step without \"source_sql\", expected \"source_sql\""
        ),
    ])
    func aStepThatIsNoCheckIsAnError(text: String, message: String) {
        let errors = #expect(throws: JobFileErrors.self) { try parse("steps:\n\(job)\(text)") }
        #expect(errors?.description == "p.yml:\(message)")
    }
}
