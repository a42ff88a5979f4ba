public import Logging
import NIOCore
public import Nostos
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The addresses at which `nostos serve` listens, and its requirements on clients.
public struct ServerOptions: Sendable {
    /// The data plane.
    public var dataPlane = DataPlaneOptions()
    /// The control plane's port; 0 takes a free one.
    public var adminPort = 7481
    /// The address of both planes.
    public var host = "127.0.0.1"
    /// Whether another process may listen on the ports too, and take over without a gap.
    public var sharesPorts = false
    /// Reads the tokens, now and whenever SIGHUP comes; nil is a server for this machine alone.
    public var loadTokens: (@Sendable () throws -> [Token])?
    /// Whether the data plane answers without a token although there are some.
    public var hasPublicReads = false
    /// The certificate of both planes; nil is plain HTTP.
    public var tls: TLSIdentity?
    /// Whether plain HTTP may leave this machine: a proxy does TLS.
    public var allowsPlainHTTP = false
    /// From the signal to the drain: `/readyz` says 503 already, and everything is answered still.
    public var endNoticeTime = Duration.zero
    /// Requests that take longer are told in the log; nil tells of none.
    public var slowRequest: Duration? = .milliseconds(100)
    /// Whether all requests are told in the log.
    public var logsRequests = false
    /// The program's version, for `/metrics`.
    public var version = ""

    /// The defaults.
    public init() {}
}

/// The addresses at which a server listens, for people.
public struct ServerAddresses: Sendable {
    /// The port of the data plane.
    public let port: Int
    /// The port of the control plane.
    public let adminPort: Int
    /// The one-time code of `/login`; nil where there are tokens.
    public let code: String?
}

/// `nostos serve`: both planes over one store until the process is told to end.
public enum Server {
    /// Serves a store until SIGTERM or SIGINT comes, then drains and returns.
    ///
    /// SIGHUP reads tokens and certificates again. Calls `started` once, when both ports are bound.
    ///
    /// - Throws: ``ServerError``; nothing is left running.
    public static func run(
        store: Store, catalog: Catalog, options: ServerOptions, logger: Logger,
        started: (ServerAddresses) -> Void = { _ in }
    ) async throws {
        // Before a port is bound: a signal that comes right after must not kill the process.
        let reloads = await UnixSignalsSequence(trapping: .sighup)
        let ends = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let access = try options.loadTokens.map { Access(try Self.tokens($0)) }
        try Exposure(options).check()
        try Exposure.check(store: catalog.root)
        try PortProbe.check(
            host: options.host, ports: [options.dataPlane.port, options.adminPort],
            sharesPorts: options.sharesPorts)
        let code = access == nil ? RandomText.make() : nil
        let loads = LoadMetrics()
        let log = RequestLog(
            slowerThan: options.slowRequest, logsAll: options.logsRequests, logger: logger)
        let notice = EndNotice()
        let dataPlane = try await dataPlane(store, options, access, loads, log, notice, logger)
        let controlPlane: ControlPlane
        do throws(ServerError) {
            controlPlane = try await Self.controlPlane(
                catalog, store, options, access, code, log, logger)
        } catch {
            await dataPlane.shutdown()
            throw error
        }
        started(
            ServerAddresses(
                port: dataPlane.boundPort, adminPort: controlPlane.boundPort, code: code))
        let reloader = Reloader(
            signals: reloads, access: access, loadTokens: options.loadTokens, tls: options.tls,
            logger: logger)
        // They end in the opposite order, one after the other.
        let services: [any Service] = [
            Housekeeping(store: store, catalog: catalog, loads: loads), reloader, controlPlane,
            DataPlaneService(dataPlane: dataPlane, notice: notice, time: options.endNoticeTime),
        ]
        try await run(ServiceGroup(services: services, logger: logger), until: ends, logger)
    }

    /// Runs the services until the first signal, and to their end; who sends a second one does not
    /// want to wait for that.
    private static func run(
        _ group: ServiceGroup, until ends: UnixSignalsSequence, _ logger: Logger
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var isEnding = false
                for await signal in ends {
                    if isEnding { exit(1) }
                    isEnding = true
                    logger.info("ending", metadata: ["signal": "\(signal)"])
                    await group.triggerGracefulShutdown()
                }
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private static func dataPlane(
        _ store: Store, _ options: ServerOptions, _ access: Access?, _ loads: LoadMetrics,
        _ log: RequestLog, _ notice: EndNotice, _ logger: Logger
    ) async throws(ServerError) -> DataPlane {
        var plane = options.dataPlane
        (plane.host, plane.allowsOtherHosts) = (options.host, true)
        (plane.sharesPort, plane.tls) = (options.sharesPorts, options.tls)
        plane.access = options.hasPublicReads ? nil : access
        plane.isLocalOnly = access == nil
        (plane.log, plane.endNotice) = (log, notice)
        let statistics = RequestStatistics()
        let page = MetricsPage(statistics: statistics, loads: loads, version: options.version)
        do {
            return try await DataPlane(
                store: store, options: plane, statistics: statistics,
                metrics: { page.text(of: $0) }, logger: logger)
        } catch let error as ServerError {
            throw error
        } catch {
            throw .cannotBind(host: plane.host, port: plane.port, reason: "\(error)")
        }
    }

    private static func controlPlane(
        _ catalog: Catalog, _ store: Store, _ options: ServerOptions, _ access: Access?,
        _ code: String?, _ log: RequestLog, _ logger: Logger
    ) async throws(ServerError) -> ControlPlane {
        let gate = ControlGate(access: access, code: code, isSecure: options.tls != nil)
        let router = ControlRouter(
            catalog: catalog, store: store, gate: gate, log: log, logger: logger)
        var plane = ControlPlaneOptions()
        (plane.host, plane.port) = (options.host, options.adminPort)
        (plane.sharesPort, plane.tls) = (options.sharesPorts, options.tls)
        return try await ControlPlane(router: router, options: plane, logger: logger)
    }

    fileprivate static func tokens(
        _ load: @Sendable () throws -> [Token]
    ) throws(ServerError) -> [Token] {
        do { return try load() } catch { throw .badTokens(reason: "\(error)") }
    }
}
