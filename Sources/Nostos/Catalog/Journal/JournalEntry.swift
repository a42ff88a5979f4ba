// The journal: one line for each change of the catalog, written and synced before the change is
// made in LMDB. It is the audit log, and the catalog can be rebuilt from it alone.
//
//     <hash> <entry>\n
//
//     hash     16 hexadecimal digits: XXH3 of the entry's bytes, seeded with the hash of the line
//              before, the first one with `JournalMark.seed`; so a line cannot be changed, moved,
//              or left out without breaking the chain
//     entry    JSON with sorted keys; see `JournalEntry`
//
// Format 1: first.

/// One line: the event, and what it changed.
struct JournalEntry: Codable, Sendable, Hashable {
    /// The newest format that is understood.
    static let format = 1

    var format = JournalEntry.format
    let event: CatalogEvent
    /// The changed job, with only those versions that changed.
    var job: JobState?
    /// Numbers of versions that the job no longer remembers.
    var forgotten: [Int]?
    /// The run that the event ended.
    var run: RunRecord?
    /// The whole catalog, where a new journal begins or goes on after a loss.
    var whole: CatalogContents?
}

/// Everything that the catalog holds, as a value.
struct CatalogContents: Codable, Sendable, Hashable {
    /// The runs that are remembered for each job, the newest ones.
    static let maxRuns = 100

    var jobs: [String: JobState] = [:]
    /// Ascending by job and version.
    var runs: [RunRecord] = []

    /// Makes the change of one journal line.
    mutating func apply(_ entry: JournalEntry) {
        if let whole = entry.whole { self = whole }
        if let change = entry.job {
            jobs[change.name] = JobState.applying(
                change, forgetting: entry.forgotten ?? [], to: jobs[change.name])
        }
        if let run = entry.run { add(run) }
    }

    private mutating func add(_ run: RunRecord) {
        runs.removeAll { $0.job == run.job && $0.version == run.version }
        runs.append(run)
        let same = runs.indices.filter { runs[$0].job == run.job }
        if same.count > Self.maxRuns { runs.remove(at: same[0]) }
    }
}

extension JobState {
    /// The job with only those versions that are not the same in `before`, and the numbers that
    /// `before` remembers and this does not.
    func change(since before: JobState?) -> (change: JobState, forgotten: [Int]) {
        var change = self
        change.versions = versions.filter { before?[$0.number] != $0 }
        let forgotten = (before?.versions ?? []).map(\.number).filter { self[$0] == nil }
        return (change, forgotten)
    }

    /// The job after a change that ``change(since:)`` gave.
    static func applying(_ change: JobState, forgetting forgotten: [Int], to before: JobState?)
        -> JobState
    {
        var versions: [Int: VersionRecord] = [:]
        for version in before?.versions ?? [] { versions[version.number] = version }
        for number in forgotten { versions[number] = nil }
        for version in change.versions { versions[version.number] = version }
        var after = change
        after.versions = versions.values.sorted { $0.number < $1.number }
        return after
    }
}

/// The position of a line in the journal, and the hash that chains it to the line before.
struct JournalMark: Codable, Sendable, Hashable {
    /// The seed of the first line's hash: "nostos01".
    static let seed: UInt64 = 0x6E6F_7374_6F73_3031
    /// The place before the first line.
    static let start = JournalMark(generation: 0, offset: 0, end: 0, previous: 0, hash: seed)

    /// The change that the line is about.
    var generation: UInt64
    /// The offsets at which the line begins and ends, in bytes from the start of the file.
    var offset: Int64
    var end: Int64
    /// The hash of the line before.
    var previous: UInt64
    /// The line's own hash.
    var hash: UInt64

    private enum CodingKeys: String, CodingKey {
        case generation, offset, end, previous, hash
    }
}

extension JournalEntry {
    /// The longest line that is read, in bytes.
    static let maxSize = 64 << 20

    /// The line of this entry after the one at `last`, and its mark.
    func line(after last: JournalMark) throws(CatalogError) -> (bytes: [UInt8], mark: JournalMark) {
        let text = try CatalogJSON.encode(self)
        let hash = Checksum.hash(text.span, seed: last.hash)
        var line = [UInt8](Checksum.text(hash).utf8)
        line.append(UInt8(ascii: " "))
        line += text
        line.append(UInt8(ascii: "\n"))
        let mark = JournalMark(
            generation: event.generation, offset: last.end, end: last.end + Int64(line.count),
            previous: last.hash, hash: hash)
        return (line, mark)
    }

    /// The entry of a line without its end, and its mark; nil when the line is damaged, or is not
    /// the one that follows `last`.
    static func parse(_ line: [UInt8], after last: JournalMark) -> (Self, JournalMark)? {
        guard line.count > 17, line[16] == UInt8(ascii: " ") else { return nil }
        let text = [UInt8](line[17...])
        let hash = Checksum.hash(text.span, seed: last.hash)
        guard line.prefix(16).elementsEqual(Checksum.text(hash).utf8),
            let entry = CatalogJSON.decode(JournalEntry.self, text),
            entry.event.generation > last.generation
        else { return nil }
        let mark = JournalMark(
            generation: entry.event.generation, offset: last.end,
            end: last.end + Int64(line.count) + 1, previous: last.hash, hash: hash)
        return (entry, mark)
    }
}
