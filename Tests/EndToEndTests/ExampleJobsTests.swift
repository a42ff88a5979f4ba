import Foundation
import SystemPackage
import TestSupport
import Testing

/// Every job in `jobs/`, run as it stands there.
@Suite(.timeLimit(.minutes(10))) struct ExampleJobsTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let tables = """
        CREATE SCHEMA prod;
        CREATE TABLE prod.enrollments AS
          SELECT i % 50 AS user_id, i AS session_id FROM generate_series(1, 200) AS i;
        CREATE TABLE users (user_id int8, language text, country text, changed_on date);
        INSERT INTO users SELECT i, 'en', 'US', date '2025-12-31' FROM generate_series(1, 1200) AS i;
        CREATE TABLE subtitles (user_id int8, lang text, day date);
        INSERT INTO subtitles VALUES (1, 'en', '2025-01-01'), (1, 'es', '2025-01-02');
        """

    @Test func everyJobRuns() throws {
        let jobs = Self.root.appendingPathComponent("jobs")
        let names = try FileManager.default.contentsOfDirectory(atPath: jobs.path)
            .filter { $0.hasSuffix(".yml") && $0 != "connections.yml" }.sorted()
        #expect(names.count >= 5)
        let server = try PostgresServer.shared()
        try server.createDatabase(named: "example_jobs")
        try server.execute(Self.tables, database: "example_jobs")
        try withTemporaryDirectory { directory in
            var nostos = NostosProgram(in: directory)
            try nostos.useProgramsOfJobs()
            nostos.environment["WAREHOUSE_URL"] = server.url(database: "example_jobs")
            for name in names {
                let run = try nostos.run("run", jobs.appendingPathComponent(name).path)
                // The Dataduct form's default for repeated keys is the last row, with a warning.
                #expect(run.status == 0, "\(name): \(run.errors)")
            }
            try expectRecords(nostos)
        }
    }

    private func expectRecords(_ nostos: NostosProgram) throws {
        #expect(
            try nostos.run("get", "item_scores", "37", "42").output == """
                37  {"title":"Machine Learning","score":0.93,"tags":["popular","new"]}
                42  {"title":"Music théorie","score":0.125,"tags":null}

                """)
        #expect(
            try nostos.run("get", "events", "1001", "--fields", "event,course,note").output == """
                1001  {"event":["enrolled","finished"],"course":["machine-learning","statistics"],\
                "note":["two lines,\\nand a comma"]}

                """)
        #expect(
            try nostos.run("get", "ratings", "1", "7").output == """
                1  {"mean_rating":3.92,"genres":["Adventure","Animation","Children"],\
                "last_rated":"2018-09-16T14:44:42Z"}
                7  {"mean_rating":3.19,"genres":null,"last_rated":null}

                """)
        #expect(
            try nostos.run("get", "embeddings", "genomics", "--fields", "model").output
                == "\"genomics\"  {\"model\":\"hashed-users-1\"}\n")
    }
}
