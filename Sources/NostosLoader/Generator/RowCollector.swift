import Nostos

/// Makes the entries' payloads of one generator's rows: checks each value and picks what the merge
/// needs.
struct RowCollector {
    private let generator: GeneratorPlan
    private let isCount: Bool
    private var gates: [ColumnGate]
    /// Whether the key is known to be one int64, so that ``collectPlain(_:into:)`` may be tried.
    var isPlain = false
    /// The key's column, where it has one.
    private let keyColumn: Int
    /// For each of the source's columns the tags of plain rows.
    private var plainTags: [TagSet] = []

    init(_ generator: GeneratorPlan) {
        self.generator = generator
        isCount = generator.aggregate == .count
        gates = generator.rules.map(ColumnGate.init)
        keyColumn = generator.keyColumns.first ?? 0
        learnPlainTags()
    }

    /// Appends the whole entry of a row whose key is an int64 and whose values pass at one look.
    ///
    /// That is nearly every row of nearly every job.
    ///
    /// - Parameters:
    ///   - values: the row's values, one behind the other.
    ///   - ends: where each of them ends.
    ///   - output: gets the entry.
    /// - Returns: false, and nothing was appended, for other rows.
    func collectPlain(
        _ values: Span<UInt8>, ends: Span<Int>, into output: inout [UInt8]
    ) -> Bool {
        guard isPlain, !isCount else { return false }
        let tags = plainTags.span
        var start = 0
        for column in tags.indices {
            guard tags[column].contains(tag: values[start]) else { return false }
            start = ends[column]
        }
        let key = (keyColumn == 0 ? 0 : ends[keyColumn - 1])..<ends[keyColumn]
        // Fields stand in the order of their columns: the payload is the row without its key.
        let header = EntryHeader(
            keySize: 8, generator: generator.ordinal, payloadSize: values.count - key.count)
        let number = (values.word(at: key.lowerBound + 1) ^ 1 << 63).byteSwapped
        output.append(addingCapacity: EntryHeader.size + 8 + values.count) { entry in
            entry.append(word: header.word)
            entry.append(word: number)
            entry.append(values.extracting(..<key.lowerBound))
            entry.append(values.extracting(key.upperBound...))
        }
        return true
    }

    private mutating func learnPlainTags() {
        plainTags = [TagSet](repeating: TagSet(of: .int64), count: generator.columnNames.count)
        for gate in gates { plainTags[gate.rule.column] = gate.passing }
    }

    /// Appends the values of the row's fields, an entry's payload.
    ///
    /// The row's number, from 1, and the key with its schema are for errors: the key is what
    /// `output` has from `keyStart` on.
    mutating func collect(
        _ row: borrowing Row, number: Int, key keyStart: Int, _ schema: KeySchema,
        into output: inout [UInt8]
    ) throws(ExtractionError) {
        let keyEnd = output.count
        // A row that is looked at more closely may decide what later ones must be like.
        defer { if isPlain && !isCount { learnPlainTags() } }
        for index in gates.indices {
            let column = gates[index].rule.column
            let value = row.bytes.span.extracting(row.range(of: column))
            if let refusal = gates[index].refusal(of: value, row: number) {
                let key = output.span.extracting(keyStart..<keyEnd)
                let place = ValuePlace(
                    generator: generator.name, row: number, key: ValueText.key(key, schema),
                    column: generator.columnNames[column])
                throw .unfitValue(at: place, found: refusal.found, expected: refusal.expected)
            }
            if !isCount {
                output.append(value)
            } else if value[0] == EncodedValue.Tag.null.rawValue {
                EncodedValue.appendNull(to: &output)
            } else {
                // What is counted need not be sorted.
                EncodedValue.append(bool: true, to: &output)
            }
        }
    }
}
