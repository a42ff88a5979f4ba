import Nostos

/// The collectors of all fields of aggregates.
///
/// Sets, which nearly all aggregates are, are called without counting references to them: with
/// every row that would cost as much as adding its value.
@safe struct FieldCollectors: ~Copyable {
    private struct Slot: ~Copyable {
        var set: SetCollector
        let other: (any FieldCollector)?
        let isSet: Bool
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let count: Int
    /// The buffer in which other values than sets are made.
    private var scratch: [UInt8] = []

    /// The collectors of a plan's fields; of lists and sets whose values take up to `maxSize`
    /// bytes.
    init(_ plan: RecordPlan, maxSize: Int) {
        count = plan.fields.count
        // Unsafe, here and below: one slot for each field, initialised at once.
        unsafe slots = .allocate(capacity: max(1, count))
        for (index, field) in plan.fields.enumerated() {
            let generator = plan.generators[field.generator]
            let other = generator.aggregate?.makeCollector(
                limit: generator.limitPerKey,
                isInteger: field.declaredType == nil || field.declaredType == .int64,
                maxSize: maxSize)
            let set = SetCollector(maxSize: maxSize, limit: generator.limitPerKey)
            unsafe (slots + index).initialize(
                to: Slot(set: set, other: other, isSet: generator.aggregate == .set))
        }
    }

    deinit {
        unsafe slots.deinitialize(count: count)
        unsafe slots.deallocate()
    }

    /// Adds an encoded value, a part of `source`, to a field's.
    @inline(__always)
    mutating func add(
        _ value: Range<Int>, of source: Span<UInt8>, to field: Int
    ) throws(CollectorProblem) {
        precondition(field >= 0 && field < count)
        if unsafe slots[field].isSet {
            try unsafe slots[field].set.add(value, of: source)
        } else {
            try unsafe slots[field].other?.add(source.extracting(value))
        }
    }

    /// Appends a field's value of the key.
    @inline(__always)
    mutating func finish(
        _ field: Int, to output: inout GrowingMemory<UInt8>
    ) throws(CollectorProblem) {
        precondition(field >= 0 && field < count)
        guard unsafe slots[field].isSet else {
            scratch.removeAll(keepingCapacity: true)
            try unsafe slots[field].other?.finish(to: &scratch)
            return output.append(scratch.span)
        }
        try unsafe slots[field].set.finish(to: &output)
    }
}
