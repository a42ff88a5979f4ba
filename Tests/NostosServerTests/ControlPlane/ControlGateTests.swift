import HTTPTypes
import Nostos
import Testing

@testable import NostosServer

/// The one-time URL, its cookie, and pages of other sites.
@Suite struct ControlGateTests {
    private static let hold = "{\"reason\":\"test\"}"

    /// Logs in; the cookie as a browser sends it back.
    private static func cookie(_ harness: ControlHarness) async throws -> String {
        let answer = try await harness.get("/login?code=once", token: nil)
        #expect(answer.status == 303)
        let cookie = try #require(answer.headers[.setCookie])
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(cookie.contains(part)) }
        return String(cookie.prefix { $0 != ";" })
    }

    @Test func theCodeIsGoodOnceAndTheCookieAdministers() async throws {
        let harness = try ControlHarness(hasTokens: false, code: "once")
        #expect(try await harness.get("/login?code=wrong", token: nil).status == 403)
        let cookie = try await Self.cookie(harness)
        #expect(try await harness.get("/login?code=once", token: nil).status == 403)
        let answer = try await harness.send(
            .post, "/v1/jobs/large/hold", Self.hold, token: nil,
            headers: [.cookie: "a=b; \(cookie)", .origin: "http://localhost:7481"])
        #expect(answer.status == 200)
        let event = try #require(try harness.catalog.events().last)
        #expect(event.actor == ControlGate.sessionActor)
    }

    @Test func aSessionEnds() async throws {
        let harness = try ControlHarness(hasTokens: false, code: "once", sessionSeconds: 0)
        let cookie = try await Self.cookie(harness)
        let answer = try await harness.send(
            .post, "/v1/jobs/large/hold", Self.hold, token: nil,
            headers: [.cookie: cookie, .origin: "http://localhost:7481"])
        #expect(answer.status == 401)
        #expect(try harness.catalog.job("large")?.hold == nil)
    }

    @Test func aPageOfAnotherSiteChangesNothing() async throws {
        let harness = try ControlHarness(hasTokens: false, code: "once")
        let cookie = try await Self.cookie(harness)
        for origin in ["http://evil.example", "null", "https://localhost:7481", nil] {
            var headers: HTTPFields = [.cookie: cookie]
            headers[.origin] = origin
            let answer = try await harness.send(
                .post, "/v1/jobs/large/hold", Self.hold, token: nil, headers: headers)
            #expect(answer.status == 403, "\(origin ?? "none")")
        }
        #expect(try harness.catalog.job("large")?.hold == nil)
    }

    @Test func withoutTokensAnotherNameForThisMachineIsRefused() async throws {
        let harness = try ControlHarness(hasTokens: false)
        for host in ["evil.example", "evil.example:7481", "localhost.evil.example", "[::2]:1"] {
            #expect(try await harness.get("/v1/jobs", token: nil, host: host).status == 403)
        }
        for host in ["localhost", "127.0.0.1:7481", "[::1]:7481", "127.1.2.3"] {
            #expect(try await harness.get("/v1/jobs", token: nil, host: host).status == 200)
        }
    }

    @Test func theCookieOfATLSServerStaysOnTLS() async throws {
        let harness = try ControlHarness(hasTokens: false, code: "once", isSecure: true)
        let answer = try await harness.get("/login?code=once", token: nil)
        #expect(answer.headers[.setCookie]?.contains("; Secure") == true)
    }

    @Test func whereThereAreTokensThereIsNoCode() async throws {
        let harness = try ControlHarness()
        for code in ["", "?code=", "?code=once"] {
            #expect(try await harness.get("/login\(code)", token: nil).status == 403)
        }
    }
}
