import Synchronization

/// A notice that the server will end soon: `/readyz` answers 503 and everything else as before, so
/// that load balancers choose other servers before connections are refused.
final class EndNotice: Sendable {
    private let flag = Atomic(false)

    /// Whether the notice was given.
    var isGiven: Bool { flag.load(ordering: .relaxed) }

    /// Gives the notice, which is final.
    func give() { flag.store(true, ordering: .relaxed) }
}
