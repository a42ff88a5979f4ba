import Glibc
public import SystemPackage

/// One run under way: it holds the job's lock until the object goes, and owns one version's number
/// and one scratch directory.
///
/// It ends with one of `publish`, `reject` and `fail`. A run that dies before leaves the store as
/// it was; the next run of the job calls it failed and clears its directory.
public final class JobRun: Sendable {
    /// The job.
    public let job: String
    /// The number of the version, given away for ever.
    public let version: Int
    /// The run's own directory; it goes when the run ends.
    public let scratch: FilePath
    /// When the run began, in microseconds since 1970.
    public let startedAt: Int64
    /// The path of the table to be written; the caller creates the file.
    public var tablePath: FilePath {
        scratch.appending(TableName(job: job, number: version).fileName)
    }

    private let catalog: Catalog
    private let actor: String
    private let lock: FileLock

    fileprivate init(
        _ catalog: Catalog, _ begun: VersionRecord, _ job: String, _ actor: String,
        _ lock: FileLock, _ scratch: FilePath
    ) {
        self.catalog = catalog
        self.job = job
        self.actor = actor
        self.lock = lock
        self.scratch = scratch
        version = begun.number
        startedAt = begun.startedAt
    }
}

/// The outcome of a publication.
public struct PublishOutcome: Sendable, Hashable {
    /// The job afterwards.
    public let state: JobState
    /// The version that was published.
    public let version: Int
    /// Whether it is current now; otherwise it waits as a candidate.
    public let isPromoted: Bool
    /// The version that was current before.
    public let from: Int?
    /// The versions that were dropped for it.
    public let dropped: [Int]
    /// Dropped versions whose tables were deleted at once; others are, later, by a sweep.
    public let freed: [Int]
}

extension Catalog {
    /// Begins a run of the job, which need not exist: takes its lock, clears what dead runs left,
    /// and gives away the next number.
    ///
    /// - Throws: ``CatalogError/busy(job:pid:since:)`` while another run of the job is under way;
    ///   ``CatalogError/io(action:path:_:)`` also where the disk has no room for a table of the
    ///   current version's size.
    public func beginRun(job: String, actor: String) throws(CatalogError) -> JobRun {
        guard JobName.isValid(job) else { throw .badJobName(job) }
        try Self.check(reason: "-", actor: actor)
        let lock = try lockRun(of: job)
        let now = Disk.now()
        try lock.write(note: "\(getpid()) \(now)\n")
        try clearLeftovers(job, actor)
        // Refused before hours of extraction, where it can be told: as large as the last one.
        if let size = try self.job(job)?.current?.size {
            try Disk.checkRoom(for: size, in: layout.scratch)
        }
        var begun = VersionRecord(number: 0, startedAt: now)
        let change = Change(action: .begin, job: job, actor: actor, makesJob: true)
        try commit(change) { state, change throws(CatalogError) in
            let number = state.begin(at: now)
            change.version = number
            begun = VersionRecord(number: number, startedAt: now)
        }
        let name = ScratchName(job: job, number: begun.number, pid: Int(getpid()))
        let scratch = layout.scratch(name)
        try Disk.makeDirectory(scratch)
        return JobRun(self, begun, job, actor, lock, scratch)
    }

    /// Takes the lock that a run of the job holds from begin to end.
    ///
    /// - Throws: ``CatalogError/busy(job:pid:since:)`` while another process has it.
    func lockRun(of job: String) throws(CatalogError) -> FileLock {
        let path = layout.lock(job)
        if let lock = try FileLock.tryLock(path, .exclusive) { return lock }
        let words = FileLock.note(path).split(whereSeparator: \.isWhitespace)
        throw .busy(
            job: job, pid: words.first.flatMap { Int($0) } ?? 0,
            since: words.dropFirst().first.flatMap { Int64($0) } ?? 0)
    }

    /// Clears what dead runs of the job left; its lock is held, so none of them lives.
    func clearLeftovers(_ job: String, _ actor: String) throws(CatalogError) {
        let state = try storedJob(job)
        for version in state?.versions ?? [] where version.state.isUnfinished {
            let reason = "the run died while \(version.state)"
            let change = Change(
                action: .fail, job: job, actor: actor, version: version.number, reason: reason,
                run: RunRecord(
                    job: job, version: version.number, startedAt: version.startedAt,
                    finishedAt: Disk.now(), outcome: .failed, error: reason))
            try commit(change) { state, _ throws(CatalogError) in
                try state.fail(version.number, reason: reason)
            }
        }
        for name in try Disk.names(in: layout.scratch) where ScratchName(name)?.job == job {
            try Disk.removeTree(layout.scratch.appending(name))
        }
        try DryRunPlace.clearLeftovers(in: layout.scratch)
        try removeOrphans(job, state)
        _ = try? sweep(job: job)
    }

    /// Deletes tables that a run had named and died before it could say so.
    ///
    /// A table of a number that was never given away is none of them: it says that the catalog is
    /// an old one.
    private func removeOrphans(_ job: String, _ state: JobState?) throws(CatalogError) {
        var isChanged = false
        for name in try Disk.names(in: layout.tables) {
            guard let table = TableName(name), table.job == job else { continue }
            guard state?.wasUsed(table.number) == true else {
                throw .damaged(
                    file: layout.catalog.string,
                    detail: "tables/\(name) is there, but \(state?.nextNumber ?? 1) is the next "
                        + "number: the catalog is older than its tables")
            }
            if let version = state?[table.number] {
                if version.hasTable { continue }
                if case .unknown = version.state { continue }
            }
            try Disk.unlink(layout.tables.appending(name))
            isChanged = true
        }
        if isChanged { try Disk.sync(directory: layout.tables) }
    }
}

extension JobRun {
    /// The table is written; its checks run now.
    public func checking() throws(CatalogError) {
        let change = Catalog.Change(action: .check, job: job, actor: actor, version: version)
        try catalog.commit(change) { state, _ throws(CatalogError) in
            try state.startChecking(version)
        }
    }

    /// Publishes the table at ``tablePath``: complete, synced, read-only and verified.
    ///
    /// It takes its name in `tables/`, which is made durable; then one change makes it current,
    /// or a candidate without `promote` and while the job is held, and drops what is beyond
    /// `keepVersions`. `dropDelay` later the dropped tables are deleted, with no delay at once.
    ///
    /// Older than `maxAge` the version is stale, which the reader's metrics and readiness tell.
    ///
    /// The record is stored with the version, its outcome and its end set to what holds.
    ///
    /// - Returns: what holds now.
    /// - Throws: when the version is not published. Only where the commit itself failed is that
    ///   for the next reading of the catalog to tell.
    public func publish(
        summary: TableSummary, promote: Bool, keepVersions: Int, dropDelay: Duration,
        maxAge: Duration? = nil, record: RunRecord
    ) throws(CatalogError) -> PublishOutcome {
        var table = try keepTable(summary)
        table.warningCount = record.warningCount
        let now = table.publishedAt
        let rules = PublishRules(
            promote: promote, keepVersions: keepVersions, dropDelay: dropDelay.inMicroseconds,
            maxAge: maxAge?.inMicroseconds)
        var before: JobState?
        let change = Catalog.Change(action: .publish, job: job, actor: actor, version: version)
        let after = try catalog.commit(change) { state, change throws(CatalogError) in
            before = state
            try state.publish(version, table, rules)
            var record = record
            record.finishedAt = now
            record.outcome = state.currentNumber == version ? .promoted : .candidate
            change.run = record
        }
        // The version is published: what cannot be cleared now is cleared later.
        try? Disk.removeTree(scratch)
        let freed = try? catalog.sweep(job: job)
        return PublishOutcome(
            state: after, version: version, isPromoted: after.currentNumber == version,
            from: before?.currentNumber,
            dropped: after.versions.filter {
                $0.state == .dropped && before?[$0.number]?.state != .dropped
            }.map(\.number),
            freed: freed?.map(\.number) ?? [])
    }

    /// A check failed: the version is `rejected`.
    ///
    /// With a summary the table at ``tablePath``, complete, synced, read-only and verified, stays
    /// in `tables/`, so that people can look at what was wrong, and promote it all the same; it
    /// goes when newer rejected ones push it out.
    public func reject(
        reason: String, record: RunRecord, keeping summary: TableSummary? = nil
    ) throws(CatalogError) {
        var table = try summary.map { summary throws(CatalogError) in try keepTable(summary) }
        table?.warningCount = record.warningCount
        try end(.reject, .rejected, reason, record) { state throws(CatalogError) in
            try state.reject(version, reason: reason, table)
        }
        _ = try? catalog.sweep(job: job)
    }

    /// The run broke: the version is `failed` and its files go.
    public func fail(reason: String, record: RunRecord) throws(CatalogError) {
        try end(.fail, .failed, reason, record) { state throws(CatalogError) in
            try state.fail(version, reason: reason)
        }
    }

    private func end(
        _ action: CatalogEvent.Action, _ outcome: RunOutcome, _ reason: String,
        _ record: RunRecord, _ body: (inout JobState) throws(CatalogError) -> Void
    ) throws(CatalogError) {
        // The files go first: on a full disk that makes room for the journal's line.
        try? Disk.removeTree(scratch)
        var record = record
        record.outcome = outcome
        let change = Catalog.Change(
            action: action, job: job, actor: actor, version: version, reason: reason, run: record)
        try catalog.commit(change) { state, _ throws(CatalogError) in try body(&state) }
    }

    /// Gives the table its name in `tables/` and makes that durable; a later change of the catalog
    /// must say so, else the next run of the job deletes it.
    private func keepTable(_ summary: TableSummary) throws(CatalogError) -> PublishedTable {
        try checkFile(size: summary.size)
        let layout = catalog.layout
        try Disk.moveExclusively(tablePath, to: layout.table(job, version))
        try Disk.sync(directory: layout.tables)
        return PublishedTable(
            rowCount: summary.rowCount, size: summary.size, digest: summary.digest,
            publishedAt: Disk.now())
    }

    /// The file must be what the caller says, and nobody may have a reason to write to it.
    private func checkFile(size: Int) throws(CatalogError) {
        guard let status = try Disk.status(tablePath) else {
            throw .io(action: "publishing", path: tablePath.string, .noSuchFileOrDirectory)
        }
        guard status.type == .regular, status.size == Int64(size) else {
            throw .badArgument(
                name: "size", detail: "\(tablePath) has \(status.size) bytes, expected \(size)")
        }
    }
}

extension Duration {
    /// The duration in whole microseconds; the longest and the shortest are cut to what fits.
    package var inMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let limit: Int64 = 1 << 42
        return min(max(seconds, -limit), limit) * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
