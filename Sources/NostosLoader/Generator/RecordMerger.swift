import Nostos

/// The records of a job in the order of their keys, joined from the sorted rows of its generators.
///
/// A generator without a row of a key has null in its fields, an empty set where it is a set. The
/// values of a set are distinct, in the order of `EncodedValue.precedes`, NULLs left out.
///
/// Not thread-safe. Scratch files and memory go when it is released, also in mid-stream.
public struct RecordMerger: ~Copyable {
    private let plan: LoadPlan
    private let schema: KeySchema
    private let rules: MergeRules
    private var entries: MergedEntries
    private var hasStarted = false
    /// Whether the entries stand on one, the first that no record has used.
    private var hasEntry = false
    /// For each generator: its values where it has no row.
    private let missing: [[UInt8]]
    private let maxSetSize: Int
    private var collectors: [SetCollector]
    private var keyBytes: [UInt8] = []
    private var recordBytes: [UInt8] = []
    /// What became of each generator's rows, in the plan's order.
    public private(set) var counts: [MergeCounts]
    /// How many records there were so far.
    public private(set) var recordCount = 0

    /// The records of sorted entries: keys by `key`, payloads the values of a generator's fields.
    init(
        _ plan: LoadPlan, key: KeySchema, rules: MergeRules, entries: consuming MergedEntries,
        maxSetSize: Int = EncodedValue.maxSize
    ) {
        self.plan = plan
        schema = key
        self.rules = rules
        self.entries = entries
        self.maxSetSize = maxSetSize
        missing = plan.generators.map { generator in
            var values: [UInt8] = []
            for _ in generator.fields {
                if generator.isSet {
                    values += [EncodedValue.Tag.list.rawValue, 0]
                } else {
                    EncodedValue.appendNull(to: &values)
                }
            }
            return values
        }
        let widest = plan.generators.filter(\.isSet).map(\.fields.count).max() ?? 0
        collectors = Array(repeating: SetCollector(maxSize: maxSetSize), count: widest)
        counts = plan.generators.map { _ in MergeCounts() }
    }

    /// The current record's key; only after a ``next()`` that returned true, and until the next.
    public var key: Span<UInt8> {
        @_lifetime(borrow self) get { keyBytes.span }
    }

    /// The encoded values of all fields, in order; valid as long as ``key``.
    public var record: Span<UInt8> {
        @_lifetime(borrow self) get { recordBytes.span }
    }

    /// Moves to the next record; false when there is none.
    ///
    /// - Throws: ``MergeError`` or ``SortError``; the records are then of no more use.
    /// - Complexity: O(rows of the key), and O(n log n) for a set of n values out of order.
    public mutating func next() throws -> Bool {
        if !hasStarted {
            hasStarted = true
            hasEntry = try entries.next()
        }
        while hasEntry {
            keyBytes.removeAll(keepingCapacity: true)
            keyBytes.append(contentsOf: entries.bytes[..<entries.payloadRange.lowerBound])
            if rules.join == .first && entries.generator != 0 {
                try skipKey()
                continue
            }
            recordBytes.removeAll(keepingCapacity: true)
            // Entries of one key come in the order of their generators, and so do fields.
            var isSameKey = true
            for generator in plan.generators.indices {
                if isSameKey && entries.generator == generator {
                    isSameKey =
                        plan.generators[generator].isSet
                        ? try takeSet(generator) : try takeRow(generator)
                } else {
                    recordBytes.append(contentsOf: missing[generator])
                }
            }
            recordCount += 1
            return true
        }
        return false
    }

    /// Moves to the next entry; false when it has another key, or when there is none.
    private mutating func advance() throws(SortError) -> Bool {
        hasEntry = try entries.next()
        return hasEntry && keyBytes.span.elementsEqual(entries.key)
    }

    /// Takes the entries of a generator that has one row per key.
    ///
    /// - Returns: whether the key has more entries, of later generators.
    private mutating func takeRow(_ generator: Int) throws -> Bool {
        let start = recordBytes.count
        recordBytes.append(contentsOf: entries.bytes[entries.payloadRange])
        counts[generator].rows += 1
        var isSameKey = try advance()
        guard isSameKey, entries.generator == generator else { return isSameKey }
        counts[generator].repeatedKeys += 1
        if counts[generator].repeatedExample == nil {
            counts[generator].repeatedExample = ValueText.key(keyBytes.span, schema)
        }
        repeat {
            counts[generator].rows += 1
            counts[generator].repeatedRows += 1
            switch rules.onDuplicate {
            case .error:
                throw MergeError.duplicateKey(
                    generator: plan.generators[generator].name,
                    key: ValueText.key(keyBytes.span, schema),
                    first: ValueText.row(recordBytes.span.extracting(start...)),
                    second: ValueText.row(entries.payload))
            case .first:
                break
            case .last:
                recordBytes.removeSubrange(start...)
                recordBytes.append(contentsOf: entries.bytes[entries.payloadRange])
            }
            isSameKey = try advance()
        } while isSameKey && entries.generator == generator
        return isSameKey
    }

    /// Takes the entries of a generator whose rows are members of sets.
    ///
    /// - Returns: whether the key has more entries, of later generators.
    private mutating func takeSet(_ generator: Int) throws -> Bool {
        var isSameKey = true
        repeat {
            counts[generator].rows += 1
            try collect(generator)
            isSameKey = try advance()
        } while isSameKey && entries.generator == generator
        for field in 0..<plan.generators[generator].fields.count {
            guard collectors[field].finish(to: &recordBytes) else {
                throw setTooLarge(generator, field)
            }
        }
        return isSameKey
    }

    /// Puts the values of the current entry into the sets of its generator's fields.
    private mutating func collect(_ generator: Int) throws(MergeError) {
        let bytes = entries.bytes
        var position = entries.payloadRange.lowerBound
        for field in 0..<plan.generators[generator].fields.count {
            let start = position
            guard EncodedValue.skip(in: bytes.span, at: &position) else {
                preconditionFailure("a payload with less than its generator's values")
            }
            guard collectors[field].add(bytes.span.extracting(start..<position)) else {
                throw setTooLarge(generator, field)
            }
        }
    }

    /// Leaves out the entries of a key that the first generator lacks.
    private mutating func skipKey() throws(SortError) {
        repeat {
            counts[entries.generator].rows += 1
            counts[entries.generator].unjoinedRows += 1
        } while try advance()
    }

    private func setTooLarge(_ generator: Int, _ field: Int) -> MergeError {
        .setTooLarge(
            generator: plan.generators[generator].name,
            field: plan.fields[plan.generators[generator].fields.lowerBound + field].name,
            key: ValueText.key(keyBytes.span, schema), limit: maxSetSize)
    }
}
