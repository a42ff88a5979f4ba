/// A field's place in the row, and the way to its codes.
private struct EncodedField {
    let layout: FieldLayout
    let lookup: VocabularyLookup
}

/// Turns records (encoded values of all fields) into rows of a table, see `FieldEncoding`.
struct RowEncoder: ~Copyable {
    /// The largest record, in bytes: a group's offsets have 32 bits, and the reader takes no text
    /// above 1 GiB for good; JSON has at most 6 bytes for one.
    static let maxRecordSize = 128 << 20

    private let fields: [EncodedField]
    /// Keeps the memory alive that the fields point into.
    private let vocabularies: [VocabularyCodes]
    private let coders: [TextCoder?]
    /// Bytes of the dense fields' codes, and with the presence bits.
    private let denseSize: Int
    private let fixedSize: Int
    /// The last field that can have a variable entry; its entries stand without their size.
    private let lastVariable: Int?

    /// The counts of the rows encoded so far.
    private(set) var counts: RowCounts
    private var hasText = false
    // The parts of the row after its fixed one: codes of sparse fields, entries.
    private var sparse: [UInt8] = []
    private var sparseBits = BitOutput()
    private var entries = GrowingMemory<UInt8>()
    private var listCodes = GrowingMemory<UInt8>()
    private var text: [UInt8] = []
    private var codes: [UInt8] = []
    private var packer = ListPacker()

    init(fields: [FieldLayout], vocabularies: [VocabularyCodes], coders: [TextCoder?]) {
        self.vocabularies = vocabularies
        self.coders = coders
        // Unsafe: the vocabularies live as long as this encoder.
        self.fields = zip(fields, vocabularies).map { layout, vocabulary in
            EncodedField(layout: layout, lookup: unsafe vocabulary.lookup)
        }
        denseSize = RowShape.denseSize(of: fields)
        fixedSize = RowShape.fixedSize(of: fields)
        lastVariable = RowShape.lastVariable(of: fields)
        counts = RowCounts(fieldCount: fields.count)
    }

    /// Appends the rows of some records that stand among the bytes of `records`, one after another
    /// and each with its end.
    ///
    /// - Throws: a detail when a record does not hold exactly one value for each field, or holds
    ///   one that the encodings have no room for; the rows before it are there then, whole.
    mutating func encode(
        _ records: borrowing GrowingMemory<UInt8>, in ranges: BatchRanges,
        into rows: inout GrowingMemory<UInt8>,
        ends: inout [Int]
    ) throws(RecordError) {
        // One look for all of them.
        let fields = fields
        let bytes = records.span
        for index in 0..<ranges.count {
            let record = bytes.extracting(ranges.record(index))
            do throws(RecordError) {
                try encode(record, fields.span, into: &rows)
            } catch {
                rows.removeAll(from: ends.last ?? 0)
                throw error
            }
            ends.append(rows.count)
        }
    }

    private mutating func encode(
        _ record: Span<UInt8>, _ fields: Span<EncodedField>, into row: inout GrowingMemory<UInt8>
    ) throws(RecordError) {
        guard record.count <= Self.maxRecordSize else {
            throw RecordError(
                detail: "a record of \(record.count) bytes, at most \(Self.maxRecordSize)")
        }
        hasText = false
        if !sparse.isEmpty { sparse.removeAll(keepingCapacity: true) }
        sparseBits = BitOutput()
        entries.removeAll()
        let start = row.count
        row.append(zeros: fixedSize)
        var position = 0
        for index in fields.indices {
            let valueStart = position
            guard let value = EncodedValueView(in: record, at: &position) else {
                throw RecordError(detail: "no whole value for field \(index) of \(fields.count)")
            }
            let field = fields[index]
            let bytes = record.extracting(valueStart..<position)
            let code = try encode(bytes, value, in: record, field, index)
            if !field.layout.isSparse {
                row.put(code, at: field.layout.bitOffset, from: start)
            } else if code != FieldLayout.nullCode {
                row.put(1, at: 8 * denseSize + field.layout.sparseIndex, from: start)
                sparseBits.append(code - 1, width: field.layout.width, to: &sparse)
            }
        }
        guard position == record.count else {
            throw RecordError(
                detail: "\(record.count - position) bytes after the last of \(fields.count) values")
        }
        sparseBits.finish(to: &sparse)
        if !sparse.isEmpty { row.append(sparse.span) }
        row.append(entries)
        counts.rows += 1
        if !hasText { counts.typedRows += 1 }
    }

    /// The packed code of a value; its variable entry, if it has one, is appended to `entries`.
    @inline(__always)
    private mutating func encode(
        _ bytes: Span<UInt8>, _ value: EncodedValueView, in record: Span<UInt8>,
        _ field: EncodedField, _ index: Int
    ) throws(RecordError) -> UInt64 {
        if value.tag == .null {
            counts.nulls[index] += 1
            return FieldLayout.nullCode
        }
        if let code = Self.packedCode(bytes, value, in: record, field) { return code }
        if field.layout.encoding == .codeList, value.tag == .list,
            appendCodes(record.extracting(value.payload), field.lookup, field: index)
        {
            return FieldLayout.variableCode
        }
        return try encodeUnpacked(bytes, value, in: record, field.layout, index)
    }

    /// The packed code of a value that has an entry, or none.
    @inline(never)
    private mutating func encodeUnpacked(
        _ bytes: Span<UInt8>, _ value: EncodedValueView, in record: Span<UInt8>,
        _ field: FieldLayout, _ index: Int
    ) throws(RecordError) -> UInt64 {
        switch field.encoding {
        case .codeList:
            encodeText(bytes)
            appendPlainText(field: index)
            return FieldLayout.textCode
        case .packedList(let base, let hasScales):
            if value.tag == .list {
                codes.removeAll(keepingCapacity: true)
                if packer.append(
                    record.extracting(value.payload), base: base, hasScales: hasScales, to: &codes)
                {
                    swap(&text, &codes)
                    appendText(field: index)
                    return FieldLayout.variableCode
                }
            }
            encodeText(bytes)
            appendPlainText(field: index)
            return FieldLayout.textCode
        case .packedText(_, let isQuoted), .compressed(let isQuoted):
            encodeText(bytes)
            let code = packText(field: index, isQuoted: isQuoted)
            if code == FieldLayout.textCode {
                appendPlainText(field: index)
            } else {
                appendText(field: index)
            }
            return code
        default: break
        }
        guard field.hasVariable else {
            throw RecordError(detail: "field \(index) has a value that its profile did not see")
        }
        encodeText(bytes)
        appendPlainText(field: index)
        return FieldLayout.variableCode
    }

    /// The packed code of a value that stands in the row's fixed part or among sparse codes; nil
    /// where its field or the value has none.
    @inline(__always)
    private static func packedCode(
        _ bytes: Span<UInt8>, _ value: EncodedValueView, in record: Span<UInt8>,
        _ encoded: EncodedField
    ) -> UInt64? {
        let field = encoded.layout
        let offset: UInt64
        switch (field.encoding, value.tag) {
        case (.scaled(let base, let scale), .int64), (.scaled(let base, let scale), .decimal):
            let own = value.scaled(in: record)
            guard let mantissa = Decimal.rescale(own.mantissa, from: own.scale, to: scale),
                mantissa >= base
            else { return nil }
            offset = UInt64(bitPattern: mantissa) &- UInt64(bitPattern: base)
        case (.timestamp(let base, let unit), .timestamp):
            let (quotient, remainder) = value.int64(in: record)
                .quotientAndRemainder(dividingBy: unit)
            guard remainder == 0, quotient >= base else { return nil }
            offset = UInt64(bitPattern: quotient) &- UInt64(bitPattern: base)
        case (.bool, .false): offset = 0
        case (.bool, .true): offset = 1
        case (.vocabulary, _):
            guard let code = encoded.lookup.code(of: bytes) else { return nil }
            offset = UInt64(code)
        default: return nil
        }
        let (code, overflow) = offset.addingReportingOverflow(field.firstCode)
        // A sparse field's codes are one less in the row, for NULL needs none.
        let stored = field.isSparse ? code &- 1 : code
        guard !overflow, stored.leadingZeroBitCount >= 64 - field.width else { return nil }
        return code
    }

    /// Appends the codes of a list's elements as its entry; false, and nothing was appended, when
    /// one has none.
    @inline(__always)
    private mutating func appendCodes(
        _ elements: Span<UInt8>, _ lookup: VocabularyLookup, field index: Int
    ) -> Bool {
        listCodes.removeAll()
        var position = 0
        while position < elements.count {
            guard let element = EncodedValueView(in: elements, at: &position),
                let code = lookup.code(of: elements.extracting(element.whole))
            else { return false }
            listCodes.append(varint: UInt64(code))
        }
        let start = entries.count
        if index != lastVariable { entries.append(varint: UInt64(listCodes.count)) }
        entries.append(listCodes)
        counts.entrySizes[index] += entries.count - start
        return true
    }

    /// Packs or compresses `text` where that is possible, and returns the packed code.
    private mutating func packText(field index: Int, isQuoted: Bool) -> UInt64 {
        codes.removeAll(keepingCapacity: true)
        let text = text
        let hasQuotes = text.count >= 2 && text[0] == UInt8(ascii: "\"")
        guard let coder = coders[index], !isQuoted || hasQuotes else { return FieldLayout.textCode }
        let content = isQuoted ? 1..<text.count - 1 : 0..<text.count
        guard let code = coder.append(text.span.extracting(content), to: &codes) else {
            return FieldLayout.textCode
        }
        swap(&self.text, &codes)
        return code
    }

    private mutating func encodeText(_ bytes: Span<UInt8>) {
        text.removeAll(keepingCapacity: true)
        var position = 0
        EncodedValue.appendJSON(in: bytes, at: &position, to: &text)
    }

    /// Appends `text`, the JSON text of a value, as the entry of a field.
    private mutating func appendPlainText(field index: Int) {
        counts.texts[index] += 1
        hasText = true
        appendText(field: index)
    }

    /// Appends `text` as the entry of a field.
    private mutating func appendText(field index: Int) {
        let start = entries.count
        defer { counts.entrySizes[index] += entries.count - start }
        if index != lastVariable { entries.append(varint: UInt64(text.count)) }
        let text = text
        entries.append(text.span)
    }
}

/// A record that the table's schema or profile has no room for.
struct RecordError: Error {
    let detail: String
}
