import Testing

@testable import NostosServer

/// Pages of other origins read what they are allowed to, and nothing by default.
@Suite struct CrossOriginTests {
    private static let origin = "https://app.example:8443"
    private static let expose =
        "ETag, Nostos-Absent-Fields, Nostos-Age, Nostos-Published, Nostos-Version"
    private let store: TestStore

    init() throws { store = try TestStore() }

    private func responder(_ origins: [String]) -> Responder {
        var responder = Responder()
        responder.crossOrigin = CrossOrigin(origins)
        return responder
    }

    private static let lines = [
        "GET /v1/jobs/profile/keys/1001", "GET /v1/jobs/profile/rows", "GET /v1/jobs/none/rows",
        "GET /livez", "GET /v1/openapi.json", "GET /v1/jobs/profile/keys/1",
    ]

    @Test(arguments: lines)
    func nothingIsAllowedByDefault(line: String) throws {
        for fields in [[], ["Origin: \(Self.origin)"]] {
            let answer = try store.answer(line, fields)
            #expect(!answer.fields.keys.contains { $0.hasPrefix("Access-Control") })
            #expect(answer.fields["Vary"]?.contains("Origin") != true)
        }
    }

    @Test(arguments: lines)
    func anAllowedOriginReadsEveryAnswer(line: String) throws {
        var responder = responder(["http://other.example", Self.origin])
        for (origin, isAllowed) in [
            (Self.origin, true), ("http://other.example", true), ("https://app.example", false),
            ("https://app.example:8443.evil.example", false), ("null", false), ("", false),
        ] {
            let answer = try store.answer(&responder, line, ["Origin: \(origin)"])
            #expect(answer.fields["Access-Control-Allow-Origin"] == (isAllowed ? origin : nil))
            #expect(
                answer.fields["Access-Control-Expose-Headers"] == (isAllowed ? Self.expose : nil))
            #expect(answer.fields["Vary"]?.hasSuffix("Origin") == true)
        }
        // A cache must not give a page what was answered to somebody without an origin.
        #expect(try store.answer(&responder, line).fields["Vary"]?.hasSuffix("Origin") == true)
    }

    @Test func aPreflightIsAnsweredWithoutAToken() throws {
        for origins in [[Self.origin], ["*"]] {
            var responder = responder(origins)
            responder.access = Access([])
            let answer = try store.answer(
                &responder, "OPTIONS /v1/jobs/profile/lookup",
                [
                    "Origin: \(Self.origin)", "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: authorization,content-type",
                ])
            #expect(answer.status == 204)
            #expect(
                answer.fields["Access-Control-Allow-Origin"]
                    == (origins == ["*"] ? "*" : Self.origin))
            #expect(answer.fields["Access-Control-Allow-Methods"] == "GET, HEAD, POST, QUERY")
            #expect(
                answer.fields["Access-Control-Allow-Headers"]?.contains("Authorization") == true)
            #expect(answer.fields["Access-Control-Max-Age"] == "600")
        }
    }

    /// The short way knows nothing of origins.
    @Test func requestsThatAreAlikeHaveTheirOriginsLines() throws {
        var responder = responder([Self.origin])
        var (heads, habit) = (KnownHeads(), KnownHeads.Habit())
        for _ in 0..<4 {
            let bytes = Array(
                "GET /v1/jobs/profile/keys/1001 HTTP/1.1\r\nHost: a\r\nOrigin: \(Self.origin)\r\n\r\n"
                    .utf8)
            guard case .request(let parsed) = outcome(of: bytes) else { return }
            let known = heads.request(bytes.span, habit)
            if known == nil { heads.note(parsed, in: bytes.span, &habit) }
            var output: [UInt8] = []
            responder.answer(
                known ?? parsed, in: bytes.span, from: store.snapshot, time: TestStore.now,
                isDraining: false, isLast: false, to: &output)
            #expect(TestAnswer(output).fields["Access-Control-Allow-Origin"] == Self.origin)
        }
    }

    @Test(
        arguments: [
            ("https://app.example", "https://app.example"),
            ("HTTP://App.Example:80/", "http://app.example:80"),
            ("*", "*"), ("http://[::1]:3000", "http://[::1]:3000"), ("app.example", nil), ("", nil),
            ("https://", nil), ("https://a/b", nil), ("ftp://a", nil), ("null", nil),
            ("https://a b", nil),
            ("https://a?b", nil), ("https://u@a", nil), ("https://a\r\nX: y", nil),
        ] as [(String, String?)])
    func anOptionIsAnOriginOrNothing(text: String, origin: String?) {
        #expect(DataPlaneOptions.origin(text) == origin)
    }
}
