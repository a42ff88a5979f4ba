import NIOCore

/// Answers a client that speaks plain HTTP to a port that speaks TLS: 400, with the reason as text.
///
/// It inspects a connection's first byte: a TLS handshake begins with 22 (RFC 8446 §5.1), a request
/// with a letter.
final class PlainHTTPRefusal: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let answer: String = {
        let text = "This port speaks TLS: send the request to https:// instead.\n"
        return "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
            + "Content-Length: \(text.utf8.count)\r\nCache-Control: no-store\r\n"
            + "Connection: close\r\n\r\n\(text)"
    }()

    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        let bytes = unwrapInboundIn(data)
        guard let first = bytes.readableBytesView.first else { return }
        guard Self.isLetter(first) else {
            // TLS handles a handshake, and reports any unknown protocol.
            context.fireChannelRead(data)
            return context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        isRefused = true
        // Closing with unread bytes would reset the answer. The rest is therefore read and dropped
        // until the client closes or the handshake's deadline passes.
        let answer = ByteBuffer(string: Self.answer)
        context.writeAndFlush(wrapOutboundOut(answer)).assumeIsolated().whenComplete { _ in
            context.close(mode: .output, promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isRefused, let event = event as? ChannelEvent, event == .inputClosed {
            return context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Whether a method could begin with the byte.
    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
