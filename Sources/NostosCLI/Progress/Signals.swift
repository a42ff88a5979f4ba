import Foundation
import NostosLoader

/// Ctrl-C and its like: the first asks what is under way to end and clean up, the second ends the
/// process at once.
enum Signals {
    /// Watches from now on.
    static func watch() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            _ = signal(number) { number in
                // Both calls are safe in a signal handler: an atomic store, and signal(2).
                Interruption.request()
                _ = signal(number, SIG_DFL)
            }
        }
    }
}
