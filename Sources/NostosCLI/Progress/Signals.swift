import Foundation
import NostosLoader

/// Ctrl-C and its like: the first asks what is under way to end and clean up, the second ends the
/// process at once.
enum Signals {
    /// Watches from now on.
    ///
    /// A parent may have started the process with these signals blocked, as a thread of a worker
    /// pool does: then they would wait for ever, and only SIGKILL could end a run.
    static func watch() {
        var watched = sigset_t()
        // Unsafe, here and below: the pointers are to a local variable and used during the call.
        _ = unsafe sigemptyset(&watched)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            _ = unsafe sigaddset(&watched, number)
            _ = signal(number) { number in
                // Both calls are safe in a signal handler: an atomic store, and signal(2).
                Interruption.request()
                _ = signal(number, SIG_DFL)
            }
        }
        // Threads that are made later take their mask over from this one.
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &watched, nil)
    }
}
