public import NIOCore

extension TLSHandler {
    /// A close under way.
    struct Closing {
        let promise: EventLoopPromise<Void>
        let timeout: Scheduled<Void>
        /// Whether TLS's own end has been sent.
        var isSent = false
    }

    /// Keeps the bytes until the next flush.
    public func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        guard state != .closing, state != .closed, !hasOutputEnded else {
            promise?.fail(
                hasOutputEnded ? ChannelError.outputClosed : ChannelError.ioOnClosedChannel)
            return
        }
        waiting.append(Write(bytes: unwrapOutboundIn(data), promise: promise))
    }

    /// Encrypts and sends what was written; after the handshake, where that goes on.
    public func flush(context: ChannelHandlerContext) {
        waiting.mark()
        encryptMarked(context)
        context.flush()
    }

    /// Ends TLS, then the channel, or its output alone.
    public func close(
        context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
    ) {
        switch (mode, state) {
        case (.output, .open) where !hasOutputEnded:
            endOutput(context, nil)
            context.close(mode: .output, promise: promise)
        case (.all, .open): beginClosing(context, promise)
        case (.all, .closing): closing?.promise.futureResult.cascade(to: promise)
        case (.all, .idle), (.all, .handshaking):
            end()
            context.close(mode: .all, promise: promise)
        case (.output, _), (.input, _), (.all, .closed):
            context.close(mode: mode, promise: promise)
        }
    }

    /// Encrypts the writes that were flushed, each with its promise.
    func encryptMarked(_ context: ChannelHandlerContext) {
        guard state == .open, !hasOutputEnded, waiting.hasMark else { return }
        do {
            while waiting.hasMark, let write = waiting.popFirst() {
                do { try encrypt(write.bytes) } catch {
                    write.promise?.fail(error)
                    throw error
                }
                context.write(wrapOutboundOut(output(context)), promise: write.promise)
            }
            context.flush()
        } catch {
            fail(error, context)
        }
    }

    private func encrypt(_ bytes: ByteBuffer) throws {
        var rest = bytes
        while let piece = rest.readSlice(length: min(rest.readableBytes, TLSEngine.maxPieceSize)),
            piece.readableBytes > 0
        {
            // Unsafe: the engine copies the bytes.
            try unsafe piece.withUnsafeReadableBytes { try unsafe engine.send($0) }
        }
    }

    /// The bytes that wait for the network.
    private func output(_ context: ChannelHandlerContext) -> ByteBuffer {
        let size = engine.outputSize
        var bytes = context.channel.allocator.buffer(capacity: size)
        if size > 0 {
            // Unsafe: the engine writes at most the buffer's size, and says how much.
            unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size) {
                unsafe engine.takeOutput(into: $0)
            }
        }
        return bytes
    }

    /// Sends what the engine has for the network, if anything.
    func sendOutput(_ context: ChannelHandlerContext) {
        guard engine.outputSize > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(output(context)), promise: nil)
    }

    // MARK: - Ending

    /// Sends TLS's own end after the flushed writes.
    private func endOutput(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        encryptMarked(context)
        engine.endSending()
        hasOutputEnded = true
        failWaiting()
        context.writeAndFlush(wrapOutboundOut(output(context)), promise: promise)
    }

    private func beginClosing(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?)
    {
        let end = context.eventLoop.makePromise(of: Void.self)
        end.futureResult.cascade(to: promise)
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let timeout = context.eventLoop.scheduleTask(in: shutdownTimeout) {
            let (handler, context) = loopBound.value
            handler.closeNow(context)
        }
        state = .closing
        closing = Closing(promise: end, timeout: timeout)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            self.closing?.isSent = true
            self.finishClosing(context)
        }
        if hasOutputEnded {
            // An empty write is done when all before it has been sent.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
        } else {
            state = .open
            endOutput(context, sent)
            if state == .open { state = .closing }
        }
    }

    /// Closes the channel once both ends are there.
    func finishClosing(_ context: ChannelHandlerContext) {
        guard hasInputEnded, closing?.isSent == true else { return }
        closeNow(context)
    }

    private func closeNow(_ context: ChannelHandlerContext) {
        guard let closing else { return }
        self.closing = nil
        closing.timeout.cancel()
        state = .closed
        context.close(mode: .all, promise: closing.promise)
    }

    /// Reports an error and closes the channel.
    func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        guard state != .closed else { return }
        // An alert, which tells the other side.
        sendOutput(context)
        end()
        context.fireErrorCaught(error)
        context.close(mode: .all, promise: nil)
    }

    /// Ends everything on this side without the network.
    func end() {
        state = .closed
        failWaiting()
        guard let closing else { return }
        self.closing = nil
        closing.timeout.cancel()
        closing.promise.succeed()
    }

    private func failWaiting() {
        while let write = waiting.popFirst() { write.promise?.fail(ChannelError.ioOnClosedChannel) }
    }
}
