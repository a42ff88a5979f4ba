import Logging
import NIOCore
import Nostos

@testable import NostosServer

/// A control plane on a free port, over the catalog of a ``ControlHarness``.
final class LiveControl: Sendable {
    let harness: ControlHarness
    let plane: ControlPlane
    private let running: Task<Void, any Error>

    init(
        hasTokens: Bool = false, log: RequestLog? = nil,
        _ change: (inout ControlPlaneOptions) -> Void = { _ in }
    ) async throws {
        harness = try ControlHarness(hasTokens: hasTokens)
        var options = ControlPlaneOptions()
        options.port = 0
        // A starved client of a busy test run is no slow client: tests of the deadlines set their
        // own.
        (options.headTimeout, options.idleTimeout) = (.seconds(300), .seconds(300))
        change(&options)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let gate = ControlGate(access: harness.access, code: nil, isSecure: false)
        let plane = try await ControlPlane(
            router: ControlRouter(catalog: harness.catalog, gate: gate, log: log, logger: logger),
            options: options, logger: logger)
        self.plane = plane
        running = Task { try await plane.run() }
    }

    /// Sends the text on a new connection, and gives what came until the server closed.
    func exchange(_ text: String) async throws -> String {
        let port = plane.boundPort
        return try await blocking {
            let client = try TestClient(port: port)
            try client.send(text)
            return try client.receiveAll()
        }
    }

    /// Ends the server.
    func stop() async {
        running.cancel()
        _ = await running.result
    }
}
