import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Nostos
import TestSupport
import Testing

@testable import NostosServer

/// A real catalog with the control plane's routes over it, without a socket.
///
/// Its job `large` has two versions.
final class ControlHarness: Sendable {
    /// A token for each scope, and one that has expired; each is its own text.
    static let tokens = [
        Token(name: "reader", digest: Token.digest(of: "reader"), scope: .read),
        Token(name: "publisher", digest: Token.digest(of: "publisher"), scope: .publish),
        Token(name: "operator", digest: Token.digest(of: "operator"), scope: .admin),
        Token(
            name: "stranger", digest: Token.digest(of: "stranger"), scope: .admin,
            reach: JobReach(patterns: ["reco_*"])),
        Token(name: "former", digest: Token.digest(of: "former"), scope: .admin, expiresAt: 1),
    ]

    let catalog: Catalog
    let access: Access?
    /// The reader's side of the same store.
    let store: Store
    private let responder: RouterResponder<ControlContext>
    private let directory: TemporaryDirectory

    /// The answer that came back.
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]

        /// The body as JSON.
        func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body))
        }

        var text: String { String(decoding: body, as: UTF8.self) }

        /// The `type` of a problem document.
        var problem: String? { (try? decode(ProblemType.self))?.type }
        /// The `name` of a problem document.
        var name: String? { (try? decode(Problem.self))?.name }

        private struct ProblemType: Decodable {
            let type: String
        }

        private struct Problem: Decodable {
            let name: String?
        }
    }

    init(
        hasTokens: Bool = true, code: String? = nil, isSecure: Bool = false,
        sessionSeconds: Int64 = 3600
    ) throws {
        directory = try TemporaryDirectory()
        catalog = try Catalog.open(directory.file("store"), create: true)
        for _ in 0..<2 { try LiveServer.publish(catalog) }
        store = try Store(opening: directory.file("store"))
        access = hasTokens ? Access(Self.tokens) : nil
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let gate = ControlGate(
            access: access, code: code, isSecure: isSecure, sessionSeconds: sessionSeconds)
        responder = ControlRouter(
            catalog: catalog, store: store, gate: gate, log: nil, logger: logger
        ).build()
    }

    /// Gets a path.
    func get(
        _ path: String, token: String? = "operator", host: String? = "localhost:7481",
        headers: HTTPFields = HTTPFields()
    ) async throws -> Answer {
        try await send(.get, path, token: token, host: host, headers: headers)
    }

    /// Sends a request; the token's text is `token`, the operator's unless said otherwise.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "",
        token: String? = "operator", host: String? = "localhost:7481",
        headers: HTTPFields = HTTPFields()
    ) async throws -> Answer {
        var fields = headers
        if let token { fields[.authorization] = "Bearer \(token)" }
        if !body.isEmpty, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: host, path: path, headerFields: fields)
        let request = WebRequest(
            head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
        let context = ControlContext(
            source: ApplicationRequestContextSource(
                channel: EmbeddedChannel(), logger: Logger(label: "test")))
        let response = try await responder.respond(to: request, context: context)
        let collected = Collected()
        try await response.body.write(collected)
        return Answer(
            status: response.status.code, headers: response.headers, body: collected.bytes)
    }

    /// The job's state tag now, in quotes.
    func tag() throws -> String {
        let state = try #require(try catalog.job("large"))
        return "\"\(state.stateTag)\""
    }
}

/// Takes a response's body.
private final class Collected: ResponseBodyWriter {
    private let taken = NIOLockedValueBox<[UInt8]>([])

    var bytes: [UInt8] { taken.withLockedValue { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        taken.withLockedValue { $0 += Array(buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
