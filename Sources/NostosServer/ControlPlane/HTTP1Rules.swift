import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// The rules of HTTP/1 that the library leaves to its users: the end of connections, `Expect`, the
/// forms of targets, and problem documents for bytes that are not a request.
///
/// Each connection has one, between the library's parser and the router.
final class HTTP1Rules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request that is not answered yet.
    private struct Pending {
        let version: HTTPVersion
        let isKeptAlive: Bool
        /// Whether the client waits for `100 Continue` before it sends the content.
        let waitsForContinue: Bool
    }

    private let deadline: HeadDeadline
    /// Oldest first: the client may send requests before it has the answers to earlier ones.
    private var pending = CircularBuffer<Pending>()
    /// The parser's error, which ends the connection after the answer to it.
    private var failure: HTTPParserError?

    init(_ deadline: HeadDeadline) { self.deadline = deadline }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            deadline.headArrived()
            note(&head, context)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body: context.fireChannelRead(data)
        case .end:
            deadline.requestEnded()
            context.fireChannelRead(data)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error as? HTTPParserError
        context.fireErrorCaught(error)
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        switch unwrapOutboundIn(data) {
        case .head(let head): writeHead(head, context, promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            _ = pending.popFirst()
            sendContinue(context)
        }
    }

    /// Rewrites a head to the one form that the rest of the server reads.
    private func note(_ head: inout HTTPRequestHead, _ context: ChannelHandlerContext) {
        let isKeptAlive = head.isKeepAlive
        // The library compares the field with exactly this text.
        if !isKeptAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        let target = RequestTarget(head.uri)
        head.uri = target.text
        if let authority = target.authority {
            // RFC 9112 §3.2.2: the target's authority counts, not the Host field.
            head.headers.replaceOrAdd(name: "Host", value: authority)
        } else if head.version == .http1_0, head.headers["Host"].isEmpty {
            // HTTP/1.0 has no Host field: the request is for the address to which it was sent.
            head.headers.add(name: "Host", value: context.localAddress?.ipAddress ?? "localhost")
        }
        let waits = head.version != .http1_0 && head.isContinueExpected && !head.isTooLarge
        pending.append(
            Pending(version: head.version, isKeptAlive: isKeptAlive, waitsForContinue: waits))
        if pending.count == 1 { sendContinue(context) }
    }

    /// Sends `100 Continue` if the oldest request waits for it (RFC 9110 §10.1.1).
    private func sendContinue(_ context: ChannelHandlerContext) {
        guard pending.first?.waitsForContinue == true else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func writeHead(
        _ head: HTTPResponseHead, _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        var head = head
        guard let failure, pending.isEmpty else {
            if let request = pending.first, head.headers["Connection"].isEmpty {
                if !request.isKeptAlive {
                    head.headers.add(name: "Connection", value: "close")
                } else if request.version == .http1_0 {
                    head.headers.add(name: "Connection", value: "keep-alive")
                }
            }
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        }
        // The library's own answer has neither content nor reason.
        let answer = BareAnswer(failure)
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: promise)
    }
}

extension HTTPRequestHead {
    /// Whether `Expect` asks for `100 Continue`.
    fileprivate var isContinueExpected: Bool {
        headers[canonicalForm: "Expect"].contains { $0.lowercased() == "100-continue" }
    }

    /// Whether the content is refused anyway, so that the client need not send it.
    fileprivate var isTooLarge: Bool {
        headers.first(name: "Content-Length").flatMap(Int.init).map { $0 > ControlBody.maxSize }
            ?? false
    }
}

/// The answer to bytes that are not a request, which never reach the router.
private struct BareAnswer {
    let head: HTTPResponseHead
    let body: ByteBuffer

    init(_ error: HTTPParserError) {
        let answer = ControlAnswer.problem(ControlProblem(error))
        body = ByteBuffer(bytes: answer.content)
        var fields = answer.headFields
        fields[.connection] = "close"
        fields[.contentLength] = String(body.readableBytes)
        head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status.code),
            headers: HTTPHeaders(fields.map { ($0.name.rawName, $0.value) }))
    }
}

extension ControlProblem {
    /// The problem of bytes that the parser refuses.
    fileprivate init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow:
            self.init(
                .fieldsTooLarge,
                "There are more than \(ControlRequest.maxFieldsSize) bytes of header fields.")
        case .invalidVersion:
            self.init(.unknownVersion, "Send HTTP/1.1 or HTTP/1.0.")
        default: self.init(.badRequest, "This is no HTTP/1.1 request.")
        }
    }
}
