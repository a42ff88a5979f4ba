import Nostos

/// Makes the entries' payloads of one generator's rows: checks each value and picks what the merge
/// needs.
struct RowCollector {
    private let generator: GeneratorPlan
    private var gates: [ColumnGate]

    init(_ generator: GeneratorPlan) {
        self.generator = generator
        gates = generator.rules.map(ColumnGate.init)
    }

    /// Replaces `payload` by the values of the row's fields.
    ///
    /// Lets `profile` see those that records will have. The row's number, from 1, and its key are for errors.
    mutating func collect(
        _ row: borrowing Row, number: Int, key: (bytes: [UInt8], schema: KeySchema),
        into payload: inout [UInt8], observing profile: inout TableProfile
    ) throws(ExtractionError) {
        payload.removeAll(keepingCapacity: true)
        for index in gates.indices {
            let rule = gates[index].rule
            let value = row.bytes.span.extracting(row.range(of: rule.column))
            if let refusal = gates[index].refusal(of: value, row: number) {
                let place = ValuePlace(
                    generator: generator.name, row: number,
                    key: ValueText.key(key.bytes.span, key.schema),
                    column: generator.columnNames[rule.column])
                throw .unfitValue(at: place, found: refusal.found, expected: refusal.expected)
            }
            let isNull = value[0] == EncodedValue.Tag.null.rawValue
            if rule.aggregate == .count {
                // What is counted need not be sorted.
                if isNull {
                    EncodedValue.appendNull(to: &payload)
                } else {
                    EncodedValue.append(bool: true, to: &payload)
                }
                continue
            }
            payload.append(value)
            // Neither a set nor a list has a NULL for its value.
            if rule.isObserved && !(isNull && rule.aggregate != nil) {
                profile.observe(value, field: rule.field)
            }
        }
    }
}
