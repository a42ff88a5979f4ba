public import Logging
import NIOCore
import NIOPosix
public import Nostos
import Synchronization

/// Who knows what the store's jobs are at this moment.
public protocol SnapshotSource: Sendable {
    /// The newest snapshot; called often, by any thread.
    func snapshot() -> StoreSnapshot
}

extension Store: SnapshotSource {}

/// How the data plane listens, and its limits (CONTRACT §4).
public struct DataPlaneOptions: Sendable {
    /// The address to bind; only loopback addresses are taken.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 7480
    /// Threads that serve; by default one for each core.
    public var threadCount = System.coreCount
    /// What moves the bytes.
    public var transport = TransportKind.preferred
    /// Open connections; one above is closed at once.
    public var maxConnectionCount = 10_000
    /// What all connections together may hold, in bytes, of requests that are not complete and of
    /// answers that were not sent; above it the one that holds most is closed.
    public var maxHeldSize = 256 << 20

    /// Whether other processes may listen on the port too, and take over without a gap.
    var sharesPort = false
    /// Whether addresses are taken that other machines reach: whoever says so sees to tokens and
    /// TLS.
    var allowsOtherHosts = false
    /// Connections speak TLS; nil is plain HTTP.
    var tls: TLSIdentity?
    /// Who may read; nil is everybody.
    var access: Access?
    /// Whether only requests to a ``LocalHost`` are answered: a server that asks nobody for a token
    /// and was not told to let everybody read.
    var isLocalOnly = false
    /// The origins whose pages may read, such as `https://app.example`, or `*` for all.
    public var allowedOrigins: [String] = []
    /// Tells of slow requests, or of all.
    var log: RequestLog?
    /// Given some time before the drain, so that nobody is sent here any more.
    var endNotice: EndNotice?

    /// From a request's first byte to the end of its head.
    var headTimeout = Duration.seconds(10)
    /// From there to the end of its content.
    var bodyTimeout = Duration.seconds(10)
    /// From an answer to the first byte of the next request.
    var idleTimeout = Duration.seconds(75)
    /// Without the client taking a byte of its answer.
    var stallTimeout = Duration.seconds(10)
    /// From the last answer to the client's end of the stream.
    var lingerTimeout = Duration.seconds(2)
    /// From the start of a shutdown to its end.
    var drainTimeout = Duration.seconds(10)
    /// Between two looks at all deadlines.
    var tick = Duration.seconds(1)

    /// The defaults.
    public init() {}

    /// An origin in the form in which browsers send it, for ``allowedOrigins``; nil where `text` is
    /// neither a scheme, a host and maybe a port, nor `*`.
    public static func origin(_ text: String) -> String? { CrossOrigin.normalized(text) }
}

/// The data plane: serves the fields of a store's keys over HTTP/1.1 (CONTRACT §4).
///
/// Each thread serves its connections alone; every request is answered where it is read, without
/// a task or a hand-over.
public final class DataPlane: Sendable {
    /// The port that is bound: the one asked for, or the one that was free.
    public var boundPort: Int { transport.boundPort }
    /// What was answered so far.
    public let statistics: RequestStatistics

    private let transport: any Transport
    private let logger: Logger
    private let isShutDown = Atomic(false)

    /// Binds the address and serves until ``shutdown()``.
    ///
    /// - Parameters:
    ///   - store: each request is answered from its newest snapshot.
    ///   - options: where to listen, and limits.
    ///   - statistics: where answers are counted.
    ///   - metrics: makes the text of `/metrics`; without it there is no such path.
    ///   - logger: gets starts, ends and unreadable tables; requests are not logged.
    /// - Throws: ``ServerError``; no thread is left behind.
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
            // TLS is a handler of SwiftNIO.
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
