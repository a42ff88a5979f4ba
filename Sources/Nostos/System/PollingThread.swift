import SystemPackage

/// A thread that does one thing over and over, with a pause between, until it is stopped.
final class PollingThread: Sendable {
    /// The state of the thread itself; it holds no reference to the object that stops it.
    private final class Work: Sendable {
        let milliseconds: Int32
        let stopped: FileDescriptor
        let body: @Sendable () -> Void

        init(
            _ milliseconds: Int32, _ stopped: FileDescriptor, _ body: @escaping @Sendable () -> Void
        ) {
            self.milliseconds = milliseconds
            self.stopped = stopped
            self.body = body
        }

        func run() {
            while true {
                let stop = SystemCall.wait(
                    forInput: [stopped.rawValue], milliseconds: milliseconds)
                if stop == [true] { return }
                if stop == [false] { body() }
            }
        }
    }

    private struct State {
        var thread: SystemThread?
        let stop: FileDescriptor
        let stopped: FileDescriptor
    }

    private let state: Lock<State>

    /// Starts the thread; it calls `body` first after one interval.
    init(interval: Duration, body: @escaping @Sendable () -> Void) throws(CatalogError) {
        let milliseconds = min(max(1, interval.inMicroseconds / 1000), 60_000)
        let ends = try Disk.attempt("making a pipe", "pipe") { try FileDescriptor.pipe() }
        let work = Work(Int32(milliseconds), ends.readEnd, body)
        let thread: SystemThread
        do throws(Errno) { thread = try SystemThread { work.run() } } catch {
            try? ends.readEnd.close()
            try? ends.writeEnd.close()
            throw .io(action: "starting a thread", path: "watcher", error)
        }
        state = Lock(State(thread: thread, stop: ends.writeEnd, stopped: ends.readEnd))
    }

    deinit {
        stop()
    }

    /// Stops the thread and waits for its end.
    ///
    /// Again and again, or never, is fine too.
    func stop() {
        state.withLock { state in
            guard let thread = state.thread else { return }
            state.thread = nil
            // A byte in the pipe wakes the thread. So does the pipe's end where no byte can be
            // written, unless a child has inherited the pipe.
            _ = try? state.stop.writeAll([0])
            try? state.stop.close()
            thread.join()
            try? state.stopped.close()
        }
    }
}
