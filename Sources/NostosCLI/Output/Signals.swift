import Foundation
import Nostos
import NostosLoader

/// The signals that end a verb: the first asks it to stop and clean up, a second one ends the
/// process at once.
enum Signals {
    /// Handles SIGINT, SIGTERM and SIGHUP from now on.
    ///
    /// A parent may have started the process with these signals blocked, as a thread of a worker
    /// pool does. They would then stay pending, and only SIGKILL could end a run.
    static func watch() {
        let watched = [SIGINT, SIGTERM, SIGHUP]
        for number in watched {
            _ = signal(number) { number in
                // Both calls are safe in a signal handler: an atomic store, and signal(2).
                Interruption.request()
                _ = signal(number, SIG_DFL)
            }
        }
        // Threads that are made later inherit their mask from this one.
        SystemCall.unblock(signals: watched)
    }

    /// Makes a write to a pipe that nobody reads fail with EPIPE, in place of ending the process.
    ///
    /// A run goes on when the reader of its messages has ended. Programs that it starts have the
    /// signal's default again.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    /// Ends the process as a write to a pipe that nobody reads does by default.
    static func endByBrokenPipe() {
        _ = signal(SIGPIPE, SIG_DFL)
        _ = raise(SIGPIPE)
    }
}
