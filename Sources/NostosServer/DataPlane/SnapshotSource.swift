public import Nostos

/// A provider of the current snapshot of the store's jobs.
public protocol SnapshotSource: Sendable {
    /// The newest snapshot; called often, by any thread.
    func snapshot() -> StoreSnapshot
}

extension Store: SnapshotSource {}
