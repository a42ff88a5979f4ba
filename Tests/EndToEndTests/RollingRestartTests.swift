import Foundation
import TestSupport
import Testing

/// Two readers of one store take turns on one port while clients count the answers.
@Suite(.timeLimit(.minutes(10))) struct RollingRestartTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        #expect(try nostos.run("init", ".").status == 0)
        #expect(try nostos.run("run", "jobs/user_profile.yml").status == 0)
    }

    @Test(arguments: ["epoll", "nio"]) func failsNoRequest(transport: String) throws {
        let first = try ServerProcess(nostos, "--share-ports", "--transport", transport)
        let (url, admin) = (first.url, first.adminURL)
        let loop = RequestLoop(url, path: "/v1/jobs/user_profile/keys/1002?fields=language")
        var current = first
        for _ in 0..<4 {
            loop.awaitAnswers(200)
            let port = try #require(url.split(separator: ":").last)
            let adminPort = try #require(admin.split(separator: ":").last)
            let next = try ServerProcess(
                nostos, "--share-ports", "--transport", transport, port: String(port),
                adminPort: String(adminPort))
            #expect(current.end() == 0)
            current = next
        }
        loop.awaitAnswers(200)
        #expect(loop.end() == [])
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
