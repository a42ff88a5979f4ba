import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// A version's life as an admin sees it: the example job of `jobs/`, unchanged, on a real
/// PostgreSQL, with a server that never stops.
@Suite(.timeLimit(.minutes(10))) struct LifeCycleTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram
    private let database: String

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        database = "life\(UInt32.random(in: 0 ... .max))"
        let server = try PostgresServer.shared()
        try server.createDatabase(named: database)
        try "warehouse: {type: postgresql, url: \"\(server.url(database: database))\"}\n"
            .write(toFile: connections, atomically: false, encoding: .utf8)
    }

    private var connections: String { directory.file("connections.yml").string }

    private static var exampleJob: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("jobs/example.yml").path
    }

    private func execute(_ sql: String) throws {
        try PostgresServer.shared().execute(sql, database: database)
    }

    /// The tables of the example job: several sessions a user, and users beyond its WHERE.
    private func makeEnrollments() throws {
        try execute(
            """
            CREATE SCHEMA prod;
            CREATE TABLE prod.enrollments (user_id BIGINT, session_id BIGINT);
            INSERT INTO prod.enrollments
                SELECT u, u * 10 + s FROM generate_series(1, 120) u, generate_series(0, 2) s;
            """)
    }

    private func runExample(_ more: String...) throws -> NostosProgram.Result {
        let arguments = ["run", Self.exampleJob, "--connections", connections] + more
        let (process, output, errors) = try nostos.start(arguments)
        let text = try output.readToEnd() ?? Data()
        process.waitUntilExit()
        return NostosProgram.Result(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: try errors.readToEnd() ?? Data(), as: UTF8.self))
    }

    @Test func theExampleJobRunsUnchangedAndLastSessionWinsWithAWarning() throws {
        try makeEnrollments()
        let run = try runExample()
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("promoted example 1; 1 warning\nwarning  "))
        for text in [run.output, run.errors] {
            #expect(text.contains("99 keys had 297 rows, for example 1; the last of each stayed"))
        }
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        let answer = try client.get("/v1/jobs/example/keys/7?fields=entityid1,entityid2")
        #expect(answer.status == 200)
        let expected = #"{"entityid1":"72","entityid2":["70","71","72"]}"#
        #expect(answer.text == #"{"key":7,"version":1,"values":\#(expected)}"#)
        #expect(try client.get("/v1/jobs/example/keys/100").status == 404)
    }

    @Test func aFourthRunDropsTheFirstAndFreesItsDisk() throws {
        try makeEnrollments()
        let first = nostos.store.appending("tables").appending("example_1.table").string
        for number in 1...3 {
            #expect(try runExample("--drop-delay", "0s").status == 0, "run \(number)")
        }
        #expect(FileManager.default.fileExists(atPath: first))
        let previous = try nostos.run("get", "example@previous", "7", "-o", "json")
        #expect(previous.output.hasPrefix(#"{"job":"example","version":2,"#))
        let fourth = try runExample("--drop-delay", "0s")
        #expect(fourth.output.hasPrefix("promoted example 3 -> 4; dropped 1; 1 warning"))
        #expect(!FileManager.default.fileExists(atPath: first))
        let tables = try FileManager.default.contentsOfDirectory(
            atPath: nostos.store.appending("tables").string)
        #expect(tables.sorted() == ["example_2.table", "example_3.table", "example_4.table"])
    }

    /// A reader has the first version open when it is dropped: the disk is freed once it lets go.
    @Test func aDroppedTableGoesWhenItsReaderHasLetGo() throws {
        try makeEnrollments()
        #expect(try runExample("--drop-delay", "0s").status == 0)
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        for _ in 2...4 { #expect(try runExample("--drop-delay", "0s").status == 0) }
        let first = nostos.store.appending("tables").appending("example_1.table").string
        try eventually { !FileManager.default.fileExists(atPath: first) }
        #expect(try client.get("/v1/jobs/example/versions/1/keys/7").status == 410)
    }

    @Test func aRollbackIsServedWhileRequestsRunAndLaterRunsAreHeld() throws {
        try makeEnrollments()
        #expect(try runExample().status == 0)
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        try execute("UPDATE prod.enrollments SET session_id = session_id + 100000")
        #expect(try runExample().status == 0)
        try eventually { try version(client) == 2 }
        let rollback = try nostos.run("rollback", "example", "--reason", "sessions look wrong")
        #expect(rollback.status == 0, "\(rollback.errors)")
        try eventually { try version(client) == 1 }
        let held = try runExample()
        #expect(held.status == 4)
        #expect(held.output.hasPrefix("candidate example 3; held by"))
        #expect(try version(client) == 1)
        #expect(try nostos.run("release", "example").status == 0)
        #expect(try nostos.run("promote", "example@3").status == 0)
        try eventually { try version(client) == 3 }
    }

    @Test func theServerEndsWithZeroWhenToldTo() throws {
        try makeEnrollments()
        #expect(try runExample().status == 0)
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        #expect(try client.get("/readyz").status == 200)
        #expect(server.end() == 0)
    }

    /// The version that answers now; values carry their version, so that a mixed answer shows.
    private func version(_ client: HTTPClient) throws -> Int {
        let body = Data(#"{"keys":[7,8,9]}"#.utf8)
        let answer = try client.post("/v1/jobs/example/lookup", body)
        try #require(answer.status == 200)
        let object = try answer.object()
        let version = try #require(object["version"] as? Int)
        let results = try #require(object["results"] as? [[String: Any]])
        for result in results {
            let values = try #require(result["values"] as? [String: Any])
            let session = try #require((values["entityid1"] as? String).flatMap { Int($0) })
            #expect((session > 100_000) == (version > 1), "a value of another version")
        }
        return version
    }

    @Test func aLoaderKilledInMidRunLeavesTheStoreServingAndTheNextRunClean() throws {
        try makeEnrollments()
        #expect(try runExample().status == 0)
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        // Rows that take minutes, so that the kill is sure to come in mid-run.
        try execute(
            """
            ALTER TABLE prod.enrollments RENAME TO enrollments_all;
            CREATE VIEW prod.enrollments AS SELECT user_id, session_id FROM prod.enrollments_all
                CROSS JOIN LATERAL (SELECT pg_sleep(0.05) FROM generate_series(1, 40)) AS slow;
            """)
        let (process, _, _) = try nostos.start(
            ["run", Self.exampleJob, "--connections", connections])
        let scratch = nostos.store.appending("scratch").string
        try eventually { !(try FileManager.default.contentsOfDirectory(atPath: scratch)).isEmpty }
        let second = try runExample()
        #expect(second.status == 75, "a second run while one is under way: \(second.errors)")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(try client.get("/v1/jobs/example/keys/7").status == 200)
        try execute(
            """
            DROP VIEW prod.enrollments;
            ALTER TABLE prod.enrollments_all RENAME TO enrollments;
            """)
        let next = try runExample()
        #expect(next.output.hasPrefix("promoted example 1 -> 3"), "\(next.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch).isEmpty)
        #expect(try nostos.run("verify").status == 0)
        #expect(try nostos.run("versions", "example").output.contains("failed"))
    }

    /// Waits until it holds; fails after ten seconds.
    private func eventually(_ holds: () throws -> Bool) throws {
        for _ in 0..<200 {
            if try holds() { return }
            usleep(50_000)
        }
        Issue.record("not within ten seconds")
    }
}
