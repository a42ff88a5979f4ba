import Nostos

/// Makes the entries' payloads of one generator's rows: checks each value and picks what the merge
/// needs.
struct RowCollector {
    private let generator: GeneratorPlan
    private let isCount: Bool
    private var gates: [ColumnGate]
    /// Whether there are plain rows: the key is known to be one int64.
    private(set) var hasPlain = false
    /// The facts about plain rows, where there are any.
    private(set) var plain: PlainRows

    init(_ generator: GeneratorPlan) {
        self.generator = generator
        isCount = generator.aggregate == .count
        gates = generator.rules.map(ColumnGate.init)
        plain = PlainRows(generator: generator.ordinal, keyColumn: 0, tags: [])
    }

    /// Sets whether the key is one int64, without which no row is plain.
    mutating func expect(int64Key: Bool) {
        hasPlain = int64Key && !isCount
        guard hasPlain, let keyColumn = generator.keyColumns.first else { return }
        var tags = [TagSet](repeating: TagSet(of: .int64), count: generator.columnNames.count)
        for gate in gates { tags[gate.rule.column] = gate.passing }
        plain = PlainRows(generator: generator.ordinal, keyColumn: keyColumn, tags: tags)
    }

    /// Appends the whole entry of a row whose key is an int64 and whose values pass by their tags.
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
        hasPlain && plain.append(values, ends: ends, to: &output)
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
        // A row that is examined more closely may decide the requirements on later ones.
        defer { if hasPlain { expect(int64Key: true) } }
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
