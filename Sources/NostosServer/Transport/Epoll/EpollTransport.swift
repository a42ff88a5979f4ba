#if os(Linux)
    import Logging
    import NIOCore
    import Nostos
    import Synchronization
    import SystemPackage

    /// The data plane on Linux's own calls: threads with a listener and an epoll each.
    ///
    /// The system spreads new connections over the listeners (SO_REUSEPORT); nothing is shared
    /// between the threads but counters.
    final class EpollTransport: Transport {
        let boundPort: Int
        private let mailboxes: [EpollMailbox]
        /// One of the listeners, where others may share the port.
        private let sharedListener: StreamSocket?

        /// Binds the address and serves.
        ///
        /// Throws the errors of binding; no thread is left running then.
        init(_ context: ServingContext, _ address: SocketAddress) throws {
            let isShared = context.options.sharesPort
            var address = address
            if !isShared || address.port == 0 {
                // Processes that share the port would admit another silently. The first attempt
                // therefore does not share.
                let probe = try StreamSocket(listeningOn: address, sharesPort: false)
                address.port = probe.port
                probe.close()
            }
            boundPort = address.port ?? 0
            var first: StreamSocket?
            var mailboxes: [EpollMailbox] = []
            do {
                for index in 0..<max(1, context.options.threadCount) {
                    let listener = try StreamSocket(listeningOn: address, sharesPort: true)
                    first = first ?? listener
                    mailboxes.append(
                        try EpollMailbox(context, listener, logsProblems: index == 0))
                }
            } catch {
                for mailbox in mailboxes { mailbox.askForDrain() }
                throw error
            }
            self.mailboxes = mailboxes
            sharedListener = isShared ? first : nil
            if let sharedListener { PortSharing.begin(sharedListener.file) }
        }

        func drain() async {
            if let sharedListener {
                PortSharing.end(sharedListener.file, count: mailboxes.count)
                try? await Task.sleep(for: PortSharing.grace)
            }
            for mailbox in mailboxes { mailbox.askForDrain() }
            for mailbox in mailboxes { await mailbox.threadEnd() }
        }
    }

    /// The mailbox through which other threads speak to a loop's thread; it starts the thread.
    final class EpollMailbox: Sendable {
        let wakeUp: WakeUp
        private let drainAsked = Atomic(false)
        private let end = Lock(End())

        private struct End {
            var isReached = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        /// The values that the thread needs to make its loop.
        private final class Start: Sendable {
            let context: ServingContext
            let listener: StreamSocket
            let mailbox: EpollMailbox
            let logsProblems: Bool

            init(
                _ context: ServingContext, _ listener: StreamSocket, _ mailbox: EpollMailbox,
                _ logsProblems: Bool
            ) {
                (self.context, self.listener) = (context, listener)
                (self.mailbox, self.logsProblems) = (mailbox, logsProblems)
            }

            func run() {
                do {
                    let loop = try EpollLoop(
                        context, listener, mailbox, logsProblems: logsProblems)
                    loop.run()
                } catch {
                    listener.close()
                    context.logger.error("no event loop", metadata: ["error": "\(error)"])
                }
                mailbox.reachEnd()
            }
        }

        /// Starts a thread that serves the listener's connections and owns the listener.
        init(
            _ context: ServingContext, _ listener: StreamSocket, logsProblems: Bool
        ) throws(SystemCallError) {
            wakeUp = try WakeUp()
            let start = Start(context, listener, self, logsProblems)
            do throws(Errno) { try SystemThread { start.run() }.detach() } catch {
                listener.close()
                throw SystemCallError(call: "pthread_create", code: error.rawValue)
            }
        }

        deinit { wakeUp.close() }

        var isDrainAsked: Bool { drainAsked.load(ordering: .acquiring) }

        func askForDrain() {
            drainAsked.store(true, ordering: .releasing)
            wakeUp.send()
        }

        /// Returns when the thread has ended.
        func threadEnd() async {
            await withCheckedContinuation { continuation in
                let isReached = end.withLock { end in
                    if !end.isReached { end.waiting.append(continuation) }
                    return end.isReached
                }
                if isReached { continuation.resume() }
            }
        }

        private func reachEnd() {
            let waiting = end.withLock { end in
                end.isReached = true
                defer { end.waiting = [] }
                return end.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }
#endif
