import Nostos

/// The words in lists that mark a job or a version as unusual.
enum JobMarks {
    /// The marks of a job, such as `STALE, checks failed, 2 warnings, held, 8 waits`; a dash for
    /// none.
    static func text(_ job: JobState, now: Int64) -> String {
        var marks: [String] = []
        if let current = job.current {
            if current.isStale(at: now) { marks.append("STALE") }
            marks += Self.marks(current)
        }
        if job.hold != nil { marks.append("held") }
        if let candidate = job.candidate { marks.append("\(candidate.number) waits") }
        return marks.isEmpty ? "-" : marks.joined(separator: ", ")
    }

    /// The marks of one version.
    static func marks(_ version: VersionRecord) -> [String] {
        [
            version.checkFailure == nil ? nil : "checks failed",
            version.warningCount.map(Shown.warnings),
        ].compactMap { $0 }
    }

    /// The outcome of the job's newest run and the time since it began: `promoted 5m ago`.
    static func lastRun(_ job: JobState, now: Int64) -> String {
        guard let newest = job.versions.last else { return "-" }
        return "\(outcome(newest)) \(Shown.age(newest.startedAt, now: now)) ago"
    }

    private static func outcome(_ version: VersionRecord) -> String {
        switch version.state {
        case .loading, .checking: "running"
        case .failed: "failed"
        case .candidate: "candidate"
        case .current, .previous: "promoted"
        case .rejected, .dropped:
            version.promotedAt != nil
                ? "promoted" : version.checkFailure != nil ? "rejected" : version.state.rawValue
        case .unknown: version.state.rawValue
        }
    }
}

/// The list of a job's versions.
enum VersionList {
    /// Prints the versions, the newest first, each with its reason, failed checks and warnings.
    static func show(_ state: JobState) {
        Output.list(
            ["VERSION", "STATE", "ROWS", "SIZE", "BUILT", "SERVED SINCE"],
            state.versions.reversed().map { version in
                let cells = [
                    String(version.number), version.state.rawValue, Shown.count(version.rowCount),
                    Shown.size(version.size), Shown.minute(version.publishedAt),
                    Shown.minute(version.servedSince),
                ]
                return (cells, details(version))
            })
    }

    private static func details(_ version: VersionRecord) -> [String] {
        let failure = version.checkFailure.map { "checks failed: \($0.lastLine)" }
        let reason = version.reason.map(\.lastLine)
        return [
            failure, version.reason == version.checkFailure ? nil : reason,
            version.warningCount.map(Shown.warnings),
        ].compactMap { $0 }
    }
}

extension VersionRecord {
    /// The time since which the version is served; nil where it is not.
    var servedSince: Int64? { state == .current ? promotedAt : nil }
}
