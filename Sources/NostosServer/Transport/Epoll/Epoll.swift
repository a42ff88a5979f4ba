#if os(Linux)
    import CEpoll
    import Glibc
    import NIOCore

    /// A system call that failed.
    struct SystemCallError: Error, CustomStringConvertible {
        let call: StaticString
        let code: Int32

        var description: String {
            // Unsafe: the text is copied at once.
            "\(call): \(unsafe String(cString: strerror(code)))"
        }
    }

    /// An event of a file that is watched.
    struct EpollEvent {
        let tag: UInt64
        let isReadable: Bool
        let isWritable: Bool
        /// Reset, or closed on both sides: nothing can be sent any more.
        let isBroken: Bool
    }

    /// The files that one thread waits on; owns the epoll.
    ///
    /// Level-triggered: what is ready is said again until it is dealt with.
    @safe final class Epoll {
        /// The events to report of a file.
        struct Interest: OptionSet {
            let rawValue: UInt32
            static let read = Interest(rawValue: EPOLLIN.rawValue)
            static let write = Interest(rawValue: EPOLLOUT.rawValue)
        }

        private static let maxEventCount = 512

        private let file: Int32
        private let events: UnsafeMutablePointer<epoll_event>

        init() throws(SystemCallError) {
            file = nostos_epoll_create()
            // Unsafe: the memory is this object's until deinit, and as large as is said each time.
            unsafe events = .allocate(capacity: Self.maxEventCount)
            guard file >= 0 else { throw SystemCallError(call: "epoll_create1", code: errno) }
        }

        deinit {
            unsafe events.deallocate()
            if file >= 0 { Glibc.close(file) }
        }

        /// Watches a file, which must leave the epoll before it is closed, or with it.
        func add(_ file: Int32, _ interest: Interest, tag: UInt64) throws(SystemCallError) {
            try control(EPOLL_CTL_ADD, file, interest, tag)
        }

        func change(_ file: Int32, _ interest: Interest, tag: UInt64) throws(SystemCallError) {
            try control(EPOLL_CTL_MOD, file, interest, tag)
        }

        private func control(
            _ operation: Int32, _ file: Int32, _ interest: Interest, _ tag: UInt64
        ) throws(SystemCallError) {
            guard nostos_epoll_control(self.file, operation, file, interest.rawValue, tag) == 0
            else { throw SystemCallError(call: "epoll_ctl", code: errno) }
        }

        /// Waits at most that long, rounded up, and returns the number of events.
        @inline(__always)
        func wait(nanoseconds: Int64) -> Int {
            let milliseconds = Int32(clamping: (max(0, nanoseconds) + 999_999) / 1_000_000)
            // Unsafe: there is room for as many events as are asked for.
            let count = unsafe epoll_wait(file, events, Int32(Self.maxEventCount), milliseconds)
            // The one error that can be is an interruption by a signal.
            return max(0, Int(count))
        }

        /// The event of that index in the last wait.
        @inline(__always)
        func event(_ index: Int) -> EpollEvent {
            precondition(index < Self.maxEventCount)
            // Unsafe: inside, by the line before.
            let flags = unsafe events[index].events
            return EpollEvent(
                tag: unsafe nostos_epoll_tag(events + index),
                isReadable: flags & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0,
                isWritable: flags & EPOLLOUT.rawValue != 0,
                isBroken: flags & EPOLLERR.rawValue != 0)
        }
    }

    /// A counter that another thread wakes an epoll with.
    struct WakeUp: Sendable {
        let file: Int32

        init() throws(SystemCallError) {
            file = nostos_event_create()
            guard file >= 0 else { throw SystemCallError(call: "eventfd", code: errno) }
        }

        func send() {
            var one: UInt64 = 1
            // Unsafe: the pointer is to a local variable and used during the call only. A counter
            // that is full wakes too.
            _ = unsafe Glibc.write(file, &one, 8)
        }

        func clear() {
            var count: UInt64 = 0
            // Unsafe: as above.
            _ = unsafe Glibc.read(file, &count, 8)
        }

        func close() { Glibc.close(file) }
    }
#endif
