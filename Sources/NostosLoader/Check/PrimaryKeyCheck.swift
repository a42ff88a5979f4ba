import Nostos

/// `primary_key`, Dataduct's primary-key-check: no key of the finished table comes twice or is
/// null.
///
/// The loader refuses both before, and a table is read back in key order: this checks once more the
/// table that will be served. There is no tolerance: one such key fails, as in Dataduct.
///
/// Where `on_duplicate` lets one row of a key stay, the table cannot show that there were several:
/// then the check reports the rows that were read. That is a warning, but for Dataduct's own form,
/// whose store replaced rows by later ones.
struct PrimaryKeyCheck {
    let repeated: RepeatedKeys?
    private var previous: [UInt8] = []
    private var isFirst = true

    init(repeated: RepeatedKeys? = nil) { self.repeated = repeated }

    /// Examines the next key of the table; false when it does not sort after the one before.
    mutating func observe(_ key: [UInt8]) -> Bool {
        let holds = isFirst || previous.span.precedes(key.span)
        isFirst = false
        previous.removeAll(keepingCapacity: true)
        previous += key
        return holds
    }

    func finding(rowCount: Int, _ offenders: Offenders) -> Finding {
        let count = offenders.count
        if count == 0, let repeated {
            let sentence = "\(Figures.count(rowCount, "key")), each once; \(repeated.sentence)"
            return Finding(
                verdict: repeated.isExpected ? .holds : .fails,
                observed: Figures.count(repeated.keyCount), limit: "0",
                keys: repeated.example.map { [$0] } ?? [], sentence: sentence, severity: .warn)
        }
        return Finding(
            verdict: count == 0 ? .holds : .fails, observed: Figures.count(count), limit: "0",
            keys: offenders.keys,
            sentence: count == 0
                ? "\(Figures.count(rowCount, "key")), each once and none null"
                : "\(Figures.count(count, "key")) of \(Figures.count(rowCount)) come twice")
    }
}

/// The keys of generators without an aggregate that had several rows, of which one stayed.
struct RepeatedKeys {
    /// The number of keys.
    var keyCount = 0
    /// The number of their rows.
    var rowCount = 0
    /// One of them, as text.
    var example: String?
    /// The row that stayed.
    let policy: Job.DuplicatePolicy
    /// Whether the job leaves the policy to Dataduct's form.
    let isExpected: Bool

    /// The repeated keys of all generators; nil where there are none.
    init?(_ counts: [MergeCounts], of job: Job) {
        policy = job.onDuplicate
        isExpected = job.warnsOfDuplicates
        for count in counts {
            keyCount += count.repeatedKeys
            rowCount += count.repeatedKeys + count.repeatedRows
            example = example ?? count.repeatedExample
        }
        if keyCount == 0 { return nil }
    }

    /// Such as `1 key had 2 rows, for example 42; the last stayed`.
    var sentence: String {
        let shown = example.map { ", for example \($0)" } ?? ""
        let stayed = keyCount == 1 ? "the \(policy.rawValue)" : "the \(policy.rawValue) of each"
        return "\(Figures.count(keyCount, "key")) had \(Figures.count(rowCount, "row"))\(shown); "
            + "\(stayed) stayed"
    }
}
