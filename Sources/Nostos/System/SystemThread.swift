import Glibc
package import SystemPackage

/// A thread of the system, for work that blocks.
package struct SystemThread: Sendable {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: pthread_t

    /// Starts a thread that calls `body`; ``join()`` or ``detach()`` must follow, once.
    ///
    /// - Throws: the system's error code, where it has no thread to give.
    package init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        var thread = pthread_t()
        // Unsafe: the thread takes over one reference to the work, and gives it back at its end.
        let passed = unsafe Unmanaged.passRetained(Work(body))
        let code = unsafe pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, passed.toOpaque())
        guard code == 0 else {
            unsafe passed.release()
            throw Errno(rawValue: code)
        }
        self.thread = thread
    }

    /// Waits for the thread's end.
    package func join() { pthread_join(thread, nil) }

    /// Lets the thread end by itself.
    package func detach() { pthread_detach(thread) }
}
