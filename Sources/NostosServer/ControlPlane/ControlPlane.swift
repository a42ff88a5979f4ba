import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOPosix
import Nostos
import ServiceLifecycle

/// The settings of the control plane's listener.
struct ControlPlaneOptions: Sendable {
    var host = "127.0.0.1"
    var port = 7481
    /// See ``DataPlaneOptions/sharesPort``.
    var sharesPort = false
    var tls: TLSIdentity?
    /// More connections wait until one is closed.
    var maxConnectionCount = 256
    /// From an answer to the next request, as on the data plane: longer than the 60 seconds for
    /// which proxies keep connections.
    var idleTimeout = TimeAmount.seconds(75)
    /// From a connection's start, or a head's first byte, to the head's end.
    var headTimeout = TimeAmount.seconds(10)
}

/// The control plane: shows and changes the catalog over HTTP.
///
/// See docs/rest.md, "The catalog and its verbs (port 7481)". Clarity counts here, not
/// microseconds.
///
/// It binds its port when it is made and answers while it runs.
struct ControlPlane: Service {
    /// The port that is bound.
    let boundPort: Int

    private let server: NIOAsyncChannel<HTTP1Channel.Value, Never>
    private let connections: HTTP1Channel
    private let quiescing: ServerQuiescingHelper
    private let sharesPort: Bool
    private let logger: Logger

    /// Binds the address; from then on ``run()`` must be called.
    init(
        router: ControlRouter, options: ControlPlaneOptions, logger: Logger
    ) async throws(ServerError) {
        let group = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: group)
        let connections = HTTP1Channel(
            responder: ControlResponder(responder: router.build(), logger: logger).respond,
            configuration: HTTP1Channel.Configuration(
                idleTimeout: options.idleTimeout,
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: 2 * ControlRequest.maxFieldsSize,
                    maxHeaderListSize: 2 * ControlRequest.maxFieldsSize)))
        do {
            server = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(
                    .socketOption(.reusePort), value: options.sharesPort ? 1 : 0
                )
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(
                            AvailableConnectionsChannelHandler<MaximumAvailableConnections>(
                                maxConnections: options.maxConnectionCount))
                        try pipeline.addHandler(
                            quiescing.makeServerChannelHandler(channel: channel))
                    }
                }
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .bind(
                    host: options.host, port: options.port, serverBackPressureStrategy: nil
                ) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try options.tls?.addHandlers(to: channel)
                    }.flatMap {
                        connections.setup(channel: channel, logger: logger)
                    }.flatMapThrowing { connection in
                        try Self.addRules(to: channel, headTimeout: options.headTimeout)
                        return connection
                    }
                }
        } catch {
            throw .cannotBind(host: options.host, port: options.port, reason: "\(error)")
        }
        self.connections = connections
        self.quiescing = quiescing
        sharesPort = options.sharesPort
        await server.channel.begin(sharing: sharesPort)
        self.logger = logger
        boundPort = server.channel.localAddress?.port ?? options.port
        logger.info(
            "control plane started",
            metadata: ["server.host": "\(options.host)", "server.port": "\(boundPort)"])
    }

    /// Adds the rules of HTTP/1 around the library's parser.
    private static func addRules(to channel: any Channel, headTimeout: TimeAmount) throws {
        let pipeline = channel.pipeline.syncOperations
        let deadline = HeadDeadline(headTimeout)
        let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(deadline, position: .before(parser))
        let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(HTTP1Rules(deadline), position: .before(codec))
    }

    /// Answers until the service group shuts down: then nothing more is accepted, requests under
    /// way are finished, and idle connections are closed.
    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                try await server.executeThenClose { accepted in
                    for try await connection in accepted {
                        group.addTask {
                            await connections.handle(value: connection, logger: logger)
                        }
                    }
                }
            }
        } onGracefulShutdown: {
            Task {
                await server.channel.end(sharing: sharesPort)
                quiescing.initiateShutdown(promise: nil)
            }
        }
        logger.info("control plane stopped")
    }

    /// Releases the port without having run.
    func close() async { try? await server.channel.close() }
}

/// One request in, one response out, on one connection.
private struct ControlResponder: Sendable {
    /// The connection must be closed: an answer was sent before its request was read.
    struct ConnectionEnds: Error {}

    let responder: RouterResponder<ControlContext>
    let logger: Logger

    @concurrent @Sendable func respond(
        to request: WebRequest, writer: consuming ResponseWriter, channel: any Channel
    ) async throws {
        let context = ControlContext(
            source: ApplicationRequestContextSource(channel: channel, logger: logger))
        // The middleware turns errors into answers.
        let response = try await responder.respond(to: request, context: context)
        let ends = response.headers[.connection] == "close"
        try await writer.write(response: response.head, body: response.body)
        if ends { throw ConnectionEnds() }
    }
}
