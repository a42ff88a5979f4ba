public import SystemPackage

/// The catalog of a store: its jobs, their versions, runs and events, and the verbs that change
/// them.
///
/// Any number of processes and threads may have the same store open. Each change is one line of the
/// journal, synced, and then one transaction of LMDB, under a lock that is held for that time only.
/// A process that dies within a change leaves either the old or the new state, never another. A run
/// also holds its job's lock from begin to end.
public final class Catalog: Sendable {
    /// The seconds for which a change waits for the changes of other processes.
    static let lockSeconds = 30

    let layout: StoreLayout
    /// The published tables.
    let depot: any TableDepot
    private let environment: Lock<SharedEnvironment>

    /// The store's directory.
    public var root: FilePath { layout.root }

    private init(_ layout: StoreLayout, _ environment: SharedEnvironment) {
        self.layout = layout
        depot = layout.depot
        self.environment = Lock(environment)
    }

    /// Opens the store at `root`; with `create` it makes one where there is none.
    ///
    /// A catalog that is damaged or lost is rebuilt from its journal first. `waiting` is called
    /// with a file's path when another process holds its lock for more than a second.
    ///
    /// - Throws: ``CatalogError/noStore(path:)`` without `create`;
    ///   ``CatalogError/lost(path:tables:)`` when tables are there and nothing says what they are;
    ///   ``CatalogError/networkFileSystem(path:kind:)`` unless `allowNetworkFileSystem`;
    ///   ``CatalogError/locked(path:seconds:)`` when the lock is not free within half a minute.
    public static func open(
        _ root: FilePath, create: Bool, allowNetworkFileSystem: Bool = false,
        waiting: (FilePath) -> Void = { _ in }
    ) throws(CatalogError) -> Catalog {
        let layout = StoreLayout(root: root)
        if create {
            try makeDirectories(layout)
        } else if try !Disk.exists(layout.catalog) {
            let tables = try Disk.names(in: layout.tables).count
            guard tables == 0 else { throw .lost(path: layout.catalog.string, tables: tables) }
            throw .noStore(path: root.string)
        }
        if !allowNetworkFileSystem, let kind = try MountTable.networkKind(of: root) {
            throw .networkFileSystem(path: root.string, kind: kind)
        }
        let lock = try FileLock.lock(
            layout.commitLock, .exclusive, seconds: lockSeconds, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        let recovery = CatalogRecovery(layout)
        do throws(CatalogError) {
            return Catalog(layout, try recovery.recover(isThorough: true).0)
        } catch .noStore where create {
            return Catalog(layout, try recovery.create().0)
        }
    }

    private static func makeDirectories(_ layout: StoreLayout) throws(CatalogError) {
        for directory in layout.directories where try !Disk.exists(directory) {
            try Disk.makeDirectory(directory)
            let parent = directory.removingLastComponent()
            try Disk.sync(directory: parent.isEmpty ? "." : parent)
        }
    }

    /// The number of changes of the store so far: a state at this generation is the newest.
    public func generation() throws(CatalogError) -> UInt64 {
        try read { environment throws(CatalogError) in
            try layout.head(environment).mark.generation
        }
    }

    /// All jobs that are not removed, by name.
    public func jobs() throws(CatalogError) -> [JobState] {
        try storedJobs().filter { $0.removal == nil }
    }

    /// The job of that name; nil when the store does not have it, or it is removed.
    public func job(_ name: String) throws(CatalogError) -> JobState? {
        let state = try storedJob(name)
        return state?.removal == nil ? state : nil
    }

    /// Whether the store has a history of a job of that name, removed or not.
    public func hasHistory(of name: String) throws(CatalogError) -> Bool {
        try storedJob(name) != nil
    }

    /// The number that the next run of a job gets, whether the store knows the job or not.
    public func nextNumber(of name: String) throws(CatalogError) -> Int {
        try storedJob(name)?.nextNumber ?? 1
    }

    /// All jobs, removed ones among them.
    func storedJobs() throws(CatalogError) -> [JobState] {
        try read { environment throws(CatalogError) in try layout.jobs(environment).1 }
    }

    /// One job, removed or not.
    func storedJob(_ name: String) throws(CatalogError) -> JobState? {
        guard JobName.isValid(name) else { throw .badJobName(name) }
        return try read { environment throws(CatalogError) in try layout.job(name, environment) }
    }

    /// The last hundred runs of one job, or of each, by job and version.
    public func runs(job: String? = nil) throws(CatalogError) -> [RunRecord] {
        if let job, !JobName.isValid(job) { throw .badJobName(job) }
        return try read { environment throws(CatalogError) in
            try layout.runs(of: job, environment)
        }
    }

    /// Every change of one job, or of the store, oldest first.
    ///
    /// O(the whole journal).
    ///
    /// - Throws: ``CatalogError/damaged(file:detail:)`` when a line was tampered with.
    public func events(job: String? = nil) throws(CatalogError) -> [CatalogEvent] {
        if let job, !JobName.isValid(job) { throw .badJobName(job) }
        let last = try generation()
        let cursor = try Journal(path: layout.journal).cursor()
        var events: [CatalogEvent] = []
        while let entry = try cursor.next(), entry.event.generation <= last {
            if job == nil || entry.event.job == job { events.append(entry.event) }
        }
        return events
    }

}

extension Catalog {
    /// Reads from LMDB; when its file was replaced or is damaged, from the recovered one.
    private func read<Result>(
        _ body: (SharedEnvironment) throws(CatalogError) -> Result
    ) throws(CatalogError) -> Result {
        let shared = environment.withLock { $0 }
        do throws(CatalogError) {
            if try shared.isCurrent() { return try body(shared) }
        } catch {
            guard CatalogRecovery.isLoss(error) else { throw error }
        }
        return try exclusively(isThorough: true) { environment, _ throws(CatalogError) in
            try body(environment)
        }
    }

    /// Runs `body` under the commit's lock with the two files in agreement.
    private func exclusively<Result>(
        isThorough: Bool, _ body: (SharedEnvironment, CatalogHead) throws(CatalogError) -> Result
    ) throws(CatalogError) -> Result {
        let lock = try FileLock.lock(layout.commitLock, .exclusive, seconds: Self.lockSeconds)
        defer { withExtendedLifetime(lock) {} }
        let (shared, head) = try CatalogRecovery(layout).recover(isThorough: isThorough)
        // The old share is released outside of the lock that guards the property.
        let old = environment.withLock { current in
            let old = current
            current = shared
            return old
        }
        defer { withExtendedLifetime(old) {} }
        return try body(shared, head)
    }

    /// A requested change: the action, the person who asks for it, and the reason.
    struct Change {
        let action: CatalogEvent.Action
        let job: String
        let actor: String
        var version: Int?
        var reason: String?
        var run: RunRecord?
        var makesJob = false
        /// The state tag that the job must have; nil is any.
        var expected: String?
    }

    /// Makes one change of one job: reads its state, lets `body` change the value, and commits it.
    ///
    /// Nothing is written when `body` throws or changes nothing.
    ///
    /// - Returns: the job afterwards.
    @discardableResult
    func commit(
        _ change: Change, _ body: (inout JobState, inout Change) throws(CatalogError) -> Void
    ) throws(CatalogError) -> JobState {
        guard JobName.isValid(change.job) else { throw .badJobName(change.job) }
        func work(_ environment: SharedEnvironment, _ head: CatalogHead) throws(CatalogError)
            -> JobState
        {
            try commit(change, environment, head, body)
        }
        do throws(CatalogError) {
            return try exclusively(isThorough: false, work)
        } catch {
            guard CatalogRecovery.isLoss(error) else { throw error }
        }
        return try exclusively(isThorough: true, work)
    }

    private func commit(
        _ change: Change, _ environment: SharedEnvironment, _ head: CatalogHead,
        _ body: (inout JobState, inout Change) throws(CatalogError) -> Void
    ) throws(CatalogError) -> JobState {
        let before = try layout.job(change.job, environment)
        let isThere = before.map { $0.removal == nil } ?? false
        guard isThere || change.makesJob || change.action == .free else {
            throw .unknownJob(change.job)
        }
        var after = before ?? JobState(name: change.job)
        if let expected = change.expected, after.stateTag != expected {
            throw .moved(job: change.job)
        }
        var change = change
        try body(&after, &change)
        if after == before { return after }
        if let defect = after.defect {
            throw .damaged(file: layout.data.string, detail: "not written: \(defect)")
        }
        let entry = Self.entry(change, before, after, head.mark.generation + 1)
        let mark = try Journal(path: layout.journal).append(entry, after: head.mark)
        try layout.write(CatalogHead(mark: mark), after, change.run, environment)
        return after
    }

    private static func entry(
        _ change: Change, _ before: JobState?, _ after: JobState, _ generation: UInt64
    ) -> JournalEntry {
        let event = CatalogEvent(
            generation: generation, at: Disk.now(), actor: change.actor, action: change.action,
            job: change.job, version: change.version, from: before?.currentNumber,
            to: after.currentNumber, reason: change.reason)
        let (changed, forgotten) = after.change(since: before)
        return JournalEntry(
            event: event, job: changed, forgotten: forgotten.isEmpty ? nil : forgotten,
            run: change.run)
    }
}
