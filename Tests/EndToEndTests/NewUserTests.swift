import Foundation
import SystemPackage
import TestSupport
import Testing

/// A new user, who has the documents and nothing else: the three jobs that `docs/job-file.md` shows
/// in full are cut out of its text and run as they stand.
@Suite struct NewUserTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    /// The block of code of the page that contains the word.
    private func page(_ word: String) throws -> String {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/job-file.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let blocks = text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }
        let block = try #require(blocks.first { $0.element.contains(word) }, "\(word)")
        return block.element.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
    }

    @Test func aFileOfEventsBecomesASetPerUser() throws {
        try write(try page("job: watched"), "watched.yml")
        try write(
            """
            user_id,video,at
            7,intro,2026-01-01T10:00:00Z
            8,intro,2026-01-01T11:00:00Z
            7,"sets, lists",2026-01-02T10:00:00Z
            7,intro,2026-01-03T10:00:00Z
            """, "events.csv")
        let run = try nostos.run("run", "watched.yml")
        #expect(run.status == 0, "\(run.errors)")
        let get = try nostos.run("get", "watched", "7", "--fields", "video")
        #expect(get.output == "7  {\"video\":[\"intro\",\"sets, lists\"]}\n")
        #expect(
            try nostos.run("preview", "watched.yml", "--key", "8").output
                == "8  {\"video\":[\"intro\"],\"at\":[\"2026-01-01T11:00:00Z\"]}\n")
    }

    @Test func aProgramOfPandasFillsAJob() throws {
        try write(try page("job: spend"), "spend.yml")
        try write(try page("import pandas"), "spend.py")
        var nostos = nostos
        try nostos.useProgramsOfJobs()
        try write(
            "id,customer,amount\n1,ann,10.5\n2,bob,3\n3,ann,0.25\n", "orders.csv")
        let run = try nostos.run("run", "spend.yml")
        #expect(run.status == 0, "\(run.errors)")
        let get = try nostos.run("get", "spend", "ann", "bob")
        #expect(
            get.output == """
                "ann"  {"total":10.75,"orders":2}
                "bob"  {"total":3,"orders":1}

                """)
        try write("import sys; sys.exit('no orders today')", "spend.py")
        let bad = try nostos.run("run", "spend.yml")
        #expect(bad.status != 0 && bad.errors.contains("no orders today"), "\(bad.errors)")
        #expect(try nostos.run("get", "spend", "bob").status == 0)
    }

    @Test func aPipelineOfDataductRunsWithItsQASteps() throws {
        let server = try PostgresServer.shared()
        let name = "reader\(UInt32.random(in: 0 ... .max))"
        try server.createDatabase(named: name)
        try server.execute(
            """
            CREATE SCHEMA prod;
            CREATE TABLE prod.enrollments (user_id bigint, session_id int);
            INSERT INTO prod.enrollments SELECT i % 120, 1000 + i FROM generate_series(1, 300) AS i;
            """, database: name)
        var nostos = nostos
        nostos.environment["WAREHOUSE_URL"] = server.url(database: name)
        try write(
            "warehouse: {type: postgresql, url: \"{{ env_var('WAREHOUSE_URL') }}\"}\n",
            "connections.yml")
        try write(try page("dependent_pipelines"), "example.yml")
        let run = try nostos.run("run", "example.yml")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("promoted example 1"))
        for words in [
            "the key \"frequency\" is ignored", "the key \"load_time\" (12:00) is ignored",
            "the step of type \"pipeline-dependencies\" is ignored", "primary_key", "count_check",
            "column_check",
        ] {
            #expect(run.errors.contains(words), "\(words): \(run.errors)")
        }
    }
}
