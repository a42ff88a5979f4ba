import Nostos

/// Makes the order-preserving key of each row, and learns from the first row what the plan left
/// open.
struct KeyEncoder {
    private var columns: [PlannedKeyColumn]
    /// The key's schema, once the types of all parts are known.
    private var known: KeySchema?

    init(_ columns: [PlannedKeyColumn]) {
        self.columns = columns
        known = Self.schema(columns)
    }

    /// Whether the types of all parts are known.
    var isKnown: Bool { known != nil }

    /// The key's schema; parts whose type neither a row nor a source has decided have the fallback.
    var schema: KeySchema {
        KeySchema(columns: columns.map { KeyColumn(name: $0.name, type: $0.type ?? $0.fallback) })
    }

    /// Appends the key of a row; `number` is the row's, from 1.
    mutating func encode(
        _ row: borrowing Row, of generator: GeneratorPlan, number: Int, to output: inout [UInt8]
    ) throws(ExtractionError) {
        if known == nil { try learn(row, generator, number) }
        guard let schema = known else { return }
        let start = output.count
        for part in schema.columns.indices {
            let range = row.range(of: generator.keyColumns[part])
            let bytes = row.bytes.span.extracting(range)
            var end = 0
            guard let value = EncodedValueView(in: bytes, at: &end) else {
                preconditionFailure("a row without a value for each of its columns")
            }
            switch (value.tag, schema.columns[part].type) {
            case (.int64, .int64):
                schema.append(int64: value.int64(in: bytes), to: &output)
            case (.string, .string):
                schema.append(string: bytes.extracting(value.payload), column: part, to: &output)
            case (.null, _):
                throw .nullKey(
                    generator: generator.name, row: number, column: columns[part].name)
            default:
                throw badKey(bytes, value.tag, part, generator, number)
            }
        }
        let size = output.count - start
        guard size <= KeySchema.maxSize else {
            throw .keyTooLarge(
                generator: generator.name, row: number, size: size, limit: KeySchema.maxSize)
        }
    }

    /// Takes the types that are still open from a row.
    private mutating func learn(
        _ row: borrowing Row, _ generator: GeneratorPlan, _ number: Int
    ) throws(ExtractionError) {
        for part in columns.indices where columns[part].type == nil {
            let bytes = row.bytes.span.extracting(row.range(of: generator.keyColumns[part]))
            var end = 0
            switch EncodedValueView(in: bytes, at: &end)?.tag {
            case .int64: columns[part].type = .int64
            case .string: columns[part].type = .string
            case .null, nil:
                throw .nullKey(
                    generator: generator.name, row: number, column: columns[part].name)
            case .some(let tag):
                throw badKey(bytes, tag, part, generator, number)
            }
            columns[part].origin = "the first row of \(generator.name)"
        }
        known = Self.schema(columns)
    }

    private func badKey(
        _ bytes: Span<UInt8>, _ tag: EncodedValue.Tag, _ part: Int, _ generator: GeneratorPlan,
        _ number: Int
    ) -> ExtractionError {
        let column = columns[part]
        return .badKey(
            generator: generator.name, row: number, column: column.name,
            expected: column.type.map { "\($0.name), by \(column.origin)" } ?? "int64 or string",
            found: "\(tag.type.name) \(ValueText.short(bytes))")
    }

    private static func schema(_ columns: [PlannedKeyColumn]) -> KeySchema? {
        let known = columns.compactMap { column in
            column.type.map { KeyColumn(name: column.name, type: $0) }
        }
        return known.count == columns.count ? KeySchema(columns: known) : nil
    }
}
