/// Turns records (encoded values of all fields) into rows of a table, see `FieldEncoding`.
struct RowEncoder {
    /// The largest record, in bytes: a group's offsets have 32 bits, and the reader takes no text
    /// above 1 GiB for good; JSON has at most 6 bytes for one.
    static let maxRecordSize = 128 << 20

    let fields: [FieldLayout]
    /// Keeps alive what `lookups` look into.
    private let vocabularies: [VocabularyCodes]
    private let lookups: [VocabularyLookup]
    private let coders: [TextCoder?]
    /// Bytes of the dense fields' codes, and with the presence bits.
    private let denseSize: Int
    private let fixedSize: Int
    /// The last field that can have a variable entry; its entries stand without their size.
    private let lastVariable: Int?

    /// What was encoded so far.
    private(set) var counts: RowCounts
    private var hasText = false
    // The parts of the row: codes and presence bits, codes of sparse fields, entries.
    private var fixed = BitOutput()
    private var sparse = BitOutput()
    private var entries: [UInt8] = []
    private var text: [UInt8] = []
    private var codes: [UInt8] = []
    private var packer = ListPacker()

    init(fields: [FieldLayout], vocabularies: [VocabularyCodes], coders: [TextCoder?]) {
        self.fields = fields
        self.vocabularies = vocabularies
        self.coders = coders
        // Unsafe: the vocabularies live as long as this encoder.
        lookups = vocabularies.map { unsafe $0.lookup }
        denseSize = RowShape.denseSize(of: fields)
        fixedSize = RowShape.fixedSize(of: fields)
        lastVariable = RowShape.lastVariable(of: fields)
        counts = RowCounts(fieldCount: fields.count)
    }

    /// Appends the row of one record to `row`.
    ///
    /// - Throws: a detail when the record does not hold exactly one value for each field, or holds
    ///   one that the encodings have no room for; `row` is then to be thrown away.
    mutating func encode(_ record: Span<UInt8>, into row: inout [UInt8]) throws(RecordError) {
        guard record.count <= Self.maxRecordSize else {
            throw RecordError(
                detail: "a record of \(record.count) bytes, at most \(Self.maxRecordSize)")
        }
        hasText = false
        fixed.reset(size: fixedSize)
        sparse.reset(size: 0)
        entries.removeAll(keepingCapacity: true)
        var position = 0
        for index in fields.indices {
            let valueStart = position
            guard let value = EncodedValueView(in: record, at: &position) else {
                throw RecordError(detail: "no whole value for field \(index) of \(fields.count)")
            }
            let bytes = record.extracting(valueStart..<position)
            let code = try encode(bytes, value, in: record, field: index)
            let field = fields[index]
            if !field.isSparse {
                fixed.put(code, at: field.bitOffset)
            } else if code != FieldLayout.nullCode {
                fixed.put(1, at: 8 * denseSize + field.sparseIndex)
                sparse.append(code - 1, width: field.width)
            }
        }
        guard position == record.count else {
            throw RecordError(
                detail: "\(record.count - position) bytes after the last of \(fields.count) values")
        }
        fixed.write(fixedSize, to: &row)
        sparse.write(sparse.byteCount, to: &row)
        row += entries
        counts.rows += 1
        if !hasText { counts.typedRows += 1 }
    }

    /// The packed code of a value; its variable entry, if it has one, is appended to `entries`.
    private mutating func encode(
        _ bytes: Span<UInt8>, _ value: EncodedValueView, in record: Span<UInt8>, field index: Int
    ) throws(RecordError) -> UInt64 {
        if value.tag == .null {
            counts.nulls[index] += 1
            return FieldLayout.nullCode
        }
        let field = fields[index]
        switch field.encoding {
        case .codeList:
            if value.tag == .list, encodeCodes(record.extracting(value.payload), field: index) {
                appendText(field: index)
                return FieldLayout.variableCode
            }
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
        case .variable: break
        default:
            if let code = packedCode(bytes, value, in: record, field: index) { return code }
        }
        guard field.hasVariable else {
            throw RecordError(detail: "field \(index) has a value that its profile did not see")
        }
        encodeText(bytes)
        appendPlainText(field: index)
        return FieldLayout.variableCode
    }

    private mutating func packedCode(
        _ bytes: Span<UInt8>, _ value: EncodedValueView, in record: Span<UInt8>, field index: Int
    ) -> UInt64? {
        let field = fields[index]
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
            guard let code = lookups[index].code(of: bytes) else { return nil }
            offset = UInt64(code)
        default: return nil
        }
        let (code, overflow) = offset.addingReportingOverflow(field.firstCode)
        // A sparse field's codes are one less in the row, for NULL needs none.
        let stored = field.isSparse ? code &- 1 : code
        guard !overflow, stored.leadingZeroBitCount >= 64 - field.width else { return nil }
        return code
    }

    /// Puts the codes of a list's elements into `text`; false when one has none.
    private mutating func encodeCodes(_ elements: Span<UInt8>, field index: Int) -> Bool {
        text.removeAll(keepingCapacity: true)
        var position = 0
        while position < elements.count {
            guard let element = EncodedValueView(in: elements, at: &position),
                let code = lookups[index].code(of: elements.extracting(element.whole))
            else { return false }
            text.append(varint: UInt64(code))
        }
        return true
    }

    /// Packs or compresses `text` where that can be, and gives the packed code.
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
        entries += text
    }
}

/// A record that the table's schema or profile has no room for.
struct RecordError: Error {
    let detail: String
}
