/// A catalog that people and programs look at and change: that of a store on this machine, or one
/// behind a server's control plane.
///
/// All implementations say the same things in the same words. ``LocalCatalog`` is the one for a
/// store; one over HTTP needs a client library, which this library does without.
public protocol CatalogAccess {
    /// All jobs that are not removed, by name.
    func jobs() throws -> [JobState]

    /// One job.
    ///
    /// - Throws: ``CatalogError/unknownJob(_:)``, or a failure of the server that says the same.
    func state(of job: String) throws -> JobState

    /// At most `limit` runs of a job, or of all, the newest first; also of a removed job.
    func runs(job: String?, limit: Int) throws -> [RunRecord]

    /// Events of a job, or of all, the newest first; also of a removed job.
    func events(job: String?, _ choice: EventChoice) throws -> [CatalogEvent]

    /// The version of a job that a ``VersionReference`` names.
    func version(of job: String, _ selector: String) throws -> VersionDocument

    /// The differences between two versions, in counts.
    func difference(of job: String, from: Int, to: Int) throws -> DiffSummary

    /// Reads every byte of a version's table and compares it with its checksums.
    func verify(job: String, version: Int) throws -> VerificationDocument

    /// The records of those keys, in their order, all of one version.
    ///
    /// Keys are texts as people type them, see ``KeySchema/encode(text:)``; `fields` are names of
    /// fields, and nil is all.
    func records(
        of job: JobReference, keys: [String], fields: [String]?
    ) throws -> (version: Int, records: [FoundRecord])

    /// Calls `print` with lines of JSON, one for each record in key order, all of one version.
    func scan(
        _ job: JobReference, _ range: ScanRange, fields: [String]?, print: ([UInt8]) -> Void
    ) throws

    /// Makes an older version the current one, by default the newest good one, and holds the job.
    ///
    /// `seen` is the state that the caller has seen: where the job is in another one by now,
    /// nothing changes. Nil is any state. As all changes it returns the job after it.
    func rollBack(
        job: String, to version: Int?, reason: String, seen: JobState?
    ) throws -> JobState

    /// Makes a version the current one; with `isForced` and a reason also a version that failed its
    /// checks.
    func promote(job: String, version: Int, isForced: Bool, reason: String?) throws -> JobState

    /// Lets later runs stop at a candidate.
    func hold(job: String, reason: String) throws -> JobState

    /// Ends the hold of a job.
    func release(job: String, reason: String?) throws -> JobState

    /// Gives up a version that is not current.
    func drop(job: String, version: Int, reason: String?) throws -> JobState

    /// Stops serving a job and drops all its versions; its history stays.
    func remove(job: String, reason: String) throws -> JobState
}
