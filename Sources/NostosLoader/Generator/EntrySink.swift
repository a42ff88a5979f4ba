import Nostos

/// Some rows of one generator as entries, on their way from the source to the sorter.
final class EntryBatch {
    /// At this size it is handed on.
    static let size = 256 << 10

    /// The entries, one behind the other; see `Entry.swift`.
    var bytes: [UInt8] = []
    /// Whose rows they are.
    private(set) var generator = 0
    /// The key's schema where keys are to be observed: all but one int64, which is a number
    /// whatever was observed.
    var observedKey: KeySchema?

    /// Gives the batch's memory, empty, to be filled with rows of that generator; memory that
    /// large rows took goes.
    func begin(_ generator: Int) -> [UInt8] {
        self.generator = generator
        var memory: [UInt8] = []
        swap(&memory, &bytes)
        guard memory.capacity <= 2 * Self.size else { return [] }
        memory.removeAll(keepingCapacity: true)
        return memory
    }
}

/// Where entries go: the profile sees their keys and values, then they are sorted.
///
/// Used by one thread at a time: see ``BatchQueue``.
final class EntrySink {
    // One access to the object a batch: all that happens is the structure's.
    private var state: EntrySinkState

    init(_ plan: LoadPlan, sorter: consuming RowSorter) {
        state = EntrySinkState(plan, sorter: sorter)
    }

    /// Observes and sorts the entries of a batch.
    func take(_ batch: EntryBatch) throws(SortError) { try state.take(batch) }

    /// What was seen of all values taken.
    var profile: TableProfile { state.profile }

    /// Ends the taking: all entries in order; once.
    func finish() throws(SortError) -> MergedEntries {
        guard let sorter = state.sorter.take() else { preconditionFailure("finished twice") }
        return try sorter.finish()
    }
}

private struct EntrySinkState: ~Copyable {
    private let rules: [[ColumnRule]]
    var profile: TableProfile
    /// The sorter, until it is taken to be finished.
    var sorter: RowSorter?

    init(_ plan: LoadPlan, sorter: consuming RowSorter) {
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
            observe(bytes.span.extracting(entry.payload), rules)
            try sorter?.add(entry: bytes.span.extracting(entry.start..<entry.end))
            position = entry.end
        }
    }

    private mutating func observe(_ payload: Span<UInt8>, _ rules: [ColumnRule]) {
        var position = 0
        for rule in rules {
            guard let value = EncodedValueView(in: payload, at: &position) else {
                preconditionFailure("a payload with less than its generator's values")
            }
            // Neither a set nor a list has a NULL for its value.
            guard rule.isObserved, value.tag != .null || rule.aggregate == nil else { continue }
            profile.observe(value, in: payload, field: rule.field)
        }
    }
}
