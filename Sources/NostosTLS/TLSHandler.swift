public import NIOCore

/// An event that a ``TLSHandler`` sends to the handlers after it.
public enum TLSEvent: Sendable {
    /// The handshake is done: bytes of the application flow from now on.
    case established
}

/// Puts TLS between a channel's socket and the handlers after it.
///
/// Bytes are encrypted at a flush. Errors are ``TLSError``, and close the channel. Closing waits
/// until TLS's own end has been sent and the other side's has come, at most for the shutdown
/// timeout.
public final class TLSHandler: ChannelDuplexHandler {
    /// Bytes of the network.
    public typealias InboundIn = ByteBuffer
    /// Bytes of the application.
    public typealias InboundOut = ByteBuffer
    /// Bytes of the application.
    public typealias OutboundIn = ByteBuffer
    /// Bytes of the network.
    public typealias OutboundOut = ByteBuffer

    enum State {
        /// The channel is not connected yet.
        case idle
        case handshaking
        case open
        /// This side has ended everything, and waits for the other side's end.
        case closing
        case closed
    }

    /// A write that waits for its flush, or for the end of the handshake.
    struct Write {
        let bytes: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    let engine: TLSEngine
    let shutdownTimeout: TimeAmount
    var state = State.idle
    var waiting = MarkedCircularBuffer<Write>(initialCapacity: 4)
    var hasInputEnded = false
    var hasOutputEnded = false
    var closing: Closing?

    /// A side of a connection by its context.
    ///
    /// - Parameters:
    ///   - context: a server's or a client's.
    ///   - server: the name or IP address that a client asks, which the certificate must be of; a
    ///     server has none.
    ///   - shutdownTimeout: the longest time from ``close(context:mode:promise:)`` to the end.
    /// - Throws: ``TLSError/library(reason:)``.
    public init(
        _ context: TLSContext, server: String? = nil, shutdownTimeout: TimeAmount = .seconds(1)
    ) throws(TLSError) {
        precondition(
            (context.role == .client) == (server != nil), "a client, and no server, names a server")
        engine = try TLSEngine(context, server: server)
        self.shutdownTimeout = shutdownTimeout
    }

    // MARK: - Inbound

    /// Begins the handshake where the channel is connected already.
    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    /// Begins the handshake.
    public func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    /// Decrypts.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        do {
            while state != .closed, bytes.readableBytes > 0 {
                let size = min(bytes.readableBytes, TLSEngine.maxPieceSize)
                guard let piece = bytes.readSlice(length: size) else { return }
                // Unsafe: the engine copies the bytes.
                try unsafe piece.withUnsafeReadableBytes { try unsafe engine.receive($0) }
                try process(size, context)
            }
        } catch {
            fail(error, context)
        }
    }

    /// Ends what is under way: data may be missing where TLS had not ended before.
    public func channelInactive(context: ChannelHandlerContext) {
        let wasState = state
        end()
        switch wasState {
        case .handshaking:
            context.fireErrorCaught(TLSError.handshake(reason: "the connection was closed"))
        case .open where !hasInputEnded: context.fireErrorCaught(TLSError.truncated)
        case .idle, .open, .closing, .closed: break
        }
        context.fireChannelInactive()
    }

    /// Passes events on; the end of the other side's sending ends a close that waits for it.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            hasInputEnded = true
            if state == .closing { return finishClosing(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Fails the writes that still wait.
    public func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func begin(_ context: ChannelHandlerContext) {
        guard state == .idle else { return }
        state = .handshaking
        do { try process(0, context) } catch { fail(error, context) }
    }

    /// Goes on with what the engine has got: `size` bytes of the network.
    private func process(_ size: Int, _ context: ChannelHandlerContext) throws {
        if state == .handshaking {
            let step = try engine.shakeHands()
            sendOutput(context)
            guard case .done = step else { return }
            state = .open
            context.fireUserInboundEventTriggered(TLSEvent.established)
            encryptMarked(context)
        }
        try decrypt(size, context)
        // Answers of the protocol itself, such as to an update of keys.
        sendOutput(context)
    }

    private func decrypt(_ size: Int, _ context: ChannelHandlerContext) throws {
        while state == .open || state == .closing {
            // No plain text is longer than its record.
            let capacity = min(max(size, 256), TLSEngine.maxPieceSize)
            var plain = context.channel.allocator.buffer(capacity: capacity)
            var step = TLSEngine.Step.needsInput
            // Unsafe: the engine writes at most the buffer's size, and says how much.
            try unsafe plain.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) {
                step = try unsafe engine.read(into: $0)
                if case .done(let count) = step { return count }
                return 0
            }
            switch step {
            case .done:
                if state == .open, !hasInputEnded {
                    context.fireChannelRead(wrapInboundOut(plain))
                }
            case .needsInput: return
            case .ended: return inputEnded(context)
            }
        }
    }

    private func inputEnded(_ context: ChannelHandlerContext) {
        guard !hasInputEnded else { return }
        hasInputEnded = true
        if state == .closing { return finishClosing(context) }
        let option = try? context.channel.syncOptions?.getOption(.allowRemoteHalfClosure)
        guard option == true else { return close(context: context, mode: .all, promise: nil) }
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }
}
