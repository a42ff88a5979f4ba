import Nostos

/// Reads the rows of a plan's generators, one generator after another, into a sorter.
///
/// The caller's thread reads, checks and encodes rows; another one observes and sorts them.
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
    /// Batches at the same time: one that fills, one that is sorted in, and some that wait while a
    /// few megabytes are sorted, so that the source need not.
    private static let batchCount = 8

    private let plan: RecordPlan
    private let sink: EntrySink
    private let batches: BatchQueue<EntryBatch>
    private var encoder: KeyEncoder
    /// The progress of each generator so far, in the plan's order.
    public private(set) var progress: [ExtractionProgress]

    /// An extraction that has read nothing.
    public init(_ plan: RecordPlan, sorter: consuming RowSorter) {
        self.plan = plan
        let sink = EntrySink(plan, sorter: sorter)
        self.sink = sink
        batches = BatchQueue((0..<Self.batchCount).map { _ in EntryBatch() }) { try sink.take($0) }
        encoder = KeyEncoder(plan.keyColumns)
        progress = plan.generators.map { _ in ExtractionProgress() }
    }

    /// Reads all rows of one generator.
    ///
    /// - Parameters:
    ///   - generator: one of the plan's that have rows, each once.
    ///   - rows: a cursor with the columns by which the plan was made.
    ///   - report: called every ``ProgressInterval/rows`` rows and at the end; may throw to stop.
    /// - Throws: ``ExtractionError``, ``SourceError``, ``SortError``, or the error of `report`. The
    ///   extraction cannot be used afterwards.
    public mutating func run(
        _ generator: GeneratorPlan, rows: any RowCursor,
        report: (ExtractionProgress) throws -> Void = { _ in }
    ) throws {
        precondition(rows.columns.map(\.name) == generator.columnNames, "another query's columns")
        var collector = RowCollector(generator)
        var row = Row()
        var read = ExtractionProgress()
        // The first row may decide the types that sources left open; they stay.
        var keySchema = encoder.schema
        collector.expect(int64Key: encoder.isKnown && keySchema.isInt64)
        let entries = rows as? any EntryCursor
        var batch = try batches.next()
        var bytes = batch.begin(generator.ordinal)
        while true {
            if !Self.takePlain(entries, collector, &read, into: &bytes) {
                guard try next(&row, rows, generator, read.rows + 1) else { break }
                read.rows += 1
                read.size += row.bytes.count
                if !collector.collectPlain(row.bytes.span, ends: row.ends.span, into: &bytes) {
                    try encode(row, read.rows, &collector, generator, &keySchema, into: &bytes)
                }
            }
            if bytes.count >= EntryBatch.size {
                submit(batch, bytes, keySchema)
                batch = try batches.next()
                bytes = batch.begin(generator.ordinal)
            }
            if read.rows % ProgressInterval.rows == 0 { try report(read) }
        }
        submit(batch, bytes, keySchema)
        // What another generator may change is still: nothing waits.
        try batches.finish()
        progress[generator.ordinal] = read
        try report(read)
    }

    /// Appends the entries that a cursor makes itself, up to the next report; false without one.
    @inline(__always)
    private static func takePlain(
        _ rows: (any EntryCursor)?, _ collector: borrowing RowCollector,
        _ read: inout ExtractionProgress, into bytes: inout [UInt8]
    ) -> Bool {
        guard let rows, collector.hasPlain else { return false }
        let start = bytes.count
        let limit = ProgressInterval.rows - read.rows % ProgressInterval.rows
        let count = rows.appendEntries(of: collector.plain, limit: limit, to: &bytes)
        read.rows += count
        read.size += bytes.count - start - count * PlainRows.overhead
        return count > 0
    }

    /// Appends a row's entry, for any key and values.
    private mutating func encode(
        _ row: borrowing Row, _ number: Int, _ collector: inout RowCollector,
        _ generator: GeneratorPlan, _ keySchema: inout KeySchema, into bytes: inout [UInt8]
    ) throws(ExtractionError) {
        let start = bytes.count
        bytes.append(littleEndian: UInt64(0))
        try encoder.encode(row, of: generator, number: number, to: &bytes)
        if number == 1 {
            keySchema = encoder.schema
            collector.expect(int64Key: keySchema.isInt64)
        }
        let keyEnd = bytes.count
        try collector.collect(
            row, number: number, key: start + EntryHeader.size, keySchema, into: &bytes)
        EntryHeader(
            keySize: keyEnd - start - EntryHeader.size, generator: generator.ordinal,
            payloadSize: bytes.count - keyEnd
        ).write(to: &bytes, at: start)
    }

    private func submit(_ batch: EntryBatch, _ bytes: consuming [UInt8], _ schema: KeySchema) {
        batch.bytes = bytes
        // One int64 column becomes a number in any case.
        batch.observedKey = schema.isInt64 ? nil : schema
        batches.submit(batch)
    }

    /// Takes the next row; the error of a value names the row's key.
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
    ///   - report: called every ``ProgressInterval/rows`` records of that first time; may throw to
    ///     stop.
    /// - Returns: the records, before the first one.
    /// - Throws: ``SortError``, ``MergeError``, or what `report` throws.
    public consuming func merged(
        _ rules: MergeRules, report: () throws -> Void = {}
    ) throws -> RecordMerger {
        try batches.finish()
        var profile = sink.profile
        observeConstants(&profile)
        var records = RecordMerger(
            plan, key: encoder.schema, rules: rules, entries: try sink.finish(), profile: profile)
        try records.observeAggregates(report)
        return records
    }

    /// Shows each constant to the profile often enough that its text is worth a vocabulary, though
    /// not as often as there will be records.
    private func observeConstants(_ profile: inout TableProfile) {
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

extension RecordPlan {
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

/// The progress of reading one generator.
public struct ExtractionProgress: Sendable, Hashable {
    /// Rows read.
    public internal(set) var rows = 0
    /// Bytes of their values, in encoded form.
    public internal(set) var size = 0
}
