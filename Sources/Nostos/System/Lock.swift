import Glibc

/// A value that one thread at a time can reach.
///
/// A POSIX mutex, because the thread sanitizer sees it; `Synchronization.Mutex` makes it report
/// races that are none.
///
/// `@unchecked`: the value is reached only under the mutex.
@safe package final class Lock<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    /// A lock around that value.
    package init(_ value: sending Value) {
        self.value = value
        // Unsafe: the mutex has an address of its own until deinit, when nobody can hold it.
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        let code = unsafe pthread_mutex_init(mutex, nil)
        precondition(code == 0, "pthread_mutex_init: \(code)")
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deinitialize(count: 1)
        unsafe mutex.deallocate()
    }

    /// Runs `body` alone with the value.
    ///
    /// It must not take the same lock again.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Unsafe: the mutex is initialized; these calls fail only on misuse, which is a bug.
        let locked = unsafe pthread_mutex_lock(mutex)
        precondition(locked == 0, "pthread_mutex_lock: \(locked)")
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
