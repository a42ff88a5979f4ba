import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Gives a problem document to the one answer that does not come from our router: the library's 400,
/// without content, to bytes that are no HTTP request.
final class BareAnswerHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        // Ours always have content.
        guard case .head(let head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headerFields[.contentLength] == "0"
        else { return context.write(data, promise: promise) }
        let body = ByteBuffer(bytes: ControlAnswer.bytes(of: ControlProblem.notHTTP))
        var fields = ControlAnswer.fields(ControlAnswer.problem)
        fields[.connection] = "close"
        fields[.contentLength] = String(body.readableBytes)
        let answer = HTTPResponse(status: .badRequest, headerFields: fields)
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: promise)
    }
}

extension ControlProblem {
    /// What a client is told whose bytes are no request, before anything is known of it.
    fileprivate static let notHTTP = ControlProblem(.badRequest, "This is no HTTP/1.1 request.")
}
