import Nostos
import NostosServer

/// The catalog as verbs see it: of a store on this machine, or through a server's control plane.
///
/// Both say the same things in the same words.
protocol CatalogAccess {
    func jobs() throws -> [JobState]
    /// The job; throws where there is none of that name.
    func state(of job: String) throws -> JobState
    /// At most `limit` runs of a job, or of all, the newest first; also of a removed job.
    func runs(job: String?, limit: Int) throws -> [RunRecord]
    /// Events of a job, or of all, the newest first; also of a removed job.
    func events(job: String?, _ choice: EventChoice) throws -> [CatalogEvent]
    /// The version that `selector` names: a number, `current`, `previous` or `candidate`.
    func version(of job: String, _ selector: String) throws -> VersionDocument
    /// The differences between one version and another, in counts.
    func difference(of job: String, from: Int, to: Int) throws -> DiffSummary
    /// Reads every byte of a version's table.
    func verify(job: String, version: Int) throws -> VerificationDocument
    /// The records of those keys, in their order, all of one version.
    func records(
        of job: JobReference, keys: [String], fields: [String]?
    ) throws -> (version: Int, records: [FoundRecord])
    /// Hands lines of JSON over, one for each record in key order, all of one version.
    func scan(
        _ job: JobReference, _ range: ScanRange, fields: [String]?, print: ([UInt8]) -> Void
    ) throws

    /// Goes back; with `seen` only if the job is still in that state.
    func rollBack(
        job: String, to version: Int?, reason: String, seen: JobState?
    ) throws -> JobState
    /// Promotes; with `isForced` and a reason also a version that failed its checks.
    func promote(job: String, version: Int, isForced: Bool, reason: String?) throws -> JobState
    func hold(job: String, reason: String) throws -> JobState
    func release(job: String, reason: String?) throws -> JobState
    func drop(job: String, version: Int, reason: String?) throws -> JobState
    func remove(job: String, reason: String) throws -> JobState
}

/// The catalog of a store on this machine.
struct LocalCatalog: CatalogAccess {
    let catalog: Catalog

    func jobs() throws -> [JobState] { try catalog.jobs() }

    func state(of job: String) throws -> JobState {
        guard let state = try catalog.job(job) else { throw CatalogError.unknownJob(job) }
        return state
    }

    func runs(job: String?, limit: Int) throws -> [RunRecord] {
        try checkHistory(of: job)
        let runs = try catalog.runs(job: job)
            .sorted { ($0.startedAt, $0.version) > ($1.startedAt, $1.version) }
        return Array(runs.prefix(limit))
    }

    func events(job: String?, _ choice: EventChoice) throws -> [CatalogEvent] {
        try checkHistory(of: job)
        let events = try catalog.events(job: job).reversed().lazy.filter(choice.includes)
        return Array(events.prefix(choice.limit))
    }

    private func checkHistory(of job: String?) throws {
        guard let job, try !catalog.hasHistory(of: job) else { return }
        throw CatalogError.unknownJob(job)
    }

    func verify(job: String, version: Int) throws -> VerificationDocument {
        guard let record = try state(of: job)[version] else {
            throw CatalogError.goneVersion(job: job, version: version)
        }
        return try VerificationDocument(verifying: record, of: job, in: catalog)
    }

    func version(of job: String, _ selector: String) throws -> VersionDocument {
        let version = try state(of: job).version(selector)
        return try VersionDocument(of: version, job: job, in: catalog)
    }

    func difference(of job: String, from: Int, to: Int) throws -> DiffSummary {
        try DiffSummary(from: table(job, from), to: table(job, to))
    }

    /// The table of a version.
    func table(_ job: String, _ number: Int) throws -> TableReader {
        guard let version = try state(of: job)[number], version.isReadable else {
            throw CatalogError.goneVersion(job: job, version: number)
        }
        return try TableReader(opening: catalog.tablePath(job: job, version: number))
    }

    func rollBack(
        job: String, to version: Int?, reason: String, seen: JobState?
    ) throws -> JobState {
        try catalog.rollBack(
            job: job, to: version, reason: reason, actor: Actor.current, expected: seen?.stateTag)
    }

    func promote(job: String, version: Int, isForced: Bool, reason: String?) throws -> JobState {
        try catalog.promote(
            job: job, version: version, isForced: isForced, reason: reason, actor: Actor.current)
    }

    func hold(job: String, reason: String) throws -> JobState {
        try catalog.hold(job: job, reason: reason, actor: Actor.current)
    }

    func release(job: String, reason: String?) throws -> JobState {
        try catalog.release(job: job, reason: reason, actor: Actor.current)
    }

    func remove(job: String, reason: String) throws -> JobState {
        try catalog.remove(job: job, reason: reason, actor: Actor.current)
    }

    func drop(job: String, version: Int, reason: String?) throws -> JobState {
        try catalog.drop(job: job, version: version, reason: reason, actor: Actor.current)
    }
}

extension JobState {
    /// The version that `selector` names.
    func version(_ selector: String) throws -> VersionRecord {
        guard let reference = VersionReference(selector) else {
            throw Failure(
                .failed,
                "\(name)@\(selector): expected a version's number without leading zeros, current, "
                    + "previous or candidate")
        }
        if let found = self[reference] { return found }
        switch reference {
        case .number(let number):
            throw wasUsed(number)
                ? CatalogError.goneVersion(job: name, version: number)
                : CatalogError.unknownVersion(job: name, version: number)
        case .current: throw Failure(.failed, "\(name) has no version that is current")
        case .previous: throw Failure(.failed, "\(name) has no good previous version")
        case .candidate:
            throw Failure(.failed, "\(name) has no version above the current one that waits")
        }
    }
}
