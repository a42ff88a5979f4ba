import NIOCore
import Nostos

/// One connection: reads whole requests, answers them in order, and cuts clients that stall.
///
/// All requests of one read are answered before anything is written, in one write and one flush.
/// While a client does not take its answers nothing more is read from it, so what a connection
/// holds is bounded: one request, one read, and ``maxOutputSize`` and one answer of output.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Answers are put together up to this size, in bytes, before they must be written.
    static let maxOutputSize = 256 << 10

    private enum Phase {
        /// No byte of a request is there.
        case idle
        /// A request has begun; its head, or else its content, is not complete.
        case inHead, inBody
        /// The last answer is written; input is thrown away until the client closes. Closing at
        /// once would reset the connection under answers that the client has not read yet.
        case ending
    }

    /// Where the loop keeps the connection; nil when it does not.
    var index: Int?

    private let loop: ServingLoop
    private var context: ChannelHandlerContext?
    private var parser = RequestParser()
    private var input = ByteBuffer()
    private var phase = Phase.idle
    private var deadline = NIODeadline.distantFuture
    private var isServing = false
    private var isCounted = false
    private var isReadHeld = false
    private var hasInputEnded = false
    private var isOutputSent = false
    /// What waited for the socket at the last look, and until when less must wait.
    private var stalledSize = 0
    private var stallDeadline: NIODeadline?

    init(loop: ServingLoop) { self.loop = loop }

    // MARK: - Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = loop.counter.add()
        guard isCounted else { return context.close(promise: nil) }
        deadline = loop.now + loop.options.idleTimeout
        loop.add(self)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        forget()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .ending else { return }
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { serve(context) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        serve(context)
        guard isReadHeld, context.channel.isWritable else { return }
        isReadHeld = false
        context.read()
    }

    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable || phase == .ending {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        hasInputEnded = true
        serve(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset, most of the time: nothing that the server could have done better.
        context.close(promise: nil)
    }

    // MARK: - Serving

    private func serve(_ context: ChannelHandlerContext) {
        guard !isServing else { return }
        guard phase != .ending else {
            if hasInputEnded, isOutputSent { close() }
            return
        }
        isServing = true
        defer { isServing = false }
        var needsMore = false
        while !needsMore, phase != .ending, context.channel.isWritable {
            needsMore = answerInput()
            // Nothing can come any more: what is not a whole request will never be one.
            if needsMore, hasInputEnded { phase = .ending }
            flushOutput(context)
        }
    }

    /// Answers the requests that are there, up to a bound on the output; true when the rest is no
    /// whole request.
    private func answerInput() -> Bool {
        let input = input
        let bytes = input.readableBytesUInt8Span
        let snapshot = loop.store.snapshot()
        var start = 0
        var needsMore = false
        while !needsMore, phase != .ending, loop.output.count < Self.maxOutputSize {
            let rest = bytes.extracting(start...)
            switch parser.parse(rest) {
            case .incomplete: needsMore = true
            case .awaitsContinue: loop.output.append(ascii: "HTTP/1.1 100 Continue\r\n\r\n")
            case .request(let request):
                let isLast = !request.keepsAlive || loop.isDraining
                loop.responder.answer(
                    request, in: rest, from: snapshot, time: loop.time,
                    isDraining: loop.isDraining, isLast: isLast, to: &loop.output)
                start += request.size
                phase = isLast ? .ending : .idle
            case .refused(let refusal):
                loop.responder.refuse(refusal, time: loop.time, to: &loop.output)
                phase = .ending
            }
        }
        keepInput(behind: start)
        return needsMore
    }

    /// Drops what was answered, and gives what is left its time.
    private func keepInput(behind consumed: Int) {
        input.moveReaderIndex(forwardBy: consumed)
        guard phase != .ending, input.readableBytes > 0 else {
            input = ByteBuffer()
            deadline = loop.now + loop.options.idleTimeout
            return
        }
        input.discardReadBytes()
        if phase == .idle {
            phase = .inHead
            deadline = loop.now + loop.options.headTimeout
        }
        if phase == .inHead, parser.isInBody {
            phase = .inBody
            deadline = loop.now + loop.options.bodyTimeout
        }
    }

    private func flushOutput(_ context: ChannelHandlerContext) {
        if !loop.output.isEmpty {
            loop.buffer.clear()
            loop.buffer.writeBytes(loop.output)
            loop.output.removeAll(keepingCapacity: true)
            context.writeAndFlush(wrapOutboundOut(loop.buffer), promise: nil)
            loop.trim()
        }
        if phase == .ending { end(context) }
    }

    /// Sends what waits, then the end of the stream, and lingers for the client's.
    private func end(_ context: ChannelHandlerContext) {
        // To close would drop what still waits for the socket: an empty write behind it is the sign.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            self.isOutputSent = true
            self.deadline = self.loop.now + self.loop.options.lingerTimeout
            guard !self.hasInputEnded else { return self.close() }
            self.context?.close(mode: .output, promise: nil)
        }
    }

    // MARK: - Time

    /// Once a tick: closes the connection when its client takes too long.
    func checkDeadlines(drainsIdle: Bool) {
        guard let context else { return }
        if hasPendingOutput(context) {
            let size = pendingSize(context)
            if let stallDeadline, size >= stalledSize {
                if loop.now >= stallDeadline { close() }
            } else {
                stalledSize = size
                stallDeadline = loop.now + loop.options.stallTimeout
            }
            return
        }
        stallDeadline = nil
        if loop.now >= deadline {
            close()
        } else if drainsIdle, phase == .idle {
            phase = .ending
            end(context)
        }
    }

    func close() { context?.close(promise: nil) }

    private func hasPendingOutput(_ context: ChannelHandlerContext) -> Bool {
        pendingSize(context) > 0
    }

    private func pendingSize(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func forget() {
        if isCounted { loop.counter.remove() }
        isCounted = false
        loop.remove(self)
    }
}
