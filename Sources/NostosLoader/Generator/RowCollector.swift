import Nostos

/// Makes the entries' payloads of one generator's rows: checks each value and picks what the merge
/// needs.
struct RowCollector {
    private let generator: GeneratorPlan
    private let isCount: Bool
    private var gates: [ColumnGate]

    init(_ generator: GeneratorPlan) {
        self.generator = generator
        isCount = generator.aggregate == .count
        gates = generator.rules.map(ColumnGate.init)
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
