import Foundation
import Testing

@testable import NostosServer

/// The document says what the routes do, and nothing else.
@Suite(.timeLimit(.minutes(10))) struct DataPlaneAPITests {
    private static func document() throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(DataPlaneAPI.bytes))
        return try #require(json as? [String: Any])
    }

    private static func paths() throws -> [String: [String: Any]] {
        try #require(try document()["paths"] as? [String: [String: Any]])
    }

    /// The path of a route as the document spells it; a route more does not compile here.
    private static func path(of route: Route) -> String {
        switch route {
        case .alive: "/livez"
        case .ready: "/readyz"
        case .metrics: "/metrics"
        case .document: "/v1/openapi.json"
        case .record(_, nil, _): "/v1/jobs/{job}/keys/{key}"
        case .record: "/v1/jobs/{job}/versions/{version}/keys/{key}"
        case .lookup: "/v1/jobs/{job}/lookup"
        case .lookups: "/v1/lookup"
        case .rows(_, nil): "/v1/jobs/{job}/rows"
        case .rows: "/v1/jobs/{job}/versions/{version}/rows"
        case .jobs: "/v1/jobs"
        case .server: "*"
        }
    }

    /// A path of the test's store.
    private static func example(of path: String) -> String {
        path.replacing("{job}", with: "large").replacing("{key}", with: "7")
            .replacing("{version}", with: "1")
    }

    private static func route(of path: String) -> Route? {
        let bytes = Array(example(of: path).utf8)
        return Route(bytes.span, path: 0..<bytes.count)
    }

    @Test func eachDocumentedPathIsARoute() throws {
        for (path, item) in try Self.paths() {
            let route = try #require(Self.route(of: path), "\(path)")
            #expect(Self.path(of: route) == path)
            #expect(route.takes(.get) == (item["get"] != nil), "\(path)")
            #expect(route.takes(.post) == (item["post"] != nil), "\(path)")
            #expect(route.isOpen(query: 0..<0) == Self.isOpen(item), "\(path)")
        }
    }

    @Test func eachRouteIsDocumented() throws {
        let none = 0..<0
        let routes: [Route] = [
            .alive, .ready, .metrics, .document, .record(job: none, version: nil, key: none),
            .record(job: none, version: none, key: none), .lookup(job: none), .lookups,
            .rows(job: none, version: nil), .rows(job: none, version: none), .jobs,
        ]
        #expect(Set(try Self.paths().keys) == Set(routes.map(Self.path)))
    }

    private static func isOpen(_ item: [String: Any]) -> Bool {
        let operation = (item["get"] ?? item["post"]) as? [String: Any]
        return (operation?["security"] as? [Any])?.isEmpty == true
    }

    /// Every path with every method, over a socket: what is documented answers as it says, and
    /// nothing else is taken.
    @Test func theServerDoesAsTheDocumentSays() async throws {
        let server = try await LiveServer(metrics: { _ in [] })
        let bodies = [
            "/v1/jobs/{job}/lookup": #"{"keys":[7]}"#,
            "/v1/lookup": #"{"requests":[{"job":"large","keys":[7]}]}"#,
        ]
        for (path, item) in try Self.paths() {
            for method in ["GET", "HEAD", "POST", "QUERY", "PUT", "DELETE", "OPTIONS"] {
                let body = bodies[path] ?? ""
                let text =
                    "\(method) \(Self.example(of: path)) HTTP/1.1\r\nHost: a\r\n"
                    + "Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                let bytes = try await blocking {
                    let client = try TestClient(port: server.port)
                    try client.send(text)
                    return Array(try client.receiveAll().utf8)
                }
                let answer = TestAnswer(bytes)
                let stands = ["HEAD": "get", "QUERY": "post"][method] ?? method.lowercased()
                if method == "OPTIONS" {
                    #expect(answer.status == 204, "\(path)")
                    #expect(answer.fields["Allow"]?.hasSuffix(", OPTIONS") == true)
                    continue
                }
                guard let operation = item[stands] as? [String: Any] else {
                    #expect(answer.status == 405, "\(method) \(path)")
                    #expect(answer.fields["Allow"] != nil)
                    continue
                }
                #expect(answer.status == 200, "\(method) \(path): \(answer.body)")
                let type = try #require(answer.fields["Content-Type"]).prefix { $0 != ";" }
                #expect(try Self.types(operation).contains(String(type)), "\(method) \(path)")
                #expect(answer.body.isEmpty == (method == "HEAD" || path == "/metrics"))
            }
        }
        await server.dataPlane.shutdown()
    }

    /// The types of a good answer's content.
    private static func types(_ operation: [String: Any]) throws -> [String] {
        let responses = try #require(operation["responses"] as? [String: [String: Any]])
        let content = try #require(responses["200"]?["content"] as? [String: Any])
        return Array(content.keys)
    }

    @Test func theDocumentIsServedAsItIs() async throws {
        let server = try await LiveServer { $0.access = Access([]) }
        let answer = try await blocking {
            let client = try TestClient(port: server.port)
            try client.send("GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n")
            var pending: [UInt8] = []
            return try client.receiveAnswer(&pending)
        }
        #expect(answer.status == 200)
        #expect(answer.body == DataPlaneAPI.document)
        await server.dataPlane.shutdown()
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let document = try Self.document()
        for match in DataPlaneAPI.document.matches(of: /"#\/([\w\/]+)"/) {
            var found: Any? = document
            for part in match.1.split(separator: "/") {
                found = (found as? [String: Any])?[String(part)]
            }
            #expect(found != nil, "\(match.1)")
        }
    }

    @Test func everyProblemsStatusIsListed() throws {
        for item in try Self.paths().values {
            let operation = try #require((item["get"] ?? item["post"]) as? [String: Any])
            let listed = try #require(operation["responses"] as? [String: Any]).keys
            for kind in ProblemKind.allCases where !kind.isOfControlPlaneOnly {
                #expect(listed.contains(String(kind.status.rawValue)), "\(kind)")
            }
        }
    }
}
