public import Logging
import NIOCore
import NIOPosix
public import Nostos
import Synchronization

/// The data plane: serves the fields of a store's keys over HTTP/1.1 (docs/data-plane.md).
///
/// Each thread serves its own connections and answers every request where it reads it, without a
/// task or a hand-over.
public final class DataPlane: Sendable {
    /// The bound port: the requested one, or a free one for port 0.
    public var boundPort: Int { transport.boundPort }
    /// The counts of the answers so far.
    public let statistics: RequestStatistics

    private let transport: any Transport
    private let logger: Logger
    private let isShutDown = Atomic(false)

    /// Binds the address and serves until ``shutdown()``.
    ///
    /// - Parameters:
    /// - store: the store; each request is answered from its newest snapshot.
    /// - options: the address to listen on, and limits.
    /// - statistics: the counts to which answers are added.
    ///   - metrics: makes the text of `/metrics`; without it there is no such path.
    /// - logger: receives starts, ends and unreadable tables; requests are not logged.
    /// - Throws: ``ServerError``; no thread is left running then.
    public init(
        store: any SnapshotSource, options: DataPlaneOptions = DataPlaneOptions(),
        statistics: RequestStatistics = RequestStatistics(),
        metrics: (@Sendable (StoreSnapshot) -> [UInt8])? = nil, logger: Logger
    ) async throws {
        let counter = ConnectionCounter(
            maxCount: OpenFileLimit.connectionCount(atMost: options.maxConnectionCount))
        let context = ServingContext(
            store: store, options: options, counter: counter, statistics: statistics,
            metrics: metrics, logger: logger)
        transport = try await Self.transport(context)
        self.statistics = statistics
        self.logger = logger
        logger.info(
            "data plane started",
            metadata: [
                "server.host": "\(options.host)", "server.port": "\(transport.boundPort)",
                "server.transport": "\(options.tls == nil ? options.transport : .nio)",
            ])
    }

    /// Stops accepting, finishes the requests under way, closes connections after their next
    /// answer, and returns when all are closed: within the drain timeout of 10 seconds, and a tick.
    ///
    /// A second call returns at once.
    public func shutdown() async {
        guard !isShutDown.exchange(true, ordering: .relaxed) else { return }
        logger.info("data plane drains")
        await transport.drain()
        logger.info("data plane stopped")
    }

    private static func transport(
        _ context: ServingContext
    ) async throws(ServerError) -> any Transport {
        let options = context.options
        do {
            let address = try SocketAddress.makeAddressResolvingHost(
                options.host, port: options.port)
            guard options.allowsOtherHosts || address.isLoopback else {
                throw ServerError.notLoopback(host: options.host)
            }
            // Only SwiftNIO has a TLS handler.
            switch options.tls == nil ? options.transport : .nio {
            #if os(Linux)
                case .epoll: return try EpollTransport(context, address)
            #else
                case .epoll: break
            #endif
            case .nio: break
            }
            return try await NIOTransport(context, address)
        } catch let error as ServerError {
            throw error
        } catch {
            throw .cannotBind(host: options.host, port: options.port, reason: "\(error)")
        }
    }
}
