import HTTPTypes
import Nostos
import Testing

@testable import NostosServer

/// Every route against every kind of caller: docs/rest.md, "Tokens".
@Suite struct TokenMatrixTests {
    /// Callers, and the status that a route of each scope gives them; nil is that it lets them in.
    static let callers: [(token: String?, refusals: [TokenScope: Int])] = [
        (nil, [.read: 401, .publish: 401, .admin: 401]),
        ("nobody", [.read: 401, .publish: 401, .admin: 401]),
        ("former", [.read: 401, .publish: 401, .admin: 401]),
        ("reader", [.publish: 403, .admin: 403]),
        ("publisher", [.admin: 403]),
        ("operator", [:]),
    ]

    static func request(of route: ControlRoute) -> (path: String, body: String) {
        let path = route.path.replacing("{job}", with: "large").replacing("{version}", with: "1")
            .replacing("{key}", with: "7")
        switch route {
        case .promote: return (path, "{\"version\":1}")
        case .remove: return (path + "?reason=test", "")
        case .rollback, .hold: return (path, "{\"reason\":\"test\"}")
        default: return (path, "")
        }
    }

    @Test(arguments: ControlRoute.allCases)
    func letsInWhoMayAndNobodyElse(_ route: ControlRoute) async throws {
        let refusing = try ControlHarness()
        for caller in Self.callers {
            let isRefused = route.scope.map { caller.refusals[$0] != nil } ?? true
            // Who is let in may change the state, and needs one of his own.
            let harness = isRefused ? refusing : try ControlHarness()
            if !isRefused, route == .release {
                try harness.catalog.hold(job: "large", reason: "test", actor: "test")
            }
            let before = try harness.catalog.generation()
            let (path, body) = Self.request(of: route)
            let answer = try await harness.send(route.method, path, body, token: caller.token)
            let right = route == .login ? 403 : 200
            let expected = route.scope.flatMap { caller.refusals[$0] } ?? right
            let shown = "\(route) \(caller.token ?? "none"): \(answer.text.prefix(200))"
            #expect(answer.status == expected, "\(shown)")
            if expected == 401 {
                #expect(answer.headers[.wwwAuthenticate] == "Bearer realm=\"nostos\"")
            }
            let isChanged = try harness.catalog.generation() != before
            #expect(isChanged == (route.isChange && expected == 200), "\(shown)")
        }
    }

    /// A token for other jobs: this one does not exist for its holder, in no route and no list.
    @Test(arguments: ControlRoute.allCases)
    func aJobThatATokenDoesNotReachIsNotThere(_ route: ControlRoute) async throws {
        let harness = try ControlHarness()
        let before = try harness.catalog.generation()
        let (path, body) = Self.request(of: route)
        let answer = try await harness.send(route.method, path, body, token: "stranger")
        if route.path.contains("{job}") {
            #expect(answer.status == 404, "\(route)")
            #expect(answer.problem == "job-not-found")
        } else if route.scope != nil {
            #expect(answer.status == 200)
            #expect(!answer.text.contains("large"), "\(answer.text)")
            let named = try await harness.send(
                route.method, path + "?job=large", body, token: "stranger")
            #expect(named.status == (route == .jobs ? 400 : 404), "\(route)")
        }
        #expect(try harness.catalog.generation() == before)
    }

    @Test func withoutATokensFileAnybodyReadsAndNobodyChanges() async throws {
        let harness = try ControlHarness(hasTokens: false)
        for route in ControlRoute.allCases where route != .login {
            let (path, body) = Self.request(of: route)
            let answer = try await harness.send(route.method, path, body, token: nil)
            #expect(answer.status == (route.method == .get ? 200 : 401), "\(route)")
            let other = try await harness.send(route.method, path, body, token: "operator")
            #expect(other.status == (route.scope == nil ? 200 : 401), "\(route)")
        }
    }

    @Test func otherTokensAreInForceAtOnce() async throws {
        let harness = try ControlHarness()
        #expect(try await harness.get("/v1/jobs", token: "operator").status == 200)
        let access = try #require(harness.access)
        access.replace(with: [
            Token(name: "new", digest: Token.digest(of: "new"), scope: .read)
        ])
        #expect(try await harness.get("/v1/jobs", token: "operator").status == 401)
        #expect(try await harness.get("/v1/jobs", token: "new").status == 200)
    }
}
