import NIOCore

/// A deadline for request heads: it closes a connection whose next head is incomplete 10 seconds
/// after its first byte, or for the first request after the connection's start.
///
/// It precedes the parser; ``HTTP1Rules`` reports complete heads. The library limits the idle time
/// between requests.
final class HeadDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let timeout: TimeAmount
    private var task: Scheduled<Void>?
    private var isWithinRequest = false

    init(_ timeout: TimeAmount) { self.timeout = timeout }

    /// A whole head was read.
    func headArrived() {
        task?.cancel()
        task = nil
        isWithinRequest = true
    }

    /// The request's content was read to its end.
    func requestEnded() { isWithinRequest = false }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { task?.cancel() }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        task?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isWithinRequest { start(context) }
        context.fireChannelRead(data)
    }

    private func start(_ context: ChannelHandlerContext) {
        guard task == nil else { return }
        let channel = context.channel
        task = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }
}
