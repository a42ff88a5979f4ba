import Foundation
import Nostos
import NostosLoader

/// Ctrl-C and its like: the first asks what is under way to end and clean up, the second ends the
/// process at once.
enum Signals {
    /// Watches from now on.
    ///
    /// A parent may have started the process with these signals blocked, as a thread of a worker
    /// pool does: then they would wait for ever, and only SIGKILL could end a run.
    static func watch() {
        let watched = [SIGINT, SIGTERM, SIGHUP]
        for number in watched {
            _ = signal(number) { number in
                // Both calls are safe in a signal handler: an atomic store, and signal(2).
                Interruption.request()
                _ = signal(number, SIG_DFL)
            }
        }
        SystemCall.unblock(signals: watched)
    }
}
