import NIOCore

/// The address and the limits of the data plane (docs/data-plane.md, "Deadlines").
public struct DataPlaneOptions: Sendable {
    /// The address to bind; only loopback addresses are accepted.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 7480
    /// Threads that serve; by default one for each core.
    public var threadCount = System.coreCount
    /// The transport that moves the bytes.
    public var transport = TransportKind.preferred
    /// Open connections; one above is closed at once.
    public var maxConnectionCount = 10_000
    /// The bytes that all connections together may hold of requests that are not complete and of
    /// answers that were not sent; above it the one that holds most is closed.
    public var maxHeldSize = 256 << 20

    /// Whether other processes may listen on the port too, so that one can take over without a gap.
    var sharesPort = false
    /// Whether addresses that other machines reach are accepted; the caller must then provide
    /// tokens and TLS.
    var allowsOtherHosts = false
    /// Connections speak TLS; nil is plain HTTP.
    var tls: TLSIdentity?
    /// The callers that may read; nil is everybody.
    var access: Access?
    /// Whether only requests to a ``LocalHost`` are answered, which protects a server without
    /// tokens.
    var isLocalOnly = false
    /// The origins whose pages may read, such as `https://app.example`, or `*` for all.
    public var allowedOrigins: [String] = []
    /// The log of slow requests, or of all.
    var log: RequestLog?
    /// The notice before the drain, so that load balancers choose other servers.
    var endNotice: EndNotice?

    /// From a request's first byte to the end of its head.
    var headTimeout = Duration.seconds(10)
    /// From there to the end of its content.
    var bodyTimeout = Duration.seconds(10)
    /// From an answer to the first byte of the next request.
    var idleTimeout = Duration.seconds(75)
    /// The longest time in which a client reads no byte of its answer.
    var stallTimeout = Duration.seconds(10)
    /// From the last answer to the client's end of the stream.
    var lingerTimeout = Duration.seconds(2)
    /// From the start of a shutdown to its end.
    var drainTimeout = Duration.seconds(10)
    /// The time between two checks of all deadlines.
    var tick = Duration.seconds(1)

    /// The defaults.
    public init() {}

    /// An origin in the form in which browsers send it, for ``allowedOrigins``; nil where `text` is
    /// neither a scheme, a host and maybe a port, nor `*`.
    public static func origin(_ text: String) -> String? { CrossOrigin.normalized(text) }
}
