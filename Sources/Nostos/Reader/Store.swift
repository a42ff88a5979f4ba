public import SystemPackage

/// The reader's side of a store: the tables that the catalog says are there, open and mapped.
///
/// A thread of its own looks at the catalog's generation five times a second, and puts a new
/// snapshot in place when another process has promoted, rolled back or dropped something. Who
/// holds a snapshot, or a part of one, reads from it undisturbed; a version's table is unmapped
/// when the last reference goes. It needs no right to write but LMDB's: its table of readers in
/// `catalog/lock.mdb`.
public final class Store: Sendable {
    private let watched: WatchedStore
    private let thread: PollingThread

    /// The interval at which the thread looks, unless another is given.
    public static let defaultInterval = Duration.milliseconds(200)

    /// Opens the store in the directory `root`, which is there; it may be empty still.
    ///
    /// Tables that cannot be opened do not fail the opening, but stand in
    /// ``StoreSnapshot/problems``.
    ///
    /// - Throws: ``CatalogError/noStore(path:)`` when there is no such directory,
    ///   ``CatalogError/networkFileSystem(path:kind:)`` unless `allowNetworkFileSystem`.
    public init(
        opening root: FilePath, interval: Duration = defaultInterval,
        allowNetworkFileSystem: Bool = false
    ) throws(CatalogError) {
        guard try Disk.exists(root) else { throw .noStore(path: root.string) }
        if !allowNetworkFileSystem, let kind = try MountTable.networkKind(of: root) {
            throw .networkFileSystem(path: root.string, kind: kind)
        }
        let watched = WatchedStore(StoreLayout(root: root))
        watched.update()
        self.watched = watched
        thread = try PollingThread(interval: interval) { watched.update() }
    }

    deinit {
        thread.stop()
    }

    /// The newest snapshot: one reference, taken under a lock that is held for nothing else.
    public func snapshot() -> StoreSnapshot {
        watched.snapshot()
    }

    /// Looks at the catalog now, and waits for it.
    public func refresh() {
        watched.update()
    }

    /// Ends the thread; the last snapshot stays.
    public func close() {
        thread.stop()
    }
}

/// The snapshot in place, and the work that replaces it.
final class WatchedStore: Sendable {
    private let inPlace: Lock<StoreSnapshot>
    private let view: Lock<CatalogView>
    private let layout: StoreLayout

    init(_ layout: StoreLayout) {
        self.layout = layout
        inPlace = Lock(StoreSnapshot(generation: 0, jobs: [], problems: []))
        view = Lock(CatalogView(layout))
    }

    func snapshot() -> StoreSnapshot {
        inPlace.withLock { $0 }
    }

    /// Puts a new snapshot in place if the catalog has changed, or if something could not be opened
    /// before.
    ///
    /// One thread at a time.
    func update() {
        // The old snapshot may be the last reference to a table: it goes outside of both locks.
        var old: [StoreSnapshot] = []
        view.withLock { view in
            for _ in 0..<3 {
                let before = snapshot()
                guard let next = view.next(after: before) else { return }
                old.append(before)
                inPlace.withLock { $0 = next }
                // What is gone already, by a change that came meanwhile, is looked for again.
                guard !next.problems.isEmpty, view.isOutdated(next) else { return }
            }
        }
        withExtendedLifetime(old) {}
    }
}
