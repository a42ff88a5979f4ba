import NIOCore
import Nostos

/// One connection on SwiftNIO.
///
/// It answers all requests of one read before it writes, in one write and one flush. While a client
/// does not read its answers, the server reads nothing more from it.
final class NIOConnection: ChannelDuplexHandler, ServedConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var index: Int?
    private(set) var heldSize = 0

    private let loop: NIOLoop
    private var serving: ServingLoop { loop.serving }
    private var context: ChannelHandlerContext?
    private var conversation: Conversation
    private var input = ByteBuffer()
    private var isServing = false
    private var isCounted = false
    private var isReadHeld = false
    /// Whether the connection continues without more bytes from the client.
    private var hasMoreToDo = false
    private var hasInputEnded = false
    private var isOutputSent = false
    /// The size that waited for the socket at the last look, and the time until which it must
    /// shrink.
    private var stalledSize = 0
    private var stallDeadline: Int64?

    init(loop: NIOLoop, client address: SocketAddress?) {
        self.loop = loop
        conversation = Conversation(loop.serving, client: ClientAddress(address))
    }

    // MARK: - Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = serving.counter.add()
        guard isCounted else { return context.close(promise: nil) }
        serving.add(self)
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
        guard conversation.phase != .ending else { return }
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { serve(context) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        serve(context)
        readIfHeld(context)
    }

    func read(context: ChannelHandlerContext) {
        isReadHeld = true
        readIfHeld(context)
    }

    private func readIfHeld(_ context: ChannelHandlerContext) {
        let takesMore = context.channel.isWritable && !hasMoreToDo
        guard isReadHeld, takesMore || conversation.phase == .ending else { return }
        isReadHeld = false
        context.read()
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
        guard conversation.phase != .ending else {
            if hasInputEnded, isOutputSent { close() }
            return
        }
        guard context.channel.isWritable else { return }
        isServing = true
        serving.beginTurn()
        let needsInput = answerInput()
        flushOutput(context)
        isServing = false
        noteHeldSize(context)
        hasMoreToDo = !needsInput && conversation.phase != .ending
        if hasMoreToDo { loop.continueLater(self) }
    }

    func goOn() {
        guard let context else { return }
        hasMoreToDo = false
        serve(context)
        readIfHeld(context)
    }

    /// Answers the complete requests, up to a bound on the output; true if the rest is not a
    /// complete request.
    private func answerInput() -> Bool {
        let input = input
        let turn = conversation.answer(
            input.readableBytesUInt8Span, hasInputEnded: hasInputEnded, serving)
        self.input.moveReaderIndex(forwardBy: turn.consumed)
        if self.input.readableBytes == 0 || conversation.phase == .ending {
            self.input = ByteBuffer()
        } else if self.input.readerIndex > self.input.readableBytes {
            // The rest, which is smaller than the part before it, moves to the front.
            self.input.discardReadBytes()
        }
        return turn.needsInput
    }

    private func flushOutput(_ context: ChannelHandlerContext) {
        if !serving.output.isEmpty {
            loop.buffer.clear()
            loop.buffer.writeBytes(serving.output)
            serving.output.removeAll(keepingCapacity: true)
            context.writeAndFlush(wrapOutboundOut(loop.buffer), promise: nil)
            serving.trim()
            loop.trim()
        }
        switch conversation.phase {
        case .ending: end(context)
        case .broken: close()
        default: break
        }
    }

    /// Sends what waits, then the end of the stream, and lingers for the client's.
    private func end(_ context: ChannelHandlerContext) {
        // Closing would drop the bytes that wait for the socket. The end of an empty write after
        // them shows that they are sent.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            self.isOutputSent = true
            self.conversation.linger(self.serving)
            guard !self.hasInputEnded else { return self.close() }
            self.context?.close(mode: .output, promise: nil)
        }
    }

    // MARK: - Time and memory

    func checkDeadlines(drainsIdle: Bool) {
        guard let context else { return }
        noteHeldSize(context)
        let size = pendingSize(context)
        if size > 0 {
            if let stallDeadline, size >= stalledSize {
                if serving.now >= stallDeadline { close() }
            } else {
                stalledSize = size
                stallDeadline = serving.now + serving.limits.stall
            }
            return
        }
        stallDeadline = nil
        if serving.now >= conversation.deadline {
            close()
        } else if drainsIdle, conversation.phase == .idle {
            conversation.end()
            end(context)
        }
    }

    func close() { context?.close(promise: nil) }

    private func noteHeldSize(_ context: ChannelHandlerContext) {
        let inputSize = input.readableBytes == 0 ? 0 : input.capacity
        let size = inputSize + pendingSize(context) + conversation.heldSize
        guard size != heldSize, index != nil else { return }
        let difference = size - heldSize
        heldSize = size
        serving.changeHeldSize(by: difference)
    }

    private func pendingSize(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func forget() {
        if isCounted { serving.counter.remove() }
        isCounted = false
        serving.changeHeldSize(by: -heldSize)
        heldSize = 0
        serving.remove(self)
    }
}
