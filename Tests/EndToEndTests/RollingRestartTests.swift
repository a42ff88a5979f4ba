import Foundation
import Synchronization
import TestSupport
import Testing

/// Two readers on one store take turns on one port, under clients that count.
@Suite struct RollingRestartTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        #expect(try nostos.run("init", ".").status == 0)
        #expect(try nostos.run("run", "jobs/user_profile.yml").status == 0)
    }

    /// The counts of the clients' answers.
    private final class Tally: Sendable {
        let answers = Atomic(0)
        let isDone = Atomic(false)
        private let failures = Texts()

        func fail(_ text: String) { failures.append(text) }
        var failed: [String] { failures.all }
    }

    /// Asks until the end; `keepsAlive` as a service does, or with a connection for each request.
    private static func ask(_ url: String, keepsAlive: Bool, _ tally: Tally) {
        var client: HTTPClient?
        while !tally.isDone.load(ordering: .acquiring) {
            do {
                let open = try client ?? HTTPClient(url)
                let answer = try open.get("/v1/jobs/user_profile/keys/1002?fields=language")
                if answer.status != 200 { tally.fail("status \(answer.status)") }
                let isLast = answer.head.contains("Connection: close")
                client = keepsAlive && !isLast ? open : nil
                tally.answers.add(1, ordering: .relaxed)
            } catch {
                tally.fail("\(error)")
                client = nil
            }
        }
    }

    @Test(arguments: ["epoll", "nio"]) func failsNoRequest(transport: String) throws {
        let first = try ServerProcess(nostos, "--share-ports", "--transport", transport)
        let (url, admin) = (first.url, first.adminURL)
        let tally = Tally()
        let threads = (0..<6).map { index in
            Thread { Self.ask(url, keepsAlive: index % 2 == 0, tally) }
        }
        for thread in threads { thread.start() }
        func awaitAnswers(_ count: Int) {
            let start = tally.answers.load(ordering: .relaxed)
            while tally.answers.load(ordering: .relaxed) < start + count { usleep(1000) }
        }
        var current = first
        for _ in 0..<4 {
            awaitAnswers(200)
            let port = try #require(url.split(separator: ":").last)
            let adminPort = try #require(admin.split(separator: ":").last)
            let next = try ServerProcess(
                nostos, "--share-ports", "--transport", transport, port: String(port),
                adminPort: String(adminPort))
            #expect(current.end() == 0)
            current = next
        }
        awaitAnswers(200)
        tally.isDone.store(true, ordering: .releasing)
        while threads.contains(where: { !$0.isFinished }) { usleep(1000) }
        #expect(tally.failed == [])
        #expect(current.end() == 0)
    }

    @Test func aPortThatIsNotSharedIsInUse() throws {
        let first = try ServerProcess(nostos)
        let port = try #require(first.url.split(separator: ":").last)
        let second = try nostos.run("serve", "--port", String(port), "--admin-port", "0")
        #expect(second.status == 78)
        #expect(second.errors.contains("cannot listen on 127.0.0.1, port \(port)"))
    }

    /// First nobody is sent here any more, then connections are refused.
    @Test func readinessEndsBeforeTheListener() throws {
        let server = try ServerProcess(nostos, "--drain-delay", "2s")
        let probe = try HTTPClient(server.url)
        #expect(try probe.get("/readyz").status == 200)
        server.tellToEnd()
        var status = 200
        while status == 200 { status = try probe.get("/readyz").status }
        #expect(status == 503)
        let late = try HTTPClient(server.url)
        let answer = try late.get("/v1/jobs/user_profile/keys/1002?fields=language")
        #expect(answer.status == 200)
        #expect(server.awaitEnd() == 0)
    }
}

/// Texts of many threads.
private final class Texts: Sendable {
    private let texts = Mutex<[String]>([])

    func append(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
}
