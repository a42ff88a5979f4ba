import Foundation
import HTTPTypes
import NIOCore
import Nostos
import Testing

@testable import NostosServer

/// The control plane's connections as clients and proxies really use them.
@Suite(.timeLimit(.minutes(10))) struct HTTP1RulesTests {
    private static let jobs = "/v1/jobs/large"

    /// Answers to the end of the connection: a server that keeps it open times the test out.
    @Test(arguments: [
        "GET \(jobs) HTTP/1.0\r\nHost: localhost\r\n\r\n", "GET \(jobs) HTTP/1.0\r\n\r\n",
        "GET /nope HTTP/1.0\r\nHost: localhost\r\n\r\n",
        "POST \(jobs)/hold HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
        "GET \(jobs) HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n",
        "GET \(jobs) HTTP/1.1\r\nHost: localhost\r\nConnection: TE, close\r\n\r\n",
    ])
    func aRequestThatIsTheLastOneEndsTheConnection(_ request: String) async throws {
        let live = try await LiveControl()
        let answer = try await live.exchange(request)
        #expect(answer.contains("\r\nConnection: close\r\n"), "\(answer)")
        #expect(answer.components(of: "HTTP/1.1 ") == 1)
        await live.stop()
    }

    @Test func anOldClientThatAsksForItKeepsItsConnection() async throws {
        let live = try await LiveControl()
        let port = live.plane.boundPort
        let request = "GET \(Self.jobs) HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"
        let answers = try await blocking {
            let client = try TestClient(port: port)
            var pending: [UInt8] = []
            return try (0..<3).map { _ in
                try client.send(request)
                return try client.receiveAnswer(&pending)
            }
        }
        for answer in answers {
            #expect(answer.status == 200)
            #expect(answer.fields["Connection"] == "keep-alive")
        }
        await live.stop()
    }

    /// 100 comes before the content is sent, and never before the answer to an earlier request.
    @Test(arguments: [0, 1, 2])
    func aClientThatWaitsIsToldToContinue(after earlier: Int) async throws {
        let live = try await LiveControl(hasTokens: true)
        let port = live.plane.boundPort
        let body = #"{"reason":"x"}"#
        let head =
            "POST \(Self.jobs)/hold HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer operator\r\n"
            + "Content-Type: application/json\r\nExpect: 100-Continue\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        let get = "GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
        let statuses = try await blocking {
            let client = try TestClient(port: port)
            var pending: [UInt8] = []
            try client.send(String(repeating: get, count: earlier) + head)
            var statuses = try (0...earlier).map { _ in try client.receiveAnswer(&pending).status }
            try client.send(body)
            statuses.append(try client.receiveAnswer(&pending).status)
            return statuses
        }
        #expect(statuses == Array(repeating: 200, count: earlier) + [100, 200])
        #expect(try live.harness.catalog.job("large")?.hold != nil)
        await live.stop()
    }

    @Test func anExpectationThatCannotBeMetIsRefused() async throws {
        let live = try await LiveControl()
        let answer = try await live.exchange(
            "GET \(Self.jobs) HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 417 "))
        await live.stop()
    }

    @Test(arguments: [
        ("GET http://localhost:7481/v1/jobs/large HTTP/1.1\r\nHost: elsewhere.example", 200),
        ("GET http://elsewhere.example/v1/jobs/large HTTP/1.1\r\nHost: localhost", 403),
        ("GET /v1/%6aobs/l%61rge HTTP/1.1\r\nHost: localhost", 200),
        ("GET /v1/jobs/large/versions/%31 HTTP/1.1\r\nHost: localhost", 200),
        ("GET /v1/jobs/large/diff?from=%31&to=2 HTTP/1.1\r\nHost: localhost", 200),
        ("OPTIONS * HTTP/1.1\r\nHost: localhost", 204),
        ("OPTIONS /v1/jobs/large/hold HTTP/1.0", 204), ("OPTIONS / HTTP/1.0", 204),
        ("OPTIONS /nothing HTTP/1.0", 404),
        ("BREW /v1/jobs HTTP/1.1\r\nHost: localhost", 400),
        ("PROPFIND /v1/jobs HTTP/1.1\r\nHost: localhost", 501),
        ("PATCH /v1/jobs HTTP/1.1\r\nHost: localhost", 405),
        ("QUERY /v1/jobs HTTP/1.1\r\nHost: localhost", 405),
        ("GET /v1/jobs HTTP/3.0\r\nHost: localhost", 505),
        ("GET /v1/jobs HTTP/1.1", 400),
    ])
    func eachFormOfARequestHasItsStatus(_ head: String, _ status: Int) async throws {
        let live = try await LiveControl()
        let answer = try await live.exchange(head + "\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(head): \(answer)")
        await live.stop()
    }

    @Test func aPlusInAReasonIsASpace() async throws {
        let live = try await LiveControl(hasTokens: true)
        let answer = try await live.exchange(
            "DELETE \(Self.jobs)/versions/1?reason=a+b%2Bc HTTP/1.0\r\n"
                + "Authorization: Bearer operator\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
        #expect(try live.harness.catalog.events().contains { $0.reason == "a b+c" })
        await live.stop()
    }

    /// A connection outlives the time of a head by far while it is idle, but not within a head:
    /// neither the first one nor a later one.
    @Test func aHeadMustComeInTimeAndAnIdleConnectionNeedNot() async throws {
        let live = try await LiveControl { $0.headTimeout = .milliseconds(300) }
        let port = live.plane.boundPort
        let request = "GET \(Self.jobs) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let rest = try await blocking {
            let client = try TestClient(port: port)
            var pending: [UInt8] = []
            for _ in 0..<2 {
                try client.send(request)
                #expect(try client.receiveAnswer(&pending).status == 200)
                Thread.sleep(forTimeInterval: 0.7)
            }
            try client.send(String(request.dropLast(4)))
            return try client.receiveAll()
        }
        #expect(rest.isEmpty)
        #expect(try await live.exchange("GET ").isEmpty)
        await live.stop()
    }

    @Test func anAnswerCarriesTheRequestsIdentifier() async throws {
        let harness = try ControlHarness()
        let field = RequestID.field
        let named = try await harness.get("/v1/jobs", headers: [field: "req-42"])
        #expect(named.headers[field] == "req-42")
        let made = try await harness.get("/v1/nothing", headers: [field: "two words\u{7}"])
        let other = try await harness.get("/v1/jobs")
        #expect(made.headers[field]?.count == 16)
        #expect(made.headers[field] != other.headers[field])
    }
}

/// Targets alone, without a connection.
@Suite struct ControlTargetTests {
    @Test(
        arguments: [
            ("/v1/jobs", "/v1/jobs", nil), ("*", "*", nil), ("/a%2Fb", "/a%2Fb", nil),
            ("/%41%7e%2d%5F%2E", "/A~-_.", nil), ("/%4", "/%4", nil), ("/%", "/%", nil),
            ("/%zz%+1", "/%zz%+1", nil), ("/%C3%A9", "/%C3%A9", nil),
            ("http://h:1/p?q", "/p?q", "h:1"), ("HTTPS://h", "/", "h"),
            ("http://h?q=1", "/?q=1", "h"),
            ("http://user:secret@h/p", "/p", "h"), ("http:///p", "/p", ""),
            ("/http://h/p", "/http://h/p", nil),
        ] as [(String, String, String?)])
    func aTargetHasOneForm(_ target: String, _ text: String, _ authority: String?) {
        let read = RequestTarget(target)
        #expect(read.text == text)
        #expect(read.authority == authority)
    }
}
