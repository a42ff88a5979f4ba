import NIOCore

/// Closes a connection whose next head does not come whole in time: 10 seconds from its first byte,
/// and for the first request from the connection's start.
///
/// It stands before the parser; ``HTTP1Rules`` says when a head has arrived. How long a connection
/// may stay idle between requests is the library's own limit.
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
