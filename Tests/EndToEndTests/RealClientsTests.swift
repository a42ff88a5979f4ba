import Foundation
import SystemPackage
import TestSupport
import Testing

/// HTTP clients and proxies that people use, against a server: their own spellings of requests.
///
/// `scripts/setup --with-test-servers` installs them; Node's fetch is tried where Node is there.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RealClientsTests {
    private static let clients = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Clients/clients.py").path
    private static let hasNode = ["/usr/bin/node", "/usr/local/bin/node"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let directory: TemporaryDirectory
    private let server: ServerProcess
    private let program: NostosProgram

    /// Serves the job that the clients ask for.
    init() throws {
        directory = try TemporaryDirectory()
        var program = NostosProgram(in: directory.path)
        try program.useProgramsOfJobs()
        self.program = program
        let words = try Self.python(program, [Self.clients, "--keys"])
        let keys = try #require(
            try JSONSerialization.jsonObject(with: Data(words.utf8)) as? [String])
        var lines = ""
        for (number, key) in keys.enumerated() {
            let record: [String: Any] = [
                "word": key, "key": key, "n": number, "tags": [key, "x"],
            ]
            let line = try JSONSerialization.data(withJSONObject: record)
            lines += String(decoding: line, as: UTF8.self) + "\n"
        }
        try lines.write(
            toFile: directory.file("words.jsonl").string, atomically: false, encoding: .utf8)
        try """
        job: words
        index_column: word
        key_type: string
        fields:
        - {generator: file, path: words.jsonl}
        """.write(toFile: directory.file("words.yml").string, atomically: false, encoding: .utf8)
        let run = try program.run("run", "words.yml")
        try #require(run.status == 0, "\(run.errors)")
        server = try ServerProcess(program)
    }

    /// Runs the Python that has the clients' libraries, and gives what it printed.
    private static func python(_ program: NostosProgram, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(program.environment) {
            _, ours in ours
        }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    @Test(arguments: ["curl", "requests", "httpx", "urllib3", "aiohttp"])
    func aClientGetsWhatItAsksFor(_ client: String) throws {
        let faults = try Self.python(
            program, [Self.clients, client, server.url, server.adminURL])
        #expect(faults.isEmpty, "\(faults)")
    }

    @Test(.enabled(if: Self.hasNode)) func nodesFetchGetsWhatItAsksFor() throws {
        let faults = try Self.python(program, [Self.clients, "node", server.url, server.adminURL])
        #expect(faults.isEmpty, "\(faults)")
    }

    /// All clients through nginx as it is, and as it is told to keep connections.
    @Test(arguments: [false, true], ["curl", "requests", "httpx", "aiohttp"])
    func nginxInFrontChangesNothing(keepsConnections: Bool, _ client: String) throws {
        let proxy = try ProxyProcess.nginx(
            server, in: directory.path, keepsConnections: keepsConnections)
        let faults = try Self.python(program, [Self.clients, client, proxy.url, proxy.adminURL])
        #expect(faults.isEmpty, "\(faults)")
    }

    /// HAProxy's plain health check is `OPTIONS / HTTP/1.0`: where that fails, nobody is let
    /// through.
    @Test(arguments: ["curl", "requests"])
    func haproxysDefaultCheckFindsTheServerAlive(_ client: String) throws {
        let proxy = try ProxyProcess.haproxy(server, in: directory.path)
        let faults = try Self.python(program, [Self.clients, client, proxy.url, proxy.adminURL])
        #expect(faults.isEmpty, "\(faults)")
    }

    /// Prometheus scrapes the server with the plainest configuration, and finds the job by its
    /// name.
    @Test func prometheusFindsTheJobByItsLabel() throws {
        let prometheus = try ProxyProcess.prometheus(server, in: directory.path)
        let answer = try prometheus.waitFor(
            "/api/v1/query?query=nostos_job_rows%7Bjob_name%3D%22words%22%7D", toContain: "\"11\"")
        #expect(!answer.contains("exported_"), "\(answer)")
        let up = try prometheus.waitFor("/api/v1/query?query=up", toContain: "\"1\"")
        #expect(up.contains("\"job\":\"nostos\""))
    }

    /// A client that a generator writes from our own documents, of both ports.
    @Test func aGeneratedClientWorks() throws {
        let script = URL(fileURLWithPath: Self.clients).deletingLastPathComponent()
            .appendingPathComponent("generated.py").path
        let faults = try Self.python(
            program, [script, server.url, server.adminURL, directory.path.string])
        #expect(faults.isEmpty, "\(faults)")
    }
}
