import Testing

@testable import Nostos
@testable import NostosServer

/// The rules for caches, and for the hosts that are answered.
@Suite struct ResponderGuardsTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    // MARK: - Caches

    private static let good = [
        ("GET /v1/jobs/profile/keys/1001", "no-cache"), ("GET /v1/jobs/profile/rows", "no-cache"),
        ("GET /v1/jobs/profile/versions/12/keys/1001", "max-age=31536000, immutable"),
        ("GET /v1/jobs/profile/versions/12/rows", "max-age=31536000, immutable"),
        ("GET /v1/jobs/profile/versions/current/rows", "no-cache"),
    ]

    @Test func whatNeedsATokenIsPrivate() throws {
        var responder = Responder()
        responder.access = Access(ControlHarness.tokens)
        for (line, caching) in Self.good {
            let answer = try store.answer(&responder, line, ["Authorization: Bearer reader"])
            #expect(answer.status == 200)
            #expect(answer.fields["Cache-Control"] == "private, \(caching)", "\(line)")
            let refused = try store.answer(&responder, line)
            #expect(refused.status == 401 && refused.fields["Cache-Control"] == "no-store")
            let open = try store.answer(line)
            let isPublic = caching.contains("immutable")
            #expect(open.fields["Cache-Control"] == (isPublic ? "public, \(caching)" : caching))
        }
    }

    @Test(arguments: [
        "GET /livez", "GET /readyz", "GET /readyz?verbose", "GET /metrics", "GET /nothing",
        "GET /v1/jobs/soon/keys/1", "GET /v1/jobs/soon/versions/1/keys/1", "GET /v1/jobs/soon/rows",
        "PUT /livez", "X /livez", "GET /v1/jobs/fresh/keys/1",
    ])
    func healthAndErrorsAreNotStored(line: String) throws {
        var responder = Responder()
        responder.metrics = { _ in [] }
        #expect(
            try store.answer(&responder, line).fields["Cache-Control"]?.hasPrefix("no-") == true)
        #expect(
            try store.answer(&responder, line, isDraining: true).fields["Cache-Control"]?
                .hasPrefix("no-") == true)
    }

    @Test func aMissingKeyOfAFixedVersionIsAskedForAgain() throws {
        let answer = try store.answer("GET /v1/jobs/profile/versions/12/keys/1")
        #expect(answer.status == 404 && answer.fields["Cache-Control"] == "no-cache")
    }

    // MARK: - Hosts

    @Test func withoutTokensOnlyLocalNamesAreAnswered() throws {
        var responder = Responder()
        responder.isLocalOnly = true
        for path in [
            "/v1/jobs/profile/keys/1001", "/v1/jobs/profile/rows", "/metrics", "/livez", "/",
        ] {
            for (target, host, status) in [
                (path, "evil.example:7480", 403), ("http://evil.example\(path)", "localhost", 403),
                ("http://localhost\(path)", "evil.example", 200), (path, "localhost", 200),
                (path, "127.0.0.1:7480", 200), (path, "[::1]", 200),
            ] {
                responder.metrics = { _ in [] }
                let text = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n"
                let answer = TestAnswer(try store.rawAnswer(&responder, Array(text.utf8)))
                #expect(answer.status == status, "\(target) of \(host)")
                guard status == 403 else { continue }
                #expect(answer["type"] == "forbidden" && answer["name"]?.hasPrefix("evil") == true)
                #expect(answer.fields["Nostos-Version"] == nil)
            }
        }
        let old = Array("GET /v1/jobs/profile/keys/1001 HTTP/1.0\r\n\r\n".utf8)
        #expect(TestAnswer(try store.rawAnswer(&responder, old)).status == 200)
    }

    /// The short way of requests that are alike must not let another host in.
    @Test func aRequestLikeOneOfALocalHostHasThatHost() throws {
        var responder = Responder()
        responder.isLocalOnly = true
        var heads = KnownHeads()
        var habit = KnownHeads.Habit()
        for (host, status) in [
            ("localhost", 200), ("localhost", 200), ("localhost", 200), ("evil.test", 403),
            ("localhost", 200), ("evil.test", 403), ("evil.test", 403),
        ] {
            let bytes = Array(
                "GET /v1/jobs/profile/keys/1001 HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8)
            var output: [UInt8] = []
            guard case .request(let parsed) = outcome(of: bytes) else { return }
            let known = heads.request(bytes.span, habit)
            if known == nil { heads.note(parsed, in: bytes.span, &habit) }
            responder.answer(
                known ?? parsed, in: bytes.span, from: store.snapshot, time: TestStore.now,
                isDraining: false, isLast: false, to: &output)
            #expect(TestAnswer(output).status == status)
        }
    }
}
