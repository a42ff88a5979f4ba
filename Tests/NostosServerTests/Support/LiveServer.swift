import Logging
import NIOCore
import Nostos
import SystemPackage
import TestSupport

@testable import NostosServer

/// A real store with a data plane over it, on a free port.
///
/// Its job `large` has `rowCount` records of two fields, `version` and `padding`; every value says
/// which version it is of, so that a mixed answer shows itself.
final class LiveServer: Sendable {
    let catalog: Catalog
    let store: Store
    let dataPlane: DataPlane
    /// Whether it speaks TLS.
    let isEncrypted: Bool
    private let directory: TemporaryDirectory

    static let rowCount = 100

    init(
        _ transport: TransportKind = .preferred,
        _ change: (inout DataPlaneOptions) -> Void = { _ in },
        metrics: (@Sendable (StoreSnapshot) -> [UInt8])? = nil
    ) async throws {
        directory = try TemporaryDirectory()
        let root = directory.file("store")
        catalog = try Catalog.open(root, create: true)
        try Self.publish(catalog)
        // All tests start at once: a hundred servers that look often would take a core.
        store = try Store(opening: root, interval: .milliseconds(100))
        var options = DataPlaneOptions()
        // A starved client of a busy test run is no slow client: tests of the deadlines set their
        // own.
        options.headTimeout = .seconds(300)
        options.bodyTimeout = .seconds(300)
        options.idleTimeout = .seconds(300)
        options.stallTimeout = .seconds(300)
        options.port = 0
        options.transport = transport
        options.threadCount = 2
        options.tick = .milliseconds(50)
        change(&options)
        isEncrypted = options.tls != nil
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        dataPlane = try await DataPlane(
            store: store, options: options, metrics: metrics, logger: logger)
    }

    /// A server on that transport.
    convenience init(
        _ transport: LiveTransport, _ change: (inout DataPlaneOptions) -> Void = { _ in }
    ) async throws {
        let tls = transport == .tls ? try TLSStream.certificates.get().identity() : nil
        let kind: TransportKind = transport == .epoll ? .epoll : .nio
        try await self.init(kind) { options in
            options.tls = tls
            change(&options)
        }
    }

    var port: Int { dataPlane.boundPort }

    /// Publishes the next version of the job, and makes it current.
    func publish() throws { try Self.publish(catalog) }

    static func publish(_ catalog: Catalog, maxAge: Duration? = nil) throws {
        let run = try catalog.beginRun(job: "large", actor: "test")
        let text = "v\(run.version)"
        let table = TestTable(
            schema: Schema("id:int64 / version:string padding:string"),
            rows: (0..<Self.rowCount).map { row in
                let padding = String(repeating: "\(text)-\(row) ", count: 200)
                return ([.int64(Int64(row))], [.string(text), .string(padding)])
            })
        let summary = try table.write(to: run.tablePath, job: "large", number: run.version)
        try run.checking()
        let record = RunRecord(
            job: "large", version: run.version, startedAt: run.startedAt,
            finishedAt: run.startedAt, outcome: .promoted)
        _ = try run.publish(
            summary: summary, promote: true, keepVersions: 3, dropDelay: .zero, maxAge: maxAge,
            record: record)
    }

    static let get = "GET /v1/jobs/large/keys/7?fields=version HTTP/1.1\r\nHost: a\r\n\r\n"

    /// A lookup of all keys.
    static let lookup: String = {
        let keys = (0..<rowCount).map(String.init).joined(separator: ",")
        let body = "{\"keys\":[\(keys)]}"
        return "POST /v1/jobs/large/lookup HTTP/1.1\r\nHost: a\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }()
}

/// The ways in which a data plane moves bytes, TLS among them: one suite for all.
enum LiveTransport: CaseIterable, Sendable {
    case epoll, nio, tls
}
