public import Nostos

/// Reads the rows of a plan's generators, one generator after another, into a sorter.
///
/// ```swift
/// var extraction = Extraction(plan, sorter: sorter)
/// for (generator, rows) in zip(plan.generators, cursors) {
///     try extraction.run(generator, rows: rows) { progress in … }
/// }
/// var records = try extraction.merged(rules)
/// let (schema, profile) = (records.schema, records.profile)
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

    /// Key, fields and their types, by what sources declare and by all values read so far; those of
    /// aggregates are known once the rows are merged.
    public var schema: Schema { plan.schema(key: encoder.schema, profile) }

    /// Reads all rows of one generator.
    ///
    /// - Parameters:
    ///   - generator: one of the plan's that have rows, each once.
    ///   - rows: a cursor with the columns by which the plan was made.
    ///   - report: called every ``progressInterval`` rows and at the end; may throw to stop.
    /// - Throws: ``ExtractionError``, ``SourceError``, ``SortError``, or what `report` throws. The
    ///   extraction is then of no more use.
    public mutating func run(
        _ generator: GeneratorPlan, rows: any RowCursor,
        report: (ExtractionProgress) throws -> Void = { _ in }
    ) throws {
        precondition(rows.columns.map(\.name) == generator.columnNames, "another query's columns")
        var collector = RowCollector(generator)
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
            try collector.collect(
                row, number: read.rows, key: (key, keySchema), into: &payload,
                observing: &profile)
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
    ///
    /// The values of aggregates are in no row: where there are such fields, all records are made
    /// twice, the first time for their profile.
    ///
    /// - Parameters:
    ///   - rules: how rows are joined.
    ///   - report: called every ``progressInterval`` records of that first time; may throw to stop.
    /// - Returns: the records, before the first one.
    /// - Throws: ``SortError``, ``MergeError``, or what `report` throws.
    public consuming func merged(
        _ rules: MergeRules, report: () throws -> Void = {}
    ) throws -> RecordMerger {
        observeConstants()
        let key = encoder.schema
        var records = RecordMerger(
            plan, key: key, rules: rules, entries: try sorter.finish(), profile: profile)
        try records.observeAggregates(report)
        return records
    }

    /// Lets the profile see each constant often enough that its text is worth a vocabulary, though
    /// not as often as there will be records.
    private mutating func observeConstants() {
        let rowCount = progress.reduce(0) { $0 + $1.rows }
        for generator in plan.generators where !generator.hasRows {
            var position = 0
            for field in generator.fields {
                let start = position
                guard EncodedValue.skip(in: generator.missing.span, at: &position) else { return }
                let value = generator.missing.span.extracting(start..<position)
                for _ in 0..<min(rowCount, 4096) { profile.observe(value, field: field) }
            }
        }
    }
}

extension LoadPlan {
    /// The schema of records, by what was observed of their values.
    func schema(key: KeySchema, _ profile: TableProfile) -> Schema {
        Schema(
            key: key,
            fields: fields.enumerated().map { index, field in
                let type = (field.declaredType ?? .none).joined(with: profile.type(of: index))
                return Field(name: field.name, type: type, isList: field.isList)
            })
    }
}

/// How far the reading of one generator is.
public struct ExtractionProgress: Sendable, Hashable {
    /// Rows read.
    public internal(set) var rows = 0
    /// Bytes of their values, in encoded form.
    public internal(set) var size = 0
}
