import Nostos

/// The sink of entries: the profile sees their keys and values, then they are sorted.
///
/// Used by one thread at a time: see ``BatchQueue``.
final class EntrySink {
    // One access a call, see docs/design.md, "A class around a structure".
    private var state: EntrySinkState

    init(_ plan: RecordPlan, sorter: consuming RowSorter) {
        state = EntrySinkState(plan, sorter: sorter)
    }

    /// Observes and sorts the entries of a batch.
    func take(_ batch: EntryBatch) throws(SortError) { try state.take(batch) }

    /// The profile of all values taken.
    var profile: TableProfile { state.profile }

    /// Ends the taking: all entries in order; once.
    func finish() throws(SortError) -> MergedEntries {
        guard let sorter = state.sorter.take() else { preconditionFailure("finished twice") }
        return try sorter.finish()
    }
}

private struct EntrySinkState: ~Copyable {
    /// The number of entries that are observed at a time, while they lie in the nearest cache.
    private static let observedCount = 64

    private let rules: [[ColumnRule]]
    var profile: TableProfile
    /// The sorter, until it is taken to be finished.
    var sorter: RowSorter?
    /// The values of some entries that are not yet observed, entry by entry.
    private var values: [EncodedValueView] = []

    init(_ plan: RecordPlan, sorter: consuming RowSorter) {
        rules = plan.generators.map(\.rules)
        self.sorter = consume sorter
        profile = TableProfile(fieldCount: plan.fields.count)
    }

    mutating func take(_ batch: EntryBatch) throws(SortError) {
        let rules = rules[batch.generator]
        let (bytes, observedKey) = (batch.bytes, batch.observedKey)
        var position = 0
        while position < bytes.count {
            let entry = EntryRange(in: bytes.span, at: position)
            if let observedKey {
                profile.observe(key: bytes.span.extracting(entry.key), of: observedKey)
            }
            collect(entry, of: bytes.span, rules.count)
            if values.count >= Self.observedCount * rules.count { observe(bytes.span, rules) }
            try sorter?.add(entry: bytes.span.extracting(entry.start..<entry.end))
            position = entry.end
        }
        observe(bytes.span, rules)
    }

    /// Takes an entry's values apart.
    @inline(__always)
    private mutating func collect(_ entry: EntryRange, of bytes: Span<UInt8>, _ count: Int) {
        var position = entry.payload.lowerBound
        for _ in 0..<count {
            guard let value = EncodedValueView(in: bytes, at: &position) else {
                preconditionFailure("a payload with less than its generator's values")
            }
            values.append(value)
        }
    }

    /// Observes the values that were collected.
    private mutating func observe(_ bytes: Span<UInt8>, _ rules: [ColumnRule]) {
        let observed = values
        for (index, rule) in rules.enumerated() where rule.isObserved {
            profile.observe(
                observed.span, from: index, by: rules.count, in: bytes,
                // Neither a set nor a list has a NULL for its value.
                countsNulls: rule.aggregate == nil, field: rule.field)
        }
        values.removeAll(keepingCapacity: true)
    }
}
