#if os(Linux)
    import Nostos

    /// One connection on epoll.
    ///
    /// Holds no memory while all its requests are answered and its answers are sent: bytes are read
    /// into memory of the loop, and only what is left over is copied.
    final class EpollConnection: ServedConnection {
        /// The size, in bytes, from which on the rest of an answer is kept as it is; a smaller one
        /// is copied.
        private static let takeOverSize = 64 << 10

        var index: Int?
        /// The connection's tag in the loop's epoll.
        let tag: UInt64
        /// Whether the connection continues without an event of its socket.
        private(set) var hasMoreToDo = false

        private let socket: StreamSocket
        private let loop: EpollLoop
        // Unchecked, as the loop's responder is: the code that the conversation calls knows no
        // connection.
        @exclusivity(unchecked) private var uncheckedConversation: Conversation
        private var conversation: Conversation {
            @inline(__always) get { unsafe uncheckedConversation }
            @inline(__always) _modify { yield unsafe &uncheckedConversation }
        }
        /// The bytes read of a request that is not complete, or must wait.
        private var input: [UInt8] = []
        /// The answers that wait for the socket, from `sentSize` on.
        private var pending: [UInt8] = []
        private var sentSize = 0
        private var knownHeldSize = 0
        private var interest: Epoll.Interest = .read
        private var hasInputEnded = false
        private var isClosed = false
        private var isLingering = false
        /// The size that waited at the last tick, and the time until which it must shrink.
        private var stalledSize = 0
        private var stallDeadline: Int64?

        init(_ socket: StreamSocket, tag: UInt64, loop: EpollLoop) {
            (self.socket, self.tag, self.loop) = (socket, tag, loop)
            unsafe uncheckedConversation = Conversation(
                loop.serving, client: ClientAddress(socket: socket.file))
        }

        var file: Int32 { socket.file }
        /// Memory and not bytes: an array that grew has room for up to as many again.
        var heldSize: Int { input.capacity + pending.capacity + conversation.heldSize }

        // MARK: - Events

        /// Reads the bytes that arrived, and answers them.
        @inline(__always)
        func read() {
            guard !isClosed, !hasMoreToDo else { return }
            // Unsafe: the loop's memory, used during this call only.
            let buffer = unsafe loop.buffer
            switch unsafe socket.receive(into: buffer) {
            case .wouldBlock: return
            case .failed: close()
            case .bytes(0):
                hasInputEnded = true
                isLingering ? close() : serve()
            case .bytes(let count):
                guard !isLingering else { return }
                unsafe serve(UnsafeBufferPointer(rebasing: buffer[..<count]))
            }
        }

        /// Sends the waiting bytes, then continues.
        func write() {
            guard !isClosed, sendPending() else { return }
            serve()
        }

        /// Continues with the rest.
        func goOn() {
            guard !isClosed else { return }
            hasMoreToDo = false
            serve()
        }

        // MARK: - Serving

        /// Answers the bytes that were just read, after those that were left before.
        @inline(__always)
        private func serve(_ received: UnsafeBufferPointer<UInt8>) {
            // Holds nothing, and so no input: known without looking at the array.
            guard knownHeldSize == 0 else {
                unsafe input.append(contentsOf: received)
                return serve()
            }
            // Unsafe: the loop's memory stays as it is until the next read.
            let bytes = unsafe Span(_unsafeElements: received)
            let turn = conversation.answer(bytes, hasInputEnded: hasInputEnded, loop.serving)
            if turn.consumed < bytes.count, conversation.phase != .ending {
                input.append(bytes.extracting(turn.consumed...))
            }
            finish(turn)
        }

        private func serve() {
            guard conversation.phase != .ending else { return end() }
            let bytes = input
            let turn = conversation.answer(
                bytes.span, hasInputEnded: hasInputEnded, loop.serving)
            if turn.consumed == bytes.count || conversation.phase == .ending {
                input = []
            } else if turn.consumed > 0 {
                input = Array(bytes[turn.consumed...])
            }
            finish(turn)
        }

        @inline(__always)
        private func finish(_ turn: Conversation.Turn) {
            let isSent = sendOutput()
            guard !isClosed else { return }
            noteHeldSize()
            guard !isClosed else { return }
            switch conversation.phase {
            case .broken: close()
            case .ending: if isSent { end() }
            default:
                guard isSent else { return }
                hasMoreToDo = !turn.needsInput
                // Further input can wait, and must not be reported again and again.
                setInterest(hasMoreToDo ? [] : .read)
                if hasMoreToDo { loop.serving.continueLater(self) }
            }
        }

        /// Sends the loop's output; false when some of it waits, or the connection is gone.
        @inline(__always)
        private func sendOutput() -> Bool {
            let size = loop.serving.output.count
            guard size > 0 else { return true }
            var sentSize = 0
            switch socket.send(loop.serving.output, from: 0) {
            case .bytes(let count): sentSize = count
            case .wouldBlock: break
            case .failed:
                loop.serving.output.removeAll(keepingCapacity: true)
                close()
                return false
            }
            if sentSize < size { keepOutput(from: sentSize) }
            loop.serving.output.removeAll(keepingCapacity: true)
            return sentSize == size
        }

        private func keepOutput(from start: Int) {
            if loop.serving.output.count - start >= Self.takeOverSize {
                (pending, sentSize) = (loop.serving.output, start)
                loop.serving.output = []
            } else {
                (pending, sentSize) = (Array(loop.serving.output[start...]), 0)
            }
            // While a client does not read its answers, the server reads nothing more from it.
            setInterest(.write)
        }

        /// True when nothing waits any more.
        private func sendPending() -> Bool {
            switch socket.send(pending, from: sentSize) {
            case .wouldBlock: return false
            case .failed:
                close()
                return false
            case .bytes(let count):
                sentSize += count
                guard sentSize == pending.count else {
                    noteHeldSize()
                    return false
                }
                (pending, sentSize, stallDeadline) = ([], 0, nil)
                noteHeldSize()
                return !isClosed
            }
        }

        /// Everything is sent: says so, and waits a little for the client's end.
        private func end() {
            guard !isLingering else { return }
            isLingering = true
            conversation.linger(loop.serving)
            guard !hasInputEnded else { return close() }
            socket.endSending()
            setInterest(.read)
        }

        private func setInterest(_ new: Epoll.Interest) {
            guard interest != new, !isClosed else { return }
            interest = new
            if !loop.watch(self, new) { close() }
        }

        // MARK: - Time and memory

        func checkDeadlines(drainsIdle: Bool) {
            let now = loop.serving.now
            guard pending.isEmpty else {
                let size = pending.count - sentSize
                if let stallDeadline, size >= stalledSize {
                    if now >= stallDeadline { close() }
                } else {
                    stalledSize = size
                    stallDeadline = now + loop.serving.limits.stall
                }
                return
            }
            if now >= conversation.deadline {
                close()
            } else if drainsIdle, conversation.phase == .idle {
                conversation.end()
                end()
            }
        }

        func close() {
            guard !isClosed else { return }
            isClosed = true
            (input, pending, sentSize) = ([], [], 0)
            conversation.abandon()
            noteHeldSize()
            socket.close()
            loop.forget(self)
        }

        @inline(__always)
        private func noteHeldSize() {
            let size = heldSize
            guard size != knownHeldSize else { return }
            let difference = size - knownHeldSize
            knownHeldSize = size
            loop.serving.changeHeldSize(by: difference)
        }
    }
#endif
