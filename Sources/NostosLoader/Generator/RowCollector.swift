import Nostos

/// Makes the entries' payloads of one generator's rows: checks each value and picks what the merge
/// needs.
struct RowCollector {
    private let generator: GeneratorPlan
    private let isCount: Bool
    private var gates: [ColumnGate]
    /// Whether the key is known to be one int64, so that ``collectPlain(_:into:)`` may be tried.
    var isPlain = false

    init(_ generator: GeneratorPlan) {
        self.generator = generator
        isCount = generator.aggregate == .count
        gates = generator.rules.map(ColumnGate.init)
    }

    /// Appends the whole entry of a row whose key is an int64 and whose values pass at one look.
    ///
    /// That is nearly every row of nearly every job; false, and nothing was appended, for others.
    mutating func collectPlain(_ row: borrowing Row, into output: inout [UInt8]) -> Bool {
        guard isPlain, !isCount else { return false }
        let values = row.bytes.span
        let key = row.range(of: generator.keyColumns[0])
        guard values[key.lowerBound] == EncodedValue.Tag.int64.rawValue else { return false }
        for index in gates.indices {
            let start = row.range(of: gates[index].rule.column).lowerBound
            guard gates[index].passing.contains(tag: values[start]) else { return false }
        }
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
