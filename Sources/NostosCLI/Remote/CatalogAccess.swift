import Nostos
import NostosServer

/// The catalog as verbs see it: of a store on this machine, or through a server's control plane.
///
/// Both say the same things in the same words.
protocol CatalogAccess {
    func jobs() throws -> [JobState]
    /// The job; throws where there is none of that name.
    func state(of job: String) throws -> JobState
    func runs(job: String?) throws -> [RunRecord]
    func events(job: String?) throws -> [CatalogEvent]
    /// The version that `selector` names: a number, `current`, `previous` or `candidate`.
    func version(of job: String, _ selector: String) throws -> VersionDocument
    /// What differs from one version to another, in counts.
    func difference(of job: String, from: Int, to: Int) throws -> DiffSummary

    /// Goes back; with `seen` only if the job is still in that state.
    func rollBack(
        job: String, to version: Int?, reason: String, seen: JobState?
    ) throws -> JobState
    func promote(job: String, version: Int, reason: String?) throws -> JobState
    func hold(job: String, reason: String) throws -> JobState
    func release(job: String) throws -> JobState
    func drop(job: String, version: Int, reason: String?) throws -> JobState
}

/// The catalog of a store on this machine.
struct LocalCatalog: CatalogAccess {
    let catalog: Catalog

    func jobs() throws -> [JobState] { try catalog.jobs() }

    func state(of job: String) throws -> JobState {
        guard let state = try catalog.job(job) else { throw CatalogError.unknownJob(job) }
        return state
    }

    func runs(job: String?) throws -> [RunRecord] {
        if let job { _ = try state(of: job) }
        return try catalog.runs(job: job)
    }

    func events(job: String?) throws -> [CatalogEvent] {
        if let job { _ = try state(of: job) }
        return try catalog.events(job: job)
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
        guard let version = try state(of: job)[number], version.hasTable else {
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

    func promote(job: String, version: Int, reason: String?) throws -> JobState {
        try catalog.promote(job: job, version: version, reason: reason, actor: Actor.current)
    }

    func hold(job: String, reason: String) throws -> JobState {
        try catalog.hold(job: job, reason: reason, actor: Actor.current)
    }

    func release(job: String) throws -> JobState {
        try catalog.release(job: job, actor: Actor.current)
    }

    func drop(job: String, version: Int, reason: String?) throws -> JobState {
        try catalog.drop(job: job, version: version, reason: reason, actor: Actor.current)
    }
}

extension JobState {
    /// The version that `selector` names.
    func version(_ selector: String) throws -> VersionRecord {
        let found: VersionRecord? =
            switch selector {
            case "current": current
            case "previous": previous.first
            case "candidate": candidate
            case let text: Int(text).flatMap { self[$0] }
            }
        guard let found else {
            let what = selector == "current" ? "that is current" : selector
            throw Failure(.failed, "\(name) has no version \(what)")
        }
        return found
    }
}
