import Nostos

/// One thread's view of a job.
final class ServedJob {
    let name: [UInt8]
    private let job: JobSnapshot
    private var versions: [Int: ServedVersion] = [:]
    /// The current version, or nil when there is none.
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

    /// Adds the counts, once.
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

    /// Whether some open version has a field of that name.
    func hasField(_ name: String) -> Bool {
        job.versions.values.contains { $0.table.info.schema.index(of: name) != nil }
    }

    /// The field of an open version with the most similar name.
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

/// The limits of the search for a similar name, which must not slow the server down.
enum NameSuggestion {
    /// The largest number of names that are compared.
    static let maxCount = 500
}

/// The jobs of one snapshot, prepared at the first request for each.
final class ServedJobs {
    let snapshot: StoreSnapshot
    private var served: [ObjectIdentifier: ServedJob] = [:]
    /// The job of the last request, which most likely is that of the next one.
    private var last: ServedJob?

    init(_ snapshot: StoreSnapshot) { self.snapshot = snapshot }

    /// Adds the counts of the jobs, once.
    func moveLookups(to counts: inout RequestCounts) {
        for job in served.values { job.moveLookups(to: &counts) }
    }

    /// The most similar name of a job.
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
