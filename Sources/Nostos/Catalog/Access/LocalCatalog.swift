/// The catalog of a store on this machine.
public struct LocalCatalog: CatalogAccess, Sendable {
    /// The store's catalog.
    public let catalog: Catalog
    /// The name in the history of whoever changes something.
    public let actor: String

    /// Access to an open catalog in the name of `actor`.
    public init(_ catalog: Catalog, actor: String) {
        (self.catalog, self.actor) = (catalog, actor)
    }

    /// All jobs that are not removed, by name.
    public func jobs() throws -> [JobState] { try catalog.jobs() }

    /// One job.
    ///
    /// - Throws: ``CatalogError/unknownJob(_:)``.
    public func state(of job: String) throws -> JobState {
        guard let state = try catalog.job(job) else { throw CatalogError.unknownJob(job) }
        return state
    }

    /// At most `limit` runs of a job, or of all, the newest first.
    public func runs(job: String?, limit: Int) throws -> [RunRecord] {
        try checkHistory(of: job)
        let runs = try catalog.runs(job: job)
            .sorted { ($0.startedAt, $0.version) > ($1.startedAt, $1.version) }
        return Array(runs.prefix(limit))
    }

    /// Events of a job, or of all, the newest first.
    ///
    /// - Complexity: O(the whole journal).
    public func events(job: String?, _ choice: EventChoice) throws -> [CatalogEvent] {
        try checkHistory(of: job)
        let events = try catalog.events(job: job).reversed().lazy.filter(choice.includes)
        return Array(events.prefix(choice.limit))
    }

    private func checkHistory(of job: String?) throws {
        guard let job, try !catalog.hasHistory(of: job) else { return }
        throw CatalogError.unknownJob(job)
    }

    /// The version of a job that a ``VersionReference`` names.
    public func version(of job: String, _ selector: String) throws -> VersionDocument {
        let version = try state(of: job).version(named: selector)
        return try VersionDocument(of: version, job: job, in: catalog)
    }

    /// The differences between two versions, in counts.
    ///
    /// - Complexity: O(rows of both).
    public func difference(of job: String, from: Int, to: Int) throws -> DiffSummary {
        try DiffSummary(from: table(of: job, from), to: table(of: job, to))
    }

    /// Reads every byte of a version's table and compares it with its checksums.
    public func verify(job: String, version: Int) throws -> VerificationDocument {
        guard let record = try state(of: job)[version] else {
            throw CatalogError.goneVersion(job: job, version: version)
        }
        return try VerificationDocument(verifying: record, of: job, in: catalog)
    }

    /// The table of a version that may be read.
    public func table(of job: String, _ number: Int) throws -> TableReader {
        guard let version = try state(of: job)[number] else {
            throw CatalogError.goneVersion(job: job, version: number)
        }
        return try catalog.openTable(job: job, version)
    }

    /// The version that is meant, and its table.
    public func table(of job: JobReference) throws -> (version: VersionRecord, table: TableReader) {
        let version = try job.version(in: state(of: job.job))
        return (version, try catalog.openTable(job: job.job, version))
    }

    /// Makes an older version the current one and holds the job.
    public func rollBack(
        job: String, to version: Int?, reason: String, seen: JobState?
    ) throws -> JobState {
        try catalog.rollBack(
            job: job, to: version, reason: reason, actor: actor, expected: seen?.stateTag)
    }

    /// Makes a version the current one.
    public func promote(
        job: String, version: Int, isForced: Bool, reason: String?
    ) throws -> JobState {
        try catalog.promote(
            job: job, version: version, isForced: isForced, reason: reason, actor: actor)
    }

    /// Lets later runs stop at a candidate.
    public func hold(job: String, reason: String) throws -> JobState {
        try catalog.hold(job: job, reason: reason, actor: actor)
    }

    /// Ends the hold of a job.
    public func release(job: String, reason: String?) throws -> JobState {
        try catalog.release(job: job, reason: reason, actor: actor)
    }

    /// Gives up a version that is not current.
    public func drop(job: String, version: Int, reason: String?) throws -> JobState {
        try catalog.drop(job: job, version: version, reason: reason, actor: actor)
    }

    /// Stops serving a job and drops all its versions; its history stays.
    public func remove(job: String, reason: String) throws -> JobState {
        try catalog.remove(job: job, reason: reason, actor: actor)
    }
}
