public import Logging
import NIOCore
import NIOPosix
public import Nostos
import Synchronization

/// How the data plane listens, and its limits (CONTRACT §4).
public struct DataPlaneOptions: Sendable {
    /// The address to bind; only loopback addresses are taken.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 7480
    /// Event-loop threads; by default one for each core.
    public var threadCount = System.coreCount
    /// Open connections; one above is closed at once.
    public var maxConnectionCount = 10_000

    /// From a request's first byte to the end of its head.
    var headTimeout = TimeAmount.seconds(10)
    /// From there to the end of its content.
    var bodyTimeout = TimeAmount.seconds(10)
    /// From an answer to the first byte of the next request.
    var idleTimeout = TimeAmount.seconds(75)
    /// Without the client taking a byte of its answer.
    var stallTimeout = TimeAmount.seconds(10)
    /// From the last answer to the client's end of the stream.
    var lingerTimeout = TimeAmount.seconds(2)
    /// From the start of a shutdown to its end.
    var drainTimeout = TimeAmount.seconds(10)
    /// Between two looks at all deadlines.
    var tick = TimeAmount.seconds(1)

    /// The defaults.
    public init() {}
}

/// Why the server does not start.
public enum ServerError: Error, Sendable, Equatable {
    /// The address is none, or is in use, or may not be bound.
    case cannotBind(host: String, port: Int, reason: String)
    /// An address that other machines reach: without tokens the server is for this one only.
    case notLoopback(host: String)
}

extension ServerError: CustomStringConvertible {
    /// The message for people.
    public var description: String {
        switch self {
        case .cannotBind(let host, let port, let reason):
            "cannot listen on \(host), port \(port): \(reason)"
        case .notLoopback(let host):
            "will not listen on \(host): other machines could reach it, and no tokens are set up;"
                + " use a loopback address such as 127.0.0.1"
        }
    }
}

/// The data plane: serves the fields of a store's keys over HTTP/1.1 (CONTRACT §4).
///
/// Each thread serves its connections alone; every request is answered where it is read, without
/// a task or a hand-over.
public final class DataPlane: Sendable {
    /// The port that is bound: the one asked for, or the one that was free.
    public let boundPort: Int

    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let loops: [NIOLoopBound<ServingLoop>]
    private let logger: Logger
    private let isShutDown = Atomic(false)

    /// Binds the address and serves until ``shutdown()``.
    ///
    /// - Parameters:
    ///   - store: each request is answered from its newest snapshot.
    ///   - options: where to listen, and limits.
    ///   - logger: gets starts, ends and unreadable tables; requests are not logged.
    /// - Throws: ``ServerError``; no thread is left behind.
    public init(
        store: Store, options: DataPlaneOptions = DataPlaneOptions(), logger: Logger
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.threadCount))
        do {
            let counter = ConnectionCounter(
                maxCount: OpenFileLimit.connectionCount(atMost: options.maxConnectionCount))
            var loops: [NIOLoopBound<ServingLoop>] = []
            for eventLoop in group.makeIterator() {
                let isFirst = loops.isEmpty
                loops.append(
                    try await eventLoop.submit {
                        let loop = ServingLoop(
                            store: store, options: options, counter: counter, logger: logger,
                            logsProblems: isFirst, eventLoop: eventLoop)
                        return NIOLoopBound(loop, eventLoop: eventLoop)
                    }.get())
            }
            listener = try await Self.listen(group, loops, options)
            for loop in loops { Self.startTicking(loop, every: options.tick) }
            self.loops = loops
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        self.group = group
        self.logger = logger
        boundPort = listener.localAddress?.port ?? options.port
        logger.info(
            "data plane started",
            metadata: ["server.host": "\(options.host)", "server.port": "\(boundPort)"])
    }

    /// Stops accepting, finishes the requests under way, closes connections after their next
    /// answer, and returns when all are closed: within the drain timeout of 10 seconds, and a tick.
    ///
    /// A second call returns at once.
    public func shutdown() async {
        guard !isShutDown.exchange(true, ordering: .relaxed) else { return }
        logger.info("data plane drains")
        try? await listener.close()
        let drained = loops.map { loop in
            loop.eventLoop.flatSubmit { loop.value.drain() }
        }
        for future in drained { try? await future.get() }
        try? await group.shutdownGracefully()
        logger.info("data plane stopped")
    }

    private static func listen(
        _ group: MultiThreadedEventLoopGroup, _ loops: [NIOLoopBound<ServingLoop>],
        _ options: DataPlaneOptions
    ) async throws(ServerError) -> any Channel {
        let byEventLoop = Dictionary(
            uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        do {
            let address = try SocketAddress.makeAddressResolvingHost(
                options.host, port: options.port)
            guard isLoopback(address) else { throw ServerError.notLoopback(host: options.host) }
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 4096)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelInitializer { channel in
                    // Out of file descriptors: wait instead of asking again and again.
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                    }
                }
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let loop = byEventLoop[ObjectIdentifier(channel.eventLoop)] else {
                            throw ChannelError.operationUnsupported
                        }
                        try channel.pipeline.syncOperations.addHandler(
                            ConnectionHandler(loop: loop.value))
                    }
                }
                .bind(to: address).get()
        } catch let error as ServerError {
            throw error
        } catch {
            throw .cannotBind(host: options.host, port: options.port, reason: "\(error)")
        }
    }

    private static func isLoopback(_ address: SocketAddress) -> Bool {
        let text = address.ipAddress ?? ""
        return text == "::1" || text.hasPrefix("127.")
    }

    private static func startTicking(_ loop: NIOLoopBound<ServingLoop>, every tick: TimeAmount) {
        loop.eventLoop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in
            loop.value.tick()
        }
    }
}
