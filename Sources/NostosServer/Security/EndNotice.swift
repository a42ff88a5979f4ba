import Synchronization

/// Says that the server is about to end: `/readyz` answers 503, and everything else as before, so
/// that load balancers look elsewhere before connections are refused.
final class EndNotice: Sendable {
    private let flag = Atomic(false)

    /// Whether it was given.
    var isGiven: Bool { flag.load(ordering: .relaxed) }

    /// Gives it; it is never taken back.
    func give() { flag.store(true, ordering: .relaxed) }
}
