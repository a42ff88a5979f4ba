import Foundation
import SystemPackage
import TestSupport
import Testing

/// The pipeline of the contract as Coursera wrote it, with its dependencies and its QA steps, on a
/// real PostgreSQL.
@Suite(.timeLimit(.minutes(10))) struct DataductPipelineTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram
    private let database = "pipeline\(UInt32.random(in: 0 ... .max))"

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        let server = try PostgresServer.shared()
        try server.createDatabase(named: database)
        try server.execute(
            """
            CREATE SCHEMA prod;
            CREATE TABLE prod.enrollments (user_id BIGINT, session_id BIGINT);
            INSERT INTO prod.enrollments
                SELECT u, u * 10 + s FROM generate_series(1, 120) u, generate_series(0, 2) s;
            CREATE TABLE public.users (id BIGINT, last_session BIGINT);
            INSERT INTO public.users SELECT u, u * 10 + 2 FROM generate_series(1, 120) u;
            """, database: database)
        let url = server.url(database: database)
        try write(
            "default: {type: postgresql, url: \"\(url)\"}\nmaestro: {type: postgresql, url: \"\(url)\"}\n",
            "connections.yml")
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private let pipeline = """
        name: example
        frequency: daily
        load_time: 12:00
        steps:
        - step_type: pipeline-dependencies
          dependent_pipelines: [enrollments]
        - step_type: nostos-v2
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
        - step_type: primary-key-check
          table_definition: tables/example.sql
        - step_type: count-check
          source_host: maestro
          source_sql: SELECT id FROM public.users WHERE id < 100;
          destination_sql: SELECT user_id FROM example
        - step_type: column-check
          source_host: maestro
          source_sql: SELECT id, last_session FROM public.users;
          destination_sql: SELECT user_id, entityid1 FROM example
          sample_size: 50
        """

    @Test func theQAStepsGateTheJobBeforeItIsServed() throws {
        try write(pipeline, "example.yml")
        let run = try nostos.run("run", "example.yml")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("promoted example 1"))
        #expect(
            run.errors.contains(
                "warning: the step of type \"pipeline-dependencies\" is ignored: "
                    + "only nostos-v2 steps are jobs"))
        #expect(run.errors.contains("check    primary_key   ok  99 keys, each once; "))
        #expect(
            run.errors.contains(
                "check    count_check   ok  99 keys, 99 in the source: 0.0 % apart (at most 1 %)"))
        #expect(
            run.errors.contains(
                "check    column_check  ok  0.0 % of 50 sampled keys differ (at most 1 %)"),
            "\(run.errors)")
        // Two users more in the source: 1.98 % apart. Half of the sessions are others.
        try PostgresServer.shared().execute(
            """
            INSERT INTO public.users VALUES (-1, 1), (-2, 2);
            UPDATE public.users SET last_session = 0 WHERE id <= 50;
            """, database: database)
        let night = try nostos.run("run", "example.yml")
        #expect(night.status == 2, "\(night.errors)")
        #expect(
            night.errors.contains(
                "check    count_check   FAILED  99 keys, 101 in the source: 2.0 % apart (at most 1 %)"
            ), "\(night.errors)")
        #expect(night.errors.contains("check    column_check  FAILED"))
        #expect(
            night.errors.contains(
                "example 2 rejected: 2 of 3 checks failed: count_check, column_check; 1 stays current"
            ))
        #expect(try nostos.run("ls").output.contains("example  1 "))
    }

    @Test func aHostThatNoConnectionIsCalledIsToldBeforeExtraction() throws {
        try write(pipeline.replacing("maestro", with: "mistro"), "example.yml")
        let run = try nostos.run("run", "example.yml")
        #expect(run.status == 78)
        #expect(run.errors.contains("found the unknown connection \"mistro\""), "\(run.errors)")
        #expect(run.errors.contains("did you mean \"maestro\"?"))
    }

    /// The author's line and column, though the query is sent inside another.
    @Test func anErrorInACountedQueryHasItsPlace() throws {
        try write(
            pipeline.replacing("SELECT id FROM public.users", with: "SELECT ix FROM public.users"),
            "example.yml")
        let run = try nostos.run("run", "example.yml")
        #expect(run.status == 65)
        #expect(run.errors.contains("example.yml:22:22: check count_check: "), "\(run.errors)")
    }
}
