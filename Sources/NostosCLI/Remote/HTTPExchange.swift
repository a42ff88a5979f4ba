import NIOCore
import NIOHTTP1
import NIOPosix
import NostosTLS

/// The address of a server, as `--url` states it.
struct ServerAddress: Equatable {
    let isSecure: Bool
    let host: String
    let port: Int

    /// The address of `http://host:port` or `https://host:port`, with nothing after it but a `/`.
    init?(_ url: String) {
        var rest = url[...]
        if let secure = rest.dropping(prefix: "https://") {
            (isSecure, rest) = (true, secure)
        } else if let plain = rest.dropping(prefix: "http://") {
            (isSecure, rest) = (false, plain)
        } else {
            return nil
        }
        if rest.last == "/" { rest.removeLast() }
        let isBracketed = rest.first == "["
        let hostEnd =
            isBracketed
            ? rest.firstIndex(of: "]").map { rest.index(after: $0) } : rest.firstIndex(of: ":")
        let host = rest[..<(hostEnd ?? rest.endIndex)]
        self.host = isBracketed ? String(host.dropFirst().dropLast()) : String(host)
        let portText = rest[host.endIndex...]
        guard hostEnd != nil || !isBracketed,
            let port = portText.isEmpty ? 7481 : Int(portText.dropFirst()),
            (1...65535).contains(port), portText.isEmpty || portText.first == ":",
            !self.host.isEmpty, !self.host.contains(where: { "/?#@ ".contains($0) })
        else { return nil }
        self.port = port
    }

    /// The `Host` field's value.
    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Whether the address is this machine, so that nobody can read the traffic.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}

extension Substring {
    fileprivate func dropping(prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}

/// One request on one connection, and its whole answer.
enum HTTPExchange {
    /// The largest answer, in bytes.
    static let maxAnswerSize = 256 << 20
    static let connectTimeout = TimeAmount.seconds(10)
    /// The time without a byte of the answer; a comparison of large tables takes minutes.
    static let answerTimeout = TimeAmount.minutes(10)

    struct Request {
        var method = HTTPMethod.GET
        let path: String
        var headers = HTTPHeaders()
        var body = ""
    }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    /// Sends the request and waits for the answer; throws what connecting, TLS or reading throws.
    static func send(
        _ request: Request, to address: ServerAddress, tls: TLSContext?
    ) throws -> Answer {
        let group = MultiThreadedEventLoopGroup.singleton
        let promise = group.any().makePromise(of: Answer.self)
        let channel: any Channel
        do {
            channel = try ClientBootstrap(group: group)
                .connectTimeout(connectTimeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let tls {
                            try pipeline.addHandler(TLSHandler(tls, server: address.host))
                        }
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandlers([
                            IdleStateHandler(allTimeout: answerTimeout), AnswerCollector(promise),
                        ])
                    }
                }
                .connect(host: address.host, port: address.port).wait()
        } catch {
            promise.fail(error)
            throw error
        }
        defer { channel.close(promise: nil) }
        var headers = request.headers
        headers.add(name: "Host", value: address.authority)
        headers.add(name: "Connection", value: "close")
        if request.method != .GET {
            headers.add(name: "Content-Length", value: String(request.body.utf8.count))
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: request.method, uri: request.path, headers: headers)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if !request.body.isEmpty {
            let body = ByteBuffer(string: request.body)
            channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return try promise.futureResult.wait()
    }
}

/// The reason why there is no whole answer.
enum ExchangeError: Error, CustomStringConvertible {
    case closed, tooLarge, silent

    var description: String {
        switch self {
        case .closed: "the connection was closed before the whole answer"
        case .tooLarge: "the answer is larger than \(HTTPExchange.maxAnswerSize >> 20) MiB"
        case .silent: "no answer came in time"
        }
    }
}

/// The handler that collects the parts of an answer.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<HTTPExchange.Answer>
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    init(_ promise: EventLoopPromise<HTTPExchange.Answer>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part):
            body += Array(part.readableBytesView)
            guard body.count > HTTPExchange.maxAnswerSize else { return }
            promise.fail(ExchangeError.tooLarge)
            context.close(promise: nil)
        case .end:
            guard let head else { return }
            promise.succeed(
                HTTPExchange.Answer(
                    status: Int(head.status.code), headers: head.headers, body: body))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        promise.fail(ExchangeError.silent)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Without effect where the answer is complete.
        promise.fail(ExchangeError.closed)
    }
}
