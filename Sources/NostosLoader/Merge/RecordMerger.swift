public import Nostos

/// The records of a job in the order of their keys, joined from the sorted rows of its generators.
///
/// A generator without a row of a key has null in its fields, 0 for a count, an empty list for a
/// set or list. Constants are in every record.
///
/// Not thread-safe. Scratch files and memory go when it is released, also in mid-stream.
public struct RecordMerger: ~Copyable {
    private let plan: RecordPlan
    private let keySchema: KeySchema
    private let rules: MergeRules
    private var entries: MergedEntries
    private var hasStarted = false
    /// Whether the entries stand on one, the first that no record has used.
    private var hasEntry = false
    /// The collectors that make a field's value of several rows.
    private var collectors: FieldCollectors
    /// The records in the making: the last one is the current.
    private var pile = RecordPile()
    /// The counts of each generator's rows, in the plan's order.
    public private(set) var counts: [MergeCounts]
    /// The number of records so far.
    public private(set) var recordCount = 0
    /// The profile of each field's values, from which the table's writer chooses encodings.
    public private(set) var profile: TableProfile

    /// The records of sorted entries: keys by `key`, payloads the values of a generator's fields.
    init(
        _ plan: RecordPlan, key: KeySchema, rules: MergeRules, entries: consuming MergedEntries,
        profile: TableProfile, maxListSize: Int = EncodedValue.maxSize
    ) {
        self.plan = plan
        keySchema = key
        self.rules = rules
        self.entries = entries
        self.profile = profile
        collectors = FieldCollectors(plan, maxSize: maxListSize)
        counts = plan.generators.map { _ in MergeCounts() }
    }

    /// Key, fields and their types.
    public var schema: Schema { plan.schema(key: keySchema, profile) }

    /// The current record's key; only after a ``next()`` that returned true, and until the next.
    public var key: Span<UInt8> {
        @_lifetime(borrow self) get { pile.key }
    }

    /// The encoded values of all fields, in order; valid as long as ``key``.
    public var record: Span<UInt8> {
        @_lifetime(borrow self) get { pile.record }
    }

    /// Moves to the next record; false when there is none.
    ///
    /// - Throws: ``MergeError`` or ``SortError``; the records cannot be used afterwards.
    /// - Complexity: O(rows of the key), and O(n log n) for a set of n values out of order.
    public mutating func next() throws -> Bool {
        pile.removeAll()
        return try nextOntoPile()
    }

    /// Moves to the next record and leaves all before it on the pile; false when there is none.
    mutating func nextOntoPile() throws -> Bool {
        if !hasStarted {
            hasStarted = true
            hasEntry = try entries.next()
        }
        while hasEntry {
            entries.beginRecord(on: &pile)
            if rules.join == .first && entries.generator != plan.joinGenerator {
                try skipKey()
                pile.cancel()
                continue
            }
            // Entries of one key come in the order of their generators, and so do fields.
            var isSameKey = true
            for generator in plan.generators.indices {
                if isSameKey && entries.generator == generator {
                    isSameKey = try take(generator)
                } else {
                    let missing = plan.generators[generator].missing
                    pile.bytes.append(missing.span)
                }
            }
            pile.end()
            recordCount += 1
            return true
        }
        return false
    }

    /// Whether the pile holds enough records to be exchanged.
    var isPileFull: Bool { pile.isFull }

    /// Returns all records on the pile, and piles later ones on another.
    mutating func exchangePile(_ other: consuming RecordPile) -> RecordPile {
        swap(&pile, &other)
        return other
    }

    /// Moves to the next entry; false when it has another key, or when there is none.
    private mutating func advance() throws(SortError) -> Bool {
        let head = entries.head
        hasEntry = try entries.next()
        guard hasEntry, entries.head == head else { return false }
        return entries.headsAreKeys || pile.key.elementsEqual(entries.key)
    }

    /// Takes the entries of a generator.
    ///
    /// - Returns: whether the key has more entries, of later generators.
    private mutating func take(_ generator: Int) throws -> Bool {
        switch plan.generators[generator].aggregate {
        case nil: try takeRow(generator, rules.onDuplicate)
        case .first: try takeRow(generator, .first)
        case .last: try takeRow(generator, .last)
        case .set, .list, .count, .sum, .mean, .min, .max: try takeAll(generator)
        }
    }

    /// Takes one row of the key, by that rule where there are more.
    private mutating func takeRow(
        _ generator: Int, _ rule: Job.DuplicatePolicy
    ) throws -> Bool {
        let start = pile.bytes.count
        entries.appendPayload(to: &pile)
        counts[generator].rows += 1
        var isSameKey = try advance()
        guard isSameKey, entries.generator == generator else { return isSameKey }
        if plan.generators[generator].aggregate == nil { try countRepeatedKey(generator, start) }
        repeat {
            counts[generator].rows += 1
            if plan.generators[generator].aggregate == nil { counts[generator].repeatedRows += 1 }
            if rule == .last {
                pile.bytes.removeAll(from: start)
                entries.appendPayload(to: &pile)
            }
            isSameKey = try advance()
        } while isSameKey && entries.generator == generator
        return isSameKey
    }

    /// Counts a key whose second row is the current entry, where that may be; its first row begins
    /// at `start` of the record.
    private mutating func countRepeatedKey(_ generator: Int, _ start: Int) throws(MergeError) {
        guard rules.onDuplicate != .error else {
            throw .duplicateKey(
                generator: plan.generators[generator].name, key: keyText,
                first: ValueText.row(pile.bytes.span.extracting(start...)),
                second: ValueText.row(entries.payload))
        }
        counts[generator].repeatedKeys += 1
        if counts[generator].repeatedExample == nil { counts[generator].repeatedExample = keyText }
    }

    /// Takes all rows of the key, from whose values the collectors make one.
    private mutating func takeAll(_ generator: Int) throws -> Bool {
        let fields = plan.generators[generator].fields
        var isSameKey = true
        var rowCount = 0
        repeat {
            rowCount += 1
            if fields.count == 1 {
                // The payload is the value.
                try collect(entries.payloadRange, fields.lowerBound)
            } else {
                try collect(fields)
            }
            isSameKey = try advance()
        } while isSameKey && entries.generator == generator
        counts[generator].rows += rowCount
        for field in fields {
            do throws(CollectorProblem) {
                try collectors.finish(field, to: &pile.bytes)
            } catch {
                throw mergeError(error, field)
            }
        }
        return isSameKey
    }

    /// Passes the current entry's values to the collectors of their fields.
    private mutating func collect(_ fields: Range<Int>) throws(MergeError) {
        let payload = entries.payloadRange
        var position = payload.lowerBound
        for field in fields {
            let start = position
            guard EncodedValue.skip(in: entries.bytes, at: &position),
                position <= payload.upperBound
            else { preconditionFailure("a payload with less than its generator's values") }
            try collect(start..<position, field)
        }
    }

    /// Passes one value, a part of the entries, to the collector of its field.
    @inline(__always)
    private mutating func collect(_ value: Range<Int>, _ field: Int) throws(MergeError) {
        do throws(CollectorProblem) {
            try entries.add(value, to: &collectors, field)
        } catch {
            throw mergeError(error, field)
        }
    }

    /// Leaves out the entries of a key that the first generator lacks.
    private mutating func skipKey() throws(SortError) {
        repeat {
            counts[entries.generator].rows += 1
            counts[entries.generator].unjoinedRows += 1
        } while try advance()
    }

    private var keyText: String { ValueText.key(pile.key, keySchema) }

    private func mergeError(_ problem: CollectorProblem, _ field: Int) -> MergeError {
        let generator = plan.generators[plan.fields[field].generator].name
        let name = plan.fields[field].name
        switch problem {
        case .tooLarge(let limit):
            return .tooLarge(generator: generator, field: name, key: keyText, limit: limit)
        case .overflow(let sum):
            return .sumOverflow(generator: generator, field: name, key: keyText, sum: sum)
        }
    }
}

extension RecordMerger {
    /// Makes all records once for the sake of the values that only the merge makes, so that the
    /// profile has seen every value of the table; then begins anew.
    ///
    /// Does nothing where there are no such fields.
    mutating func observeAggregates(_ report: () throws -> Void) throws {
        guard plan.fields.contains(where: \.isMadeByMerge) else { return }
        while try next() {
            var position = pile.recordStart
            for (index, field) in plan.fields.enumerated() {
                let start = position
                guard EncodedValue.skip(in: pile.bytes.span, at: &position) else { break }
                guard field.isMadeByMerge else { continue }
                pile.show(start..<position, of: index, to: &profile)
            }
            if recordCount % ProgressInterval.rows == 0 { try report() }
        }
        try entries.rewind()
        (hasStarted, hasEntry, recordCount) = (false, false, 0)
        counts = plan.generators.map { _ in MergeCounts() }
    }
}
