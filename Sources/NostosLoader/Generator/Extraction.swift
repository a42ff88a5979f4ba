public import Nostos

/// Reads the rows of a plan's generators, one generator after another, into a sorter.
///
/// ```swift
/// var extraction = Extraction(plan, sorter: sorter)
/// for (generator, rows) in zip(plan.generators, cursors) {
///     try extraction.run(generator, rows: rows) { progress in … }
/// }
/// let schema = extraction.schema
/// var records = try extraction.merged(rules)
/// ```
public struct Extraction: ~Copyable {
    /// How many rows lie between two reports of progress.
    public static let progressInterval = 1024

    private let plan: LoadPlan
    private var sorter: RowSorter
    private var encoder: KeyEncoder
    /// What was seen of each field's values, from which the table's writer chooses encodings.
    public private(set) var profile: TableProfile
    /// What was read of each generator so far, in the plan's order.
    public private(set) var progress: [ExtractionProgress]

    /// An extraction that has read nothing.
    public init(_ plan: LoadPlan, sorter: consuming RowSorter) {
        self.plan = plan
        self.sorter = sorter
        encoder = KeyEncoder(plan.keyColumns)
        profile = TableProfile(fieldCount: plan.fields.count)
        progress = plan.generators.map { _ in ExtractionProgress() }
    }

    /// Key, fields and their types, by what sources declare and by all values read so far.
    public var schema: Schema {
        let fields = plan.fields.indices.map { index in
            let field = plan.fields[index]
            let type = (field.declaredType ?? .none).joined(with: profile.type(of: index))
            return Field(name: field.name, type: type, isList: field.isList)
        }
        return Schema(key: encoder.schema, fields: fields)
    }

    /// Reads all rows of one generator.
    ///
    /// - Parameters:
    ///   - generator: one of the plan's, each once.
    ///   - rows: a cursor with the columns by which the plan was made.
    ///   - report: called every ``progressInterval`` rows and at the end; may throw to stop.
    /// - Throws: ``ExtractionError``, ``SourceError``, ``SortError``, or what `report` throws. The
    ///   extraction is then of no more use.
    public mutating func run(
        _ generator: GeneratorPlan, rows: any RowCursor,
        report: (ExtractionProgress) throws -> Void = { _ in }
    ) throws {
        precondition(rows.columns.map(\.name) == generator.columnNames, "another query's columns")
        var row = Row()
        var key: [UInt8] = []
        var payload: [UInt8] = []
        var read = ExtractionProgress()
        // The first row may tell the types that sources left open; they stay.
        var keySchema = encoder.schema
        while try next(&row, rows, generator, read.rows + 1) {
            read.rows += 1
            read.size += row.bytes.count
            try encoder.encode(row, of: generator, number: read.rows, into: &key)
            if read.rows == 1 { keySchema = encoder.schema }
            // One int64 column is a number whatever was observed.
            if !keySchema.isInt64 { profile.observe(key: key.span, of: keySchema) }
            try collect(row, of: generator, number: read.rows, into: &payload)
            try sorter.add(key: key.span, generator: generator.ordinal, payload: payload.span)
            if read.rows % Self.progressInterval == 0 { try report(read) }
        }
        progress[generator.ordinal] = read
        try report(read)
    }

    /// Takes the next row; what is wrong with a value is told with the row's key.
    private func next(
        _ row: inout Row, _ rows: any RowCursor, _ generator: GeneratorPlan, _ number: Int
    ) throws -> Bool {
        do throws(SourceError) {
            return try rows.next(into: &row)
        } catch {
            guard case .badValue(_, let column, let value) = error,
                row.ends.count == generator.columnNames.count
            else { throw error }
            let key = generator.keyColumns.map { part in
                ValueText.short(row.bytes.span.extracting(row.range(of: part)))
            }
            throw ExtractionError.badValue(
                generator: generator.name, row: number, key: key.joined(separator: ","),
                column: column, value)
        }
    }

    /// Ends the reading: all records, in the order of their keys.
    public consuming func merged(_ rules: MergeRules) throws(SortError) -> RecordMerger {
        let key = encoder.schema
        return RecordMerger(plan, key: key, rules: rules, entries: try sorter.finish())
    }

    /// Replaces `payload` by the values of the row's fields.
    private mutating func collect(
        _ row: borrowing Row, of generator: GeneratorPlan, number: Int, into payload: inout [UInt8]
    ) throws(ExtractionError) {
        payload.removeAll(keepingCapacity: true)
        var field = generator.fields.lowerBound
        for column in generator.fieldColumns {
            let value = row.bytes.span.extracting(row.range(of: column))
            guard let tag = EncodedValue.Tag(rawValue: value[0]), tag != .list else {
                throw .listValue(
                    generator: generator.name, row: number,
                    column: generator.columnNames[column])
            }
            payload.append(value)
            // A set leaves NULLs out, so that its profile has none.
            if !(generator.isSet && tag == .null) { profile.observe(value, field: field) }
            field += 1
        }
    }
}

/// How far the reading of one generator is.
public struct ExtractionProgress: Sendable, Hashable {
    /// Rows read.
    public internal(set) var rows = 0
    /// Bytes of their values, in encoded form.
    public internal(set) var size = 0
}
