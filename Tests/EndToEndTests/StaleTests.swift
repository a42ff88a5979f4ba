import Foundation
import SystemPackage
import TestSupport
import Testing

/// `publish.max_age`, from the job file to whoever watches the server.
@Suite(.timeLimit(.minutes(10))) struct StaleTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        try SQLiteFixture.execute(
            "CREATE TABLE t (id INTEGER, a TEXT); INSERT INTO t VALUES (1, 'x');",
            at: directory.file("a.db"))
        try write("local: {type: sqlite, path: a.db}\n", "connections.yml")
        try write(Self.job("fleeting", "max_age: 1s"), "fleeting.yml")
        try write(Self.job("lasting", "max_age: 26h"), "lasting.yml")
        try write(Self.job("timeless", "promote: auto"), "timeless.yml")
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private static func job(_ name: String, _ publish: String) -> String {
        """
        job: \(name)
        index_column: id
        fields: [{generator: sql_iterator, sql: "SELECT id, a FROM t"}]
        publish: {\(publish)}

        """
    }

    /// Asks until the server says that status; each answer must be 200.
    private func awaitReady(_ status: String, _ client: HTTPClient) throws -> String {
        while true {
            let answer = try client.get("/readyz?verbose")
            try #require(answer.status == 200, "\(answer.text)")
            if answer.text.hasPrefix("{\"status\":\"\(status)\"") { return answer.text }
            usleep(10_000)
        }
    }

    @Test func whatIsTooOldIsToldAndServedAllTheSame() throws {
        let files = ["fleeting.yml", "lasting.yml", "timeless.yml"]
        #expect(try nostos.run(["run"] + files).status == 0)
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        let stale = try awaitReady("stale", client)
        for text in [
            #""max_age":1,"stale":true}"#, #""max_age":93600,"stale":false}"#,
            #"{"job":"timeless","ready":true"#,
        ] { #expect(stale.contains(text), "\(stale)") }
        #expect(stale.ranges(of: "max_age").count == 2)
        // Who only asks whether to send requests here is not told: old data is better than none.
        #expect(try client.get("/readyz").text == #"{"status":"ready"}"#)
        #expect(try client.get("/v1/jobs/fleeting/keys/1").status == 200)
        let metrics = try client.get("/metrics").text
        for line in [
            #"nostos_job_max_age_seconds{job_name="fleeting"} 1"#,
            #"nostos_job_stale{job_name="fleeting"} 1"#,
            #"nostos_job_max_age_seconds{job_name="lasting"} 93600"#,
            #"nostos_job_stale{job_name="lasting"} 0"#,
        ] { #expect(metrics.contains(line + "\n"), "\(line)") }
        #expect(!metrics.contains(#"stale{job_name="timeless"}"#))
        let shown = try nostos.run("show", "fleeting").output
        #expect(shown.contains("\nmax age    1s: STALE since 20"), "\(shown)")
        let lasting = try nostos.run("show", "lasting").output
        #expect(lasting.contains("\nmax age    26h: stale from 20"), "\(lasting)")
        // The next version is of the job file as it is then.
        try write(Self.job("fleeting", "max_age: 7d"), "fleeting.yml")
        #expect(try nostos.run("run", "fleeting.yml").status == 0)
        #expect(try awaitReady("ready", client).contains(#""max_age":604800,"stale":false}"#))
        #expect(server.end() == 0)
    }

    @Test func aPlanTellsIt() throws {
        let plan = try nostos.run("plan", "lasting.yml").output
        #expect(plan.contains("\nstale      when older than 26h\n"), "\(plan)")
        let json = try nostos.run("plan", "lasting.yml", "-o", "json").output
        #expect(json.contains("\"max_age_seconds\" : 93600"), "\(json)")
        #expect(try !nostos.run("plan", "timeless.yml").output.contains("stale"))
    }
}
