// Calls about the process and its terminal; one place for their `unsafe`.
//
// Unsafe throughout: the pointers are to local variables and used during the calls only.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

package enum SystemCall {
    /// The value of an environment variable, now; nil where it is not set.
    package static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// The columns of the terminal at that descriptor; nil where there is none, or it does not
    /// know.
    package static func terminalColumns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        let result = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
        return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    /// The number of files that this process may hold open, and the number to which it may raise
    /// it.
    package static var openFileLimit: (current: UInt64, most: UInt64)? {
        var limit = rlimit()
        guard unsafe getrlimit(openFiles, &limit) == 0 else { return nil }
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    /// Sets the number of files that this process may hold open, where the system lets it.
    package static func setOpenFileLimit(_ count: UInt64, most: UInt64) {
        var limit = rlimit(rlim_cur: rlim_t(count), rlim_max: rlim_t(most))
        _ = unsafe setrlimit(openFiles, &limit)
    }

    #if canImport(Glibc)
        private static var openFiles: __rlimit_resource_t {
            __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        }
    #else
        private static var openFiles: Int32 { RLIMIT_NOFILE }
    #endif

    /// Waits until one of the descriptors can be read or has ended; those below 0 are passed over.
    ///
    /// - Returns: for each whether it has, for none when the time was over; nil when a signal came.
    package static func wait(forInput descriptors: [Int32], milliseconds: Int32) -> [Bool]? {
        var watched = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let count = unsafe poll(&watched, nfds_t(watched.count), milliseconds)
        return count >= 0 ? watched.map { $0.revents != 0 } : nil
    }

    /// Lets the signals reach this thread and those that it makes later.
    package static func unblock(signals: [Int32]) {
        var set = sigset_t()
        _ = unsafe sigemptyset(&set)
        for signal in signals { _ = unsafe sigaddset(&set, signal) }
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// The system's words for a signal; nil where it has none.
    package static func signalName(_ number: Int32) -> String? {
        unsafe strsignal(number).map { unsafe String(cString: $0) }
    }
}
