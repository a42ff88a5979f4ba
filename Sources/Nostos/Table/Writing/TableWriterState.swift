import FoundationEssentials
import SystemPackage

/// The state and the code of a ``TableWriter``.
struct TableWriterState: ~Copyable {
    private let file: FilePath
    private let job: String
    private let version: Int
    private let schema: Schema
    private let profile: TableProfile
    private let options: TableOptions
    private let sink: any TableSink
    private let layout: TableLayout
    private let keyCode: KeyCode?
    private let vocabularies: [UInt8]

    private var output: PagedOutput
    private var pipeline: RowPipeline
    private var filling: RowBatch?
    /// The failure after which the writer can only be abandoned.
    private var failure: TableError?
    private var group: GroupBuilder
    private var index: TableIndexBuilder
    private var filter: KeyFilterBuilder
    /// The last key of the last closed group, and of all rows appended.
    private var closingKey: [UInt8] = []
    private var lastKey: [UInt8] = []
    private var rowCount = 0

    /// Begins a table; see ``TableWriter``.
    init(
        to sink: any TableSink, named file: FilePath, schema: Schema, profile: TableProfile,
        job: String, version: Int, options: TableOptions
    ) throws(TableError) {
        precondition(profile.fields.count == schema.fields.count)
        precondition((1...GroupBuilder.maxRowCount).contains(options.groupRowCount))
        precondition((0...TableOptions.maxFilterShare).contains(options.filterShare))
        (self.file, self.job, self.version) = (file, job, version)
        (self.schema, self.profile, self.options, self.sink) = (schema, profile, options, sink)

        let knownRowCount = profile.rowCount(of: schema)
        let choices = zip(schema.fields, profile.fields).map { field, observed in
            EncodingChoice(
                field: field, profile: observed, isExact: profile.isExact, rowCount: knownRowCount)
        }
        var fields: [FieldLayout] = []
        var codes: [VocabularyCodes] = []
        var vocabularies: [UInt8] = []
        for (choice, layout) in zip(choices, EncodingChoice.layouts(of: choices)) {
            let vocabulary = choice.vocabulary.map(VocabularyCodes.init)
            let start = vocabularies.count
            vocabularies += vocabulary?.encoded ?? choice.coder?.encoded ?? []
            fields.append(layout.with(vocabulary: start..<vocabularies.count))
            codes.append(vocabulary ?? VocabularyCodes(VocabularyBuilder()))
        }
        keyCode = KeyCode(schema.key, profile)
        layout = TableLayout(
            schema: schema, keyForm: keyCode == nil ? .bytes : .numbers, fields: fields)
        self.vocabularies = vocabularies
        let (layouts, coders) = (layout.fields, choices.map(\.coder))
        pipeline = RowPipeline {
            RowEncoder(fields: layouts, vocabularies: codes, coders: coders)
        }
        group = GroupBuilder(form: layout.keyForm)
        index = TableIndexBuilder(form: layout.keyForm)
        filter = KeyFilterBuilder()
        output = PagedOutput(sink: sink, seed: TableFormat.seed(job: job, version: version))
        try write(TableFormat.header.span)
    }

    /// Appends one record; see ``TableWriter/append(key:record:)``.
    mutating func append(key: Span<UInt8>, record: Span<UInt8>) throws(TableError) {
        if let failure { throw failure }
        guard key.count <= KeySchema.maxSize else {
            throw .badRecord(
                file: file, row: rowCount,
                detail: "a key of \(key.count) bytes, at most \(KeySchema.maxSize)")
        }
        guard rowCount == 0 || isLast(before: key) else {
            throw .unsorted(file: file, row: rowCount)
        }
        let number = try number(of: key)
        let batch = filling ?? pipeline.makeBatch(at: rowCount)
        filling = batch
        batch.append(key: key, number: number, record: record)
        rowCount += 1
        lastKey.removeAll(keepingCapacity: true)
        lastKey.append(key)
        guard batch.size >= options.batchSize else { return }
        filling = nil
        pipeline.submit(batch)
        if pipeline.isFull { try placeNext() }
    }

    /// Puts the oldest batch into groups; false when there is none.
    @discardableResult
    private mutating func placeNext() throws(TableError) -> Bool {
        guard let batch = pipeline.next() else { return false }
        let encodedCount = try batch.withRows { rows throws(TableError) in
            for row in 0..<rows.encodedCount { try place(rows, row) }
            return rows.encodedCount
        }
        if let error = batch.failure {
            let row = batch.firstRow + encodedCount
            failure = .badRecord(file: file, row: row, detail: error.detail)
        }
        pipeline.release(batch)
        if let failure { throw failure }
        return true
    }

    private mutating func place(_ rows: borrowing BatchRows, _ row: Int) throws(TableError) {
        let (key, number) = (rows.key(row), rows.number(row))
        if group.rowCount == 0 {
            let closingKey = closingKey
            index.beginGroup(key: key, number: number, after: closingKey.span)
        }
        group.append(key: key, number: number, row: rows.row(row))
        filter.insert(KeyFilter.hash(key, number: number, layout.keyForm))
        guard group.rowCount == options.groupRowCount || group.size >= options.groupSize else {
            return
        }
        closingKey.removeAll(keepingCapacity: true)
        closingKey.append(key)
        try closeGroup()
    }

    /// Writes what remains; see ``TableWriter/finish(provenance:)``.
    mutating func finish(provenance: Provenance) throws(TableError) -> TableSummary {
        if let filling { pipeline.submit(filling) }
        filling = nil
        while try placeNext() {}
        try closeGroup()
        var sections = [output.offset]
        let lastKey = lastKey
        let (index, separators) = index.encoded(lastKey: lastKey.span)
        let keys = keyCode?.encoded ?? separators
        let hasFilters = filter.size * options.filterShare <= sections[0] - TableFormat.headerSize
        let filtersAt = output.offset + index.count + keys.count
        let filters = hasFilters ? filter.encoded(at: filtersAt) : []
        let rest = [vocabularies, layout.encoded, try metadata(provenance)]
        for section in [index, keys, filters] + rest {
            try write(section.span)
            sections.append(output.offset)
        }
        output.closePages()
        let sums = output.sums
        let seed = TableFormat.seed(job: job, version: version)
        let rootPages = sumsOfSums(sums, seed: seed)
        sections.append(output.offset + sums.count)
        sections.append(output.offset + sums.count + rootPages.count)
        let footer = TableFooter(
            ends: sections, rowCount: rowCount, groupCount: self.index.groupCount, seed: seed,
            rootSum: Checksum.hash(rootPages.span, seed: seed))
        let footerBytes = footer.encoded
        do throws(Errno) {
            try output.appendUnsummed(sums + rootPages + footerBytes)
        } catch {
            throw .io(file: file, operation: "write", error)
        }
        do throws(Errno) { try sink.finish() } catch {
            throw .io(file: file, operation: "fsync", error)
        }
        return TableSummary(
            rowCount: rowCount, size: output.offset, digest: TableFooter.digest(footerBytes.span))
    }

    /// The key's number; 0 where keys are bytes.
    private func number(of key: Span<UInt8>) throws(TableError) -> UInt64 {
        guard let keyCode else { return 0 }
        guard let number = keyCode.code(of: key) else {
            throw .badRecord(
                file: file, row: rowCount, detail: "a key that the profile did not see")
        }
        return number
    }

    private func isLast(before key: Span<UInt8>) -> Bool {
        let lastKey = lastKey
        return lastKey.span.precedes(key)
    }

    private mutating func closeGroup() throws(TableError) {
        guard group.rowCount > 0 else { return }
        do throws(Errno) { try output.append(&group) } catch {
            throw .io(file: file, operation: "write", error)
        }
        index.endGroup(at: output.offset)
        filter.closeGroup()
    }

    private mutating func write(_ bytes: Span<UInt8>) throws(TableError) {
        do throws(Errno) {
            try output.append(bytes)
        } catch {
            throw .io(file: file, operation: "write", error)
        }
    }

    private func metadata(_ provenance: Provenance) throws(TableError) -> [UInt8] {
        let counts = pipeline.batches.reduce(RowCounts(fieldCount: schema.fields.count)) {
            $0 + $1.counts
        }
        let fields = schema.fields.indices.map { index in
            profile.fields[index].statistics(
                name: schema.fields[index].name, layout.fields[index], counts, at: index)
        }
        let metadata = TableMetadata(
            job: job, version: version, rowCount: rowCount, typedRowCount: counts.typedRows,
            keySize: group.finishedKeySize, rowSize: group.finishedRowSize, fields: fields,
            provenance: provenance)
        let json = JSONEncoder()
        json.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try Array(json.encode(metadata))
        } catch {
            throw .badRecord(file: file, row: rowCount, detail: "metadata: \(error)")
        }
    }
}
