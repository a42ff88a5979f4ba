import Synchronization

/// The connections of all event loops, counted against one limit.
final class ConnectionCounter: Sendable {
    private let maxCount: Int
    private let count = Atomic(0)

    init(maxCount: Int) { self.maxCount = maxCount }

    /// Counts one more; false, and nothing is counted, when the limit is reached.
    func add() -> Bool {
        guard count.add(1, ordering: .relaxed).newValue <= maxCount else {
            remove()
            return false
        }
        return true
    }

    func remove() { count.subtract(1, ordering: .relaxed) }
}
