import Nostos

/// `primary_key`, Dataduct's primary-key-check: no key of the finished table comes twice or is null.
///
/// The loader refuses both before, and a table is read back in key order: this looks once more, at
/// what will be served. No tolerance: one such key fails, as in Dataduct.
struct PrimaryKeyCheck {
    private var previous: [UInt8] = []
    private var isFirst = true

    /// Looks at the next key of the table; false when it does not sort behind the one before.
    mutating func observe(_ key: [UInt8]) -> Bool {
        let holds = isFirst || previous.span.precedes(key.span)
        isFirst = false
        previous.removeAll(keepingCapacity: true)
        previous += key
        return holds
    }

    func finding(rowCount: Int, _ offenders: Offenders) -> Finding {
        let count = offenders.count
        return Finding(
            verdict: count == 0 ? .holds : .fails, observed: Figures.count(count), limit: "0",
            keys: offenders.keys,
            sentence: count == 0
                ? "\(Figures.count(rowCount, "key")), each once and none null"
                : "\(Figures.count(count, "key")) of \(Figures.count(rowCount)) come twice")
    }
}
