import Foundation
import SystemPackage
import TestSupport
import Testing

/// The jobs of `docs/job-file.md` under what the page cannot show: a failing program, a database.
///
/// ``DocumentationTests`` runs the page itself.
@Suite(.timeLimit(.minutes(10))) struct NewUserTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    @Test func aProgramOfPandasThatFailsLeavesTheVersionBefore() throws {
        let page = try DocumentPage("docs/job-file.md")
        for name in ["spend.yml", "spend.py", "orders.csv"] { try write(page.file(name), name) }
        var nostos = nostos
        try nostos.useProgramsOfJobs()
        let run = try nostos.run("run", "spend.yml")
        #expect(run.status == 0, "\(run.errors)")
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
        let page = try DocumentPage("docs/job-file.md")
        try write(page.file("example.yml"), "example.yml")
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
