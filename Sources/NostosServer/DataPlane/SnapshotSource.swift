public import Nostos

/// Who knows what the store's jobs are at this moment.
public protocol SnapshotSource: Sendable {
    /// The newest snapshot; called often, by any thread.
    func snapshot() -> StoreSnapshot
}

extension Store: SnapshotSource {}
