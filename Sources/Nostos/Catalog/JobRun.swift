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
    /// The path at which the caller makes the table's file.
    public var tablePath: FilePath {
        scratch.appending(TableName(job: job, number: version).fileName)
    }

    private let catalog: Catalog
    let actor: String
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

/// The result of a publication.
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
        // Refused before hours of extraction: the new table is expected to be as large as the last
        // one.
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

    /// Clears what dead runs of the job left.
    ///
    /// The caller holds the job's lock, so no run is alive.
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

    /// Deletes tables of runs that died after naming them and before the catalog said so.
    ///
    /// A table with a number that was never given away is another case: the catalog is an old one.
    private func removeOrphans(_ job: String, _ state: JobState?) throws(CatalogError) {
        var orphans: [TableName] = []
        for table in try depot.list() where table.job == job {
            guard state?.wasUsed(table.number) == true else {
                throw .damaged(
                    file: layout.catalog.string,
                    detail: "tables/\(table.fileName) is there, but \(state?.nextNumber ?? 1) is "
                        + "the next number: the catalog is older than its tables")
            }
            if let version = state?[table.number] {
                if version.hasTable { continue }
                if case .unknown = version.state { continue }
            }
            orphans.append(table)
        }
        _ = try depot.remove(orphans, evenIfHeld: true)
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
    /// The table takes its name in `tables/`, which is made durable. Then one change makes the
    /// version current, or a candidate without `promote` and while the job is held, and drops the
    /// versions beyond `keepVersions`. Dropped tables are deleted `dropDelay` later, without a
    /// delay at once.
    ///
    /// A version older than `maxAge` is stale; the reader's metrics and readiness show that.
    /// `owner` and `description` are the job file's: the job shows those of its last version.
    ///
    /// The record is stored with the version, with its outcome and its end set.
    ///
    /// - Returns: the state afterwards.
    /// - Throws: when the version is not published. Only if the commit itself failed is that
    ///   uncertain; the next reading of the catalog shows it.
    public func publish(
        summary: TableSummary, promote: Bool, keepVersions: Int, dropDelay: Duration,
        maxAge: Duration? = nil, owner: String? = nil, description: String? = nil,
        record: RunRecord
    ) throws(CatalogError) -> PublishOutcome {
        var table = try keepTable(summary)
        table.warningCount = record.warningCount
        let now = table.publishedAt
        let rules = PublishRules(
            promote: promote, keepVersions: keepVersions, dropDelay: dropDelay.inMicroseconds,
            maxAge: maxAge?.inMicroseconds, owner: owner, description: description)
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

    /// Rejects the version: a check failed.
    ///
    /// With a summary the table at ``tablePath``, complete, synced, read-only and verified, stays
    /// in `tables/`, so that people can look at the fault, or promote the version anyway. It goes
    /// when newer rejected versions push it out.
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

    /// Moves the table to `tables/` and makes its name durable.
    ///
    /// A later change of the catalog must name it; otherwise the job's next run deletes it.
    private func keepTable(_ summary: TableSummary) throws(CatalogError) -> PublishedTable {
        try checkFile(size: summary.size)
        try catalog.depot.put(tablePath, as: TableName(job: job, number: version))
        return PublishedTable(
            rowCount: summary.rowCount, size: summary.size, digest: summary.digest,
            publishedAt: Disk.now())
    }

    /// Checks that the file is the one that the caller describes.
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
