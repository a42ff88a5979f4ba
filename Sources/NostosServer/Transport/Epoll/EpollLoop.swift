#if os(Linux)
    import Nostos

    /// The event loop of one thread: it waits, accepts, and lets connections read and write.
    ///
    /// Confined to its thread, which runs until the loop is drained.
    @safe final class EpollLoop {
        /// The most bytes that one read takes.
        private static let bufferSize = 64 << 10
        /// The most connections that are accepted between two waits, so that open ones have their
        /// turn.
        private static let maxAcceptCount = 64
        private static let listenerTag = UInt64.max
        private static let wakeUpTag = UInt64.max - 1

        let serving: ServingLoop
        /// The buffer into which connections read, one at a time.
        let buffer: UnsafeMutableBufferPointer<UInt8>

        private let epoll: Epoll
        private let mailbox: EpollMailbox
        private var listener: StreamSocket?
        private var isListenerWatched = true
        /// The tag: the low 32 bits are the place, the high 32 bits count its earlier uses.
        private var connections: [EpollConnection?] = []
        private var uses: [UInt32] = []
        private var freePlaces: [Int] = []
        private let tick: Int64
        private var nextTick: Int64
        private var isDrained = false

        init(
            _ context: ServingContext, _ listener: StreamSocket, _ mailbox: EpollMailbox,
            logsProblems: Bool
        ) throws(SystemCallError) {
            epoll = try Epoll()
            // Unsafe: the memory is this object's until deinit.
            unsafe buffer = .allocate(capacity: Self.bufferSize)
            unsafe buffer.initialize(repeating: 0)
            (self.listener, self.mailbox) = (listener, mailbox)
            serving = ServingLoop(context, logsProblems: logsProblems)
            tick = context.options.tick.nanoseconds
            nextTick = serving.now + tick
            try epoll.add(listener.file, .read, tag: Self.listenerTag)
            try epoll.add(mailbox.wakeUp.file, .read, tag: Self.wakeUpTag)
        }

        deinit { unsafe buffer.deallocate() }

        /// Serves until the loop is drained.
        func run() {
            while !isDrained {
                let wait = serving.hasWaiting ? 0 : nextTick - serving.now
                let count = epoll.wait(nanoseconds: wait)
                serving.beginTurn()
                for index in 0..<count { handle(epoll.event(index)) }
                serving.continueOne()
                serving.trim()
                if serving.now >= nextTick { runTick() }
            }
        }

        @inline(__always)
        private func handle(_ event: EpollEvent) {
            switch event.tag {
            case Self.listenerTag: accept()
            case Self.wakeUpTag: obey()
            case let tag:
                guard let connection = connection(tag) else { return }
                if event.isBroken {
                    connection.close()
                } else if event.isWritable {
                    connection.write()
                } else if event.isReadable {
                    connection.read()
                }
            }
        }

        /// The connection of that tag, unless it is gone.
        @inline(__always)
        private func connection(_ tag: UInt64) -> EpollConnection? {
            let connection = connections[Int(tag & 0xFFFF_FFFF)]
            return connection?.tag == tag ? connection : nil
        }

        private func runTick() {
            nextTick = serving.now + tick
            serving.tick()
            if let listener, !isListenerWatched {
                isListenerWatched = true
                try? epoll.change(listener.file, .read, tag: Self.listenerTag)
            }
        }

        // MARK: - Connections

        private func accept() {
            guard let listener else { return }
            for _ in 0..<Self.maxAcceptCount {
                switch listener.accept() {
                case .none: return
                case .exhausted:
                    // This avoids repeated events: waiting connections are accepted with the next
                    // tick.
                    isListenerWatched = false
                    try? epoll.change(listener.file, [], tag: Self.listenerTag)
                    return
                case .connection(let socket): add(socket)
                }
            }
        }

        private func add(_ socket: StreamSocket) {
            guard serving.counter.add() else { return socket.close() }
            let place = freePlaces.popLast() ?? connections.count
            if place == connections.count {
                connections.append(nil)
                uses.append(0)
            }
            let tag = UInt64(uses[place]) << 32 | UInt64(place)
            uses[place] &+= 1
            let connection = EpollConnection(socket, tag: tag, loop: self)
            connections[place] = connection
            serving.add(connection)
            do { try epoll.add(socket.file, .read, tag: tag) } catch { connection.close() }
        }

        /// Called by a connection that has closed its socket, which ended the watching.
        func forget(_ connection: EpollConnection) {
            let place = Int(connection.tag & 0xFFFF_FFFF)
            connections[place] = nil
            freePlaces.append(place)
            serving.counter.remove()
            serving.remove(connection)
        }

        /// False when the system has no room to watch it.
        func watch(_ connection: EpollConnection, _ interest: Epoll.Interest) -> Bool {
            do { try epoll.change(connection.file, interest, tag: connection.tag) } catch {
                return false
            }
            return true
        }

        // MARK: - Draining

        private func obey() {
            mailbox.wakeUp.clear()
            guard mailbox.isDrainAsked, let listener else { return }
            // Clients that have connected are served.
            while case .connection(let socket) = listener.accept() { add(socket) }
            listener.close()
            self.listener = nil
            serving.drain { self.isDrained = true }
        }
    }
#endif
