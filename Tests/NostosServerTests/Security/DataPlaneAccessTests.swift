import Nostos
import Testing

@testable import NostosServer

/// The data plane with tokens.
@Suite(.timeLimit(.minutes(10))) struct DataPlaneAccessTests {
    private static let body = "{\"keys\":[1]}"

    /// Requests of every route, whether they are open to all, and the status of who may.
    private static let requests: [(line: String, body: String, isOpen: Bool, right: Int)] = [
        ("GET /livez", "", true, 200), ("GET /readyz", "", true, 200),
        ("GET /readyz?verbose", "", false, 200), ("GET /metrics", "", false, 200),
        ("GET /v1/jobs/large/keys/7", "", false, 200),
        ("GET /v1/jobs/none/keys/7", "", false, 404),
        ("GET /v1/jobs/large/versions/1/keys/7", "", false, 200),
        ("POST /v1/jobs/large/lookup", body, false, 200),
        ("POST /v1/lookup", "{\"requests\":[{\"job\":\"large\",\"keys\":[1]}]}", false, 200),
        ("GET /v1/jobs/large/rows?limit=1", "", false, 200),
        ("GET /v1/none", "", true, 404),
    ]

    private static func send(
        _ request: (line: String, body: String, isOpen: Bool, right: Int), _ field: String,
        _ port: Int
    ) async throws -> TestAnswer {
        let text =
            "\(request.line) HTTP/1.1\r\nHost: a\r\n\(field)"
            + "Content-Length: \(request.body.utf8.count)\r\n\r\n\(request.body)"
        return try await blocking {
            let client = try TestClient(port: port)
            try client.send(text)
            var pending: [UInt8] = []
            return try client.receiveAnswer(&pending)
        }
    }

    /// A token for other jobs: this one is not there for its holder, in no route and no list.
    @Test(arguments: TransportKind.allCases)
    func aJobThatATokenDoesNotReachIsNotThere(_ transport: TransportKind) async throws {
        let page = MetricsPage(
            statistics: RequestStatistics(), loads: LoadMetrics(), version: "test")
        let server = try await LiveServer(
            transport, { $0.access = Access(ControlHarness.tokens) },
            metrics: { page.text(of: $0) })
        for request in Self.requests where !request.isOpen {
            let answer = try await Self.send(
                request, "Authorization: Bearer stranger\r\n", server.port)
            let isOfJob = request.line.contains("jobs/") || request.line.contains("lookup")
            let status = request.line.contains("metrics") ? 403 : isOfJob ? 404 : 200
            #expect(answer.status == status, "\(request.line): \(answer.body)")
            #expect(!answer.body.contains("version"), "\(answer.body)")
        }
        let list = try await Self.send(
            ("GET /v1/jobs", "", false, 200), "Authorization: Bearer stranger\r\n", server.port)
        #expect(list.status == 200 && !list.body.contains("large"), "\(list.body)")
        // A name that is nearly right leads nowhere either.
        let near = try await Self.send(
            ("GET /v1/jobs/larg/rows", "", false, 404), "Authorization: Bearer stranger\r\n",
            server.port)
        #expect(near.status == 404 && !near.body.contains("large"), "\(near.body)")
        await server.dataPlane.shutdown()
    }

    @Test(arguments: TransportKind.allCases)
    func readsNeedATokenWhereThereAreAny(_ transport: TransportKind) async throws {
        let statistics = RequestStatistics()
        let page = MetricsPage(statistics: statistics, loads: LoadMetrics(), version: "test")
        let server = try await LiveServer(
            transport, { $0.access = Access(ControlHarness.tokens) },
            metrics: { page.text(of: $0) })
        let fields = [
            ("", 401), ("Authorization: Bearer nobody\r\n", 401),
            ("Authorization: Bearer former\r\n", 401),
            ("Authorization: Bearer reader\r\nAuthorization: Bearer reader\r\n", 401),
            ("Authorization: Bearer reader\r\n", nil), ("authorization: bearer operator\r\n", nil),
        ]
        for request in Self.requests {
            for (field, refusal) in fields {
                let answer = try await Self.send(request, field, server.port)
                let expected = request.isOpen ? request.right : refusal ?? request.right
                #expect(answer.status == expected, "\(request.line) \(field)\(answer.body)")
                guard expected == 401 else { continue }
                #expect(answer.fields["WWW-Authenticate"] == "Bearer realm=\"nostos\"")
                #expect(answer.body.contains("\"type\":\"unauthorized\""))
                // Nothing of the job, be it there or not.
                #expect(answer.fields["Nostos-Version"] == nil)
            }
        }
        await server.dataPlane.shutdown()
    }
}
