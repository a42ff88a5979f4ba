import Nostos

/// A job as one thread serves it.
final class ServedJob {
    let name: [UInt8]
    private let job: JobSnapshot
    private var versions: [Int: ServedVersion] = [:]
    /// The version that is served, or nil when there is none.
    private(set) lazy var current = job.current.map(served)

    init(_ job: JobSnapshot) {
        self.job = job
        name = Array(job.name.utf8)
    }

    @inline(__always)
    func isNamed(_ name: Span<UInt8>) -> Bool {
        let own = self.name
        return own.span.elementsEqual(name)
    }

    /// The version of that selector; `text` is what the caller wrote.
    func version(_ selector: VersionReference, text: Span<UInt8>) throws(Problem) -> ServedVersion {
        switch selector {
        case .current:
            if let current { return current }
            throw job.state.currentNumber == nil
                ? Problem(.versionNotFound, "No version of the job was promoted yet.", name: text)
                : Problem(.notReady, "The job's current version cannot be opened.", name: text)
        case .previous: return try served(job.previous, text)
        case .candidate: return try served(job.candidate, text)
        case .number(let number):
            if let known = versions[number] { return known }
            if let open = job[number] { return served(open) }
            throw missing(number, text)
        }
    }

    /// Adds what was counted, once.
    func moveLookups(to counts: inout RequestCounts) {
        for version in versions.values where version.lookups != RequestCounts.Lookups() {
            counts.count(job: job.name, version.lookups)
            if version.number == job.current?.number {
                counts.count(
                    job: job.name, current: version.number, since: job.servedSince,
                    version.lookups)
            }
            version.lookups = RequestCounts.Lookups()
        }
    }

    /// Whether some version that is open has a field of that name.
    func hasField(_ name: String) -> Bool {
        job.versions.values.contains { $0.table.info.schema.index(of: name) != nil }
    }

    /// The field of an open version whose name was probably meant.
    func suggestion(for name: String) -> String? {
        let fields = job.versions.values.lazy.flatMap { $0.table.info.schema.fields.map(\.name) }
        return nearestWord(to: name, among: Set(fields.prefix(NameSuggestion.maxCount)).sorted())
    }

    private func missing(_ number: Int, _ text: Span<UInt8>) -> Problem {
        if job.problems.contains(where: { $0.version == number }) {
            return Problem(.notReady, "The version cannot be opened.", name: text)
        }
        return job.isGone(number)
            ? Problem(.versionGone, "The version was dropped, or never came to be.", name: text)
            : Problem(.versionNotFound, "The job has no version of this number.", name: text)
    }

    private func served(_ open: OpenVersion?, _ text: Span<UInt8>) throws(Problem) -> ServedVersion
    {
        guard let open else {
            throw Problem(.versionNotFound, "The job has no version in this state.", name: text)
        }
        return served(open)
    }

    private func served(_ open: OpenVersion) -> ServedVersion {
        if let known = versions[open.number] { return known }
        let version = ServedVersion(open)
        versions[open.number] = version
        return version
    }
}

/// Limits of the search for a name that was probably meant: it must not be what slows a server
/// down.
enum NameSuggestion {
    /// The most names that are compared.
    static let maxCount = 500
}

/// The jobs of one snapshot, made ready when they are first asked for.
final class ServedJobs {
    let snapshot: StoreSnapshot
    private var served: [ObjectIdentifier: ServedJob] = [:]
    /// The one that was asked for last: most likely the one that is asked for next.
    private var last: ServedJob?

    init(_ snapshot: StoreSnapshot) { self.snapshot = snapshot }

    /// Adds what the jobs counted, once.
    func moveLookups(to counts: inout RequestCounts) {
        for job in served.values { job.moveLookups(to: &counts) }
    }

    /// The name of a job that was probably meant.
    func suggestion(for name: Span<UInt8>) -> String? {
        // A job's name is not longer; the distance is at most 2.
        guard name.count <= 65 else { return nil }
        var text: [UInt8] = []
        text.append(name)
        return nearestWord(
            to: String(decoding: text, as: UTF8.self),
            among: snapshot.jobs.keys.sorted().prefix(NameSuggestion.maxCount))
    }

    /// The job whose name has these bytes, or nil.
    func job(_ name: Span<UInt8>) -> ServedJob? {
        if let last, last.isNamed(name) { return last }
        guard let job = snapshot.job(utf8: name) else { return nil }
        last = served[ObjectIdentifier(job)] ?? ServedJob(job)
        served[ObjectIdentifier(job)] = last
        return last
    }
}
