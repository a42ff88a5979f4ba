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
    /// Reads the tokens, at the start and on every SIGHUP; nil is a server for this machine only.
    public var loadTokens: (@Sendable () throws -> [Token])?
    /// Whether the data plane answers without a token although tokens exist.
    public var hasPublicReads = false
    /// The certificate of both planes; nil is plain HTTP.
    public var tls: TLSIdentity?
    /// Whether plain HTTP may leave this machine, because a proxy does TLS.
    public var allowsPlainHTTP = false
    /// The time from the signal to the drain, in which `/readyz` already answers 503 and all other
    /// requests are still served.
    public var endNoticeTime = Duration.zero
    /// The duration above which requests are logged; nil logs none.
    public var slowRequest: Duration? = .milliseconds(100)
    /// Whether all requests are logged.
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

/// The server of `nostos serve`: both planes over one store until a signal ends the process.
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
        // This precedes the binding of a port: a signal right after that must not kill the process.
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
        // The services end one by one, in the opposite order.
        let services: [any Service] = [
            Housekeeping(store: store, catalog: catalog, loads: loads), reloader, controlPlane,
            DataPlaneService(dataPlane: dataPlane, notice: notice, time: options.endNoticeTime),
        ]
        try await run(ServiceGroup(services: services, logger: logger), until: ends, logger)
    }

    /// Runs the services until the first signal and then to their end.
    ///
    /// A second signal ends the process at once.
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
