import Logging
import NIOCore
import NIOPosix

/// The data plane on SwiftNIO: every platform, and TLS by handlers before ours.
final class NIOTransport: Transport {
    let boundPort: Int

    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let sharesPort: Bool
    private let loops: [NIOLoopBound<NIOLoop>]

    /// Binds the address and serves.
    ///
    /// Throws the errors of binding; no thread is left running then.
    init(_ context: ServingContext, _ address: SocketAddress) async throws {
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: max(1, context.options.threadCount))
        do {
            var loops: [NIOLoopBound<NIOLoop>] = []
            for eventLoop in group.makeIterator() {
                let isFirst = loops.isEmpty
                loops.append(
                    try await eventLoop.submit {
                        let serving = ServingLoop(context, logsProblems: isFirst)
                        return NIOLoopBound(
                            NIOLoop(serving, on: eventLoop), eventLoop: eventLoop)
                    }.get())
            }
            listener = try await Self.listen(group, loops, context.options, address)
            self.loops = loops
            for loop in loops { Self.startTicking(loop, every: context.options.tick) }
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        self.group = group
        sharesPort = context.options.sharesPort
        await listener.begin(sharing: sharesPort)
        boundPort = listener.localAddress?.port ?? context.options.port
    }

    func drain() async {
        await listener.end(sharing: sharesPort)
        try? await listener.close()
        let drained = loops.map { loop in
            loop.eventLoop.flatSubmit {
                let promise = loop.eventLoop.makePromise(of: Void.self)
                loop.value.serving.drain { promise.succeed() }
                return promise.futureResult
            }
        }
        for future in drained { try? await future.get() }
        try? await group.shutdownGracefully()
    }

    private static func listen(
        _ group: MultiThreadedEventLoopGroup, _ loops: [NIOLoopBound<NIOLoop>],
        _ options: DataPlaneOptions, _ address: SocketAddress
    ) async throws -> any Channel {
        let byEventLoop = Dictionary(
            uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.reusePort), value: options.sharesPort ? 1 : 0)
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
                    try options.tls?.addHandlers(to: channel)
                    try channel.pipeline.syncOperations.addHandler(
                        NIOConnection(
                            loop: loop.value, client: channel.remoteAddress))
                }
            }
            .bind(to: address).get()
    }

    private static func startTicking(_ loop: NIOLoopBound<NIOLoop>, every tick: Duration) {
        let tick = TimeAmount(tick)
        loop.eventLoop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in
            loop.value.serving.tick()
        }
    }
}
