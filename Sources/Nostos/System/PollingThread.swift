import Glibc
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
                var watched = pollfd(fd: stopped.rawValue, events: Int16(POLLIN), revents: 0)
                // Unsafe: one descriptor, in a variable that outlives the call.
                let result = unsafe poll(&watched, 1, milliseconds)
                if result > 0 { return }
                if result == 0 { body() }
            }
        }
    }

    private struct State {
        var thread: pthread_t?
        let stop: FileDescriptor
        let stopped: FileDescriptor
    }

    private let state: Lock<State>

    /// Starts the thread; it calls `body` first after one interval.
    init(interval: Duration, body: @escaping @Sendable () -> Void) throws(CatalogError) {
        let milliseconds = min(max(1, interval.inMicroseconds / 1000), 60_000)
        let ends = try Disk.attempt("making a pipe", "pipe") { try FileDescriptor.pipe() }
        let work = Work(Int32(milliseconds), ends.readEnd, body)
        var thread = pthread_t()
        // Unsafe: the thread takes over one reference to the work, and gives it back at its end.
        let passed = unsafe Unmanaged.passRetained(work)
        let code = unsafe pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, passed.toOpaque())
        guard code == 0 else {
            unsafe passed.release()
            try? ends.readEnd.close()
            try? ends.writeEnd.close()
            throw .io(action: "starting a thread", path: "watcher", Errno(rawValue: code))
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
            // A byte in the pipe wakes the thread. A pipe that takes no byte is full of them.
            _ = try? state.stop.writeAll([0])
            pthread_join(thread, nil)
            try? state.stop.close()
            try? state.stopped.close()
        }
    }
}
