import SystemPackage

/// A reader's view of the catalog: LMDB while it is sound, else the journal, else the last good
/// view.
struct CatalogView {
    private let layout: StoreLayout
    private var environment: SharedEnvironment?
    /// The journal's length when it was last read in LMDB's place.
    private var journalSize: Int64?
    private var polls = 0

    /// After how many looks a table that could not be opened is tried again.
    private static let retryPolls = 5
    /// The time for which the opening of LMDB waits while a catalog is rebuilt.
    private static let lockSeconds = 1

    init(_ layout: StoreLayout) {
        self.layout = layout
    }

    /// The snapshot that takes the place of `old`, or nil when `old` is still right.
    mutating func next(after old: StoreSnapshot) -> StoreSnapshot? {
        polls += 1
        let isLost = old.jobs.values.reduce(false) { isLost, job in job.look() || isLost }
        let isRetry = isLost || !old.problems.isEmpty && polls % Self.retryPolls == 0
        do throws(CatalogError) {
            guard let (generation, jobs) = try read(after: old.generation, always: isRetry) else {
                return nil
            }
            return snapshot(generation, jobs, old)
        } catch {
            return snapshot(failing: error, old)
        }
    }

    /// Whether the catalog has changed since that snapshot.
    mutating func isOutdated(_ snapshot: StoreSnapshot) -> Bool {
        guard let environment, let head = try? layout.head(environment) else { return false }
        return head.mark.generation > snapshot.generation
    }

    private func snapshot(_ generation: UInt64, _ jobs: [JobState], _ old: StoreSnapshot)
        -> StoreSnapshot
    {
        let jobs = jobs.filter { $0.removal == nil }.map { state in
            let before = old.jobs[state.name]
            if let before, before.state == state, before.isWhole { return before }
            return JobSnapshot(state, layout: layout, old: before)
        }
        return StoreSnapshot(generation: generation, jobs: jobs, problems: [])
    }

    /// The old jobs with the reason why there are no newer ones; nil when that is said already.
    private func snapshot(failing error: CatalogError, _ old: StoreSnapshot) -> StoreSnapshot? {
        let problem = StoreProblem(job: nil, version: nil, detail: "\(error)")
        guard !old.problems.contains(problem) else { return nil }
        return StoreSnapshot(
            generation: old.generation, jobs: Array(old.jobs.values), problems: [problem])
    }

    /// The jobs, if the generation is not the one already known.
    private mutating func read(after known: UInt64, always: Bool) throws(CatalogError)
        -> (UInt64, [JobState])?
    {
        let damage: CatalogError
        do throws(CatalogError) {
            guard let environment = try open() else { return nil }
            let generation = try layout.head(environment).mark.generation
            guard generation >= known else {
                throw .damaged(
                    file: layout.data.string,
                    detail: "generation \(generation) after \(known): an old copy")
            }
            if generation == known && !always { return nil }
            let jobs = try layout.jobs(environment)
            journalSize = nil
            return jobs
        } catch {
            environment = nil
            guard CatalogRecovery.isLoss(error) else { throw error }
            damage = error
        }
        return try readJournal(after: known, because: damage)
    }

    /// The environment that is open, or the one that has taken its place; nil while the store is
    /// empty still.
    private mutating func open() throws(CatalogError) -> SharedEnvironment? {
        if let environment, try environment.isCurrent() { return environment }
        environment = nil
        // The lock keeps a rebuilding of LMDB apart from its opening. A process that was stopped
        // while it holds the lock must not stop readers too, so they wait a little only.
        let lock =
            try Disk.exists(layout.commitLock)
            ? try? FileLock.lock(layout.commitLock, .shared, seconds: Self.lockSeconds) : nil
        defer { withExtendedLifetime(lock) {} }
        if try !Disk.exists(layout.data), try !Disk.exists(layout.journal) {
            let tables = try Disk.names(in: layout.tables).count
            guard tables == 0 else { throw .lost(path: layout.catalog.string, tables: tables) }
            return nil
        }
        environment = try LMDBRegistry.shared.open(layout.catalog, layout.data)
        return environment
    }

    /// LMDB is lost: the journal knows as much, until somebody who may write rebuilds LMDB.
    private mutating func readJournal(after known: UInt64, because damage: CatalogError)
        throws(CatalogError) -> (UInt64, [JobState])?
    {
        guard let size = try Disk.status(layout.journal)?.size else { throw damage }
        if size == journalSize { return nil }
        let cursor = try Journal(path: layout.journal).cursor()
        var contents = CatalogContents()
        while let entry = try cursor.next() { contents.apply(entry) }
        guard cursor.mark.generation >= known, cursor.mark.generation > 0 else { throw damage }
        for job in contents.jobs.values {
            if let defect = job.defect {
                throw .damaged(file: layout.journal.string, detail: defect)
            }
        }
        journalSize = size
        return (cursor.mark.generation, contents.jobs.values.sorted { $0.name < $1.name })
    }
}
