import HTTPTypes
import Nostos
import Testing

@testable import NostosServer

/// Requests that get no good answer.
@Suite(.timeLimit(.minutes(10))) struct ControlProblemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        var body = ""
        let status: Int
        let problem: String
        var name: String?

        var testDescription: String { "\(method) \(path.prefix(60)) \(body.prefix(40))" }
    }

    static let cases = [
        Case(method: .get, path: "/", status: 404, problem: "not-found", name: "/"),
        Case(
            method: .get, path: "/v1/jobs/none", status: 404, problem: "job-not-found",
            name: "none"),
        Case(
            method: .get, path: "/v1/jobs/%2e%2e%2fcatalog", status: 404, problem: "job-not-found",
            name: "../catalog"),
        Case(method: .get, path: "/v1/jobs/Large", status: 404, problem: "job-not-found"),
        Case(method: .get, path: "/v1/jobs/l%61rge%00", status: 404, problem: "job-not-found"),
        Case(
            method: .get, path: "/v1/jobs/large/versions/7", status: 404,
            problem: "version-not-found", name: "7"),
        Case(
            method: .get, path: "/v1/jobs/large/versions/02", status: 404,
            problem: "version-not-found", name: "02"),
        Case(
            method: .get, path: "/v1/jobs/large/versions/candidate", status: 404,
            problem: "version-not-found", name: "candidate"),
        Case(
            method: .get, path: "/v1/jobs/large?verbose=1", status: 400, problem: "bad-request",
            name: "verbose"),
        Case(
            method: .get, path: "/v1/events?limit=1&limit=2", status: 400, problem: "bad-request",
            name: "limit"),
        Case(
            method: .get, path: "/v1/events?limit=1001", status: 400, problem: "bad-request",
            name: "1001"),
        Case(
            method: .get, path: "/v1/events?before=-1", status: 400, problem: "bad-request",
            name: "-1"),
        Case(
            method: .get, path: "/v1/runs?job=none", status: 404, problem: "job-not-found",
            name: "none"),
        Case(
            method: .put, path: "/v1/jobs/large", status: 405, problem: "method-not-allowed",
            name: "PUT"),
        Case(
            method: .post, path: "/v1/jobs/large/rollback", status: 400, problem: "bad-request",
            name: "reason"),
        Case(
            method: .post, path: "/v1/jobs/large/rollback", body: "{\"reason\":\"  \"}",
            status: 400, problem: "bad-request", name: "reason"),
        Case(
            method: .post, path: "/v1/jobs/large/rollback", body: "{\"reason\":7}",
            status: 400, problem: "bad-request", name: "reason"),
        Case(
            method: .post, path: "/v1/jobs/large/rollback",
            body: "{\"reason\":\"a\",\"to\":\"1\"}", status: 400, problem: "bad-request",
            name: "to"),
        Case(
            method: .post, path: "/v1/jobs/large/rollback",
            body: "{\"reason\":\"a\",\"force\":true}", status: 400, problem: "bad-request",
            name: "force"),
        Case(
            method: .post, path: "/v1/jobs/large/rollback", body: "[1]", status: 400,
            problem: "bad-request"),
        Case(
            method: .post, path: "/v1/jobs/large/rollback", body: "{\"reason\":\"a\"",
            status: 400, problem: "bad-request"),
        Case(
            method: .post, path: "/v1/jobs/large/rollback",
            body: "{\"reason\":\"a\",\"to\":2}", status: 409, problem: "not-allowed", name: "2"),
        Case(
            method: .post, path: "/v1/jobs/large/promote", body: "{\"version\":2}", status: 409,
            problem: "not-allowed", name: "2"),
        Case(
            method: .post, path: "/v1/jobs/large/promote", body: "{\"version\":9}", status: 404,
            problem: "version-not-found", name: "9"),
        Case(
            method: .delete, path: "/v1/jobs/large/versions/2", status: 409,
            problem: "not-allowed", name: "2"),
        Case(
            method: .delete, path: "/v1/jobs/large/versions/current", status: 404,
            problem: "version-not-found", name: "current"),
        Case(
            method: .post, path: "/v1/jobs/large/hold",
            body: "{\"reason\":\"\(String(repeating: "x", count: 40_000))\"}", status: 413,
            problem: "body-too-large"),
        Case(
            method: .get, path: "/v1/jobs/" + String(repeating: "a", count: 9_000), status: 414,
            problem: "uri-too-long"),
    ]

    @Test(arguments: cases) func isToldWithItsNameAndNothingElse(_ one: Case) async throws {
        let harness = try ControlHarness()
        let before = try harness.catalog.generation()
        let answer = try await harness.send(one.method, one.path, one.body)
        #expect(answer.status == one.status, "\(answer.text)")
        #expect(answer.problem == one.problem, "\(answer.text)")
        if let name = one.name { #expect(answer.name == name) }
        #expect(answer.headers[.contentType] == "application/problem+json")
        // No path of this machine, and nothing of how it is made.
        for word in ["/tmp", "tables/", ".swift", "mdb", "Error("] {
            #expect(!answer.text.contains(word) || one.path.contains(word), "\(answer.text)")
        }
        #expect(try harness.catalog.generation() == before)
    }

    @Test func contentOfAnotherTypeIsRefused() async throws {
        let harness = try ControlHarness()
        for type in ["text/plain", "application/x-www-form-urlencoded", ""] {
            let answer = try await harness.send(
                .post, "/v1/jobs/large/hold", "{\"reason\":\"a\"}", headers: [.contentType: type])
            #expect(answer.status == 415, "\(type)")
        }
        let answer = try await harness.send(
            .post, "/v1/jobs/large/hold", "{\"reason\":\"a\"}",
            headers: [.contentType: "application/json; charset=utf-8"])
        #expect(answer.status == 200)
    }

    @Test func aRequestWithoutAHostIsRefused() async throws {
        let harness = try ControlHarness()
        for host in [nil, ""] {
            let answer = try await harness.get("/v1/jobs", host: host)
            #expect(answer.status == 400)
            #expect(answer.name == "Host")
        }
    }

    @Test func tooManyAndTooLargeFieldsAreRefused() async throws {
        let harness = try ControlHarness()
        var many = HTTPFields()
        for index in 0...100 {
            many.append(HTTPField(name: try #require(HTTPField.Name("X-\(index)")), value: "a"))
        }
        var large = HTTPFields()
        large[try #require(HTTPField.Name("X-Large"))] = String(repeating: "a", count: 17_000)
        for headers in [many, large] {
            #expect(try await harness.get("/v1/jobs", headers: headers).status == 431)
        }
    }

    @Test func aDroppedVersionIsGone() async throws {
        let harness = try ControlHarness()
        for _ in 0..<2 { try LiveServer.publish(harness.catalog) }
        let answer = try await harness.get("/v1/jobs/large/schema?version=1")
        #expect(answer.status == 410)
        #expect(answer.problem == "version-gone")
        #expect(answer.name == "1")
    }

    @Test func everyAnswerKeepsBrowsersSafe() async throws {
        let harness = try ControlHarness()
        for path in ["/v1/jobs", "/v1/none", "/v1/openapi.json"] {
            let answer = try await harness.get(path)
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
        }
    }
}
