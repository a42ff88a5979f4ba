/// Turns records (encoded values of all fields) into rows of a table, see `FieldEncoding`.
struct RowEncoder {
    /// The largest row, in bytes: a group's offsets have 32 bits.
    static let maxRowSize = 1 << 30

    let fields: [FieldLayout]
    private let vocabularies: [VocabularyCodes?]
    /// Bytes of the fixed part.
    let fixedSize: Int
    /// The last field that can have a variable entry; its entries stand without their size.
    private let lastVariable: Int?

    /// Values that were given and stand as NULL, by field.
    private(set) var nullCounts: [Int]
    private var text: [UInt8] = []
    private var codes: [UInt8] = []

    init(fields: [FieldLayout], vocabularies: [VocabularyCodes?]) {
        self.fields = fields
        self.vocabularies = vocabularies
        fixedSize = RowShape.fixedSize(of: fields)
        lastVariable = RowShape.lastVariable(of: fields)
        nullCounts = Array(repeating: 0, count: fields.count)
    }

    /// Appends the row of one record to `row`.
    ///
    /// - Throws: a detail when the record does not hold exactly one value for each field, or holds
    ///   one that the encodings have no room for; `row` is then to be thrown away.
    mutating func encode(_ record: Span<UInt8>, into row: inout [UInt8]) throws(RecordError) {
        let start = row.count
        for _ in 0..<fixedSize { row.append(0) }
        var position = 0
        for index in fields.indices {
            let valueStart = position
            guard let value = EncodedValueView(in: record, at: &position) else {
                throw RecordError(detail: "no whole value for field \(index) of \(fields.count)")
            }
            let bytes = record.extracting(valueStart..<position)
            let code = try encode(bytes, value, in: record, field: index, into: &row)
            Self.put(code, fields[index], in: &row, at: start)
        }
        guard row.count - start <= Self.maxRowSize else {
            throw RecordError(
                detail: "a row of \(row.count - start) bytes, at most \(Self.maxRowSize)")
        }
        guard position == record.count else {
            throw RecordError(
                detail: "\(record.count - position) bytes after the last of \(fields.count) values")
        }
    }

    /// The packed code of a value; its variable entry, if it has one, is appended to `row`.
    private mutating func encode(
        _ bytes: Span<UInt8>, _ value: EncodedValueView, in record: Span<UInt8>, field index: Int,
        into row: inout [UInt8]
    ) throws(RecordError) -> UInt64 {
        if value.tag == .null {
            nullCounts[index] += 1
            return FieldLayout.nullCode
        }
        let field = fields[index]
        switch field.encoding {
        case .codeList:
            if value.tag == .list, encodeCodes(record.extracting(value.payload), field: index) {
                appendEntry(text.span, field: index, to: &row)
                return FieldLayout.variableCode
            }
            encodeText(bytes)
            appendEntry(text.span, field: index, to: &row)
            return FieldLayout.listTextCode
        case .variable: break
        default:
            if let code = packedCode(bytes, value, in: record, field: index) { return code }
        }
        guard field.hasVariable else {
            throw RecordError(detail: "field \(index) has a value that its profile did not see")
        }
        encodeText(bytes)
        appendEntry(text.span, field: index, to: &row)
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
            encodeText(bytes)
            guard let code = vocabularies[index]?.code(of: text.span) else { return nil }
            offset = UInt64(code)
        default: return nil
        }
        let (code, overflow) = offset.addingReportingOverflow(field.firstCode)
        guard !overflow, code.leadingZeroBitCount >= 64 - field.width else { return nil }
        return code
    }

    /// Puts the codes of a list's elements into `text`; false when one has none.
    private mutating func encodeCodes(_ elements: Span<UInt8>, field index: Int) -> Bool {
        guard let vocabulary = vocabularies[index] else { return false }
        codes.removeAll(keepingCapacity: true)
        var position = 0
        while position < elements.count {
            text.removeAll(keepingCapacity: true)
            guard EncodedValue.appendJSON(in: elements, at: &position, to: &text),
                let code = vocabulary.code(of: text.span)
            else { return false }
            codes.append(varint: UInt64(code))
        }
        swap(&text, &codes)
        return true
    }

    private mutating func encodeText(_ bytes: Span<UInt8>) {
        text.removeAll(keepingCapacity: true)
        var position = 0
        EncodedValue.appendJSON(in: bytes, at: &position, to: &text)
    }

    private func appendEntry(_ entry: Span<UInt8>, field index: Int, to row: inout [UInt8]) {
        if index != lastVariable { row.append(varint: UInt64(entry.count)) }
        row.append(entry)
    }

    /// Sets the code's bits, which are still zero.
    private static func put(
        _ code: UInt64, _ field: FieldLayout, in row: inout [UInt8], at start: Int
    ) {
        var rest = code
        var bit = field.bitOffset
        let end = field.bitOffset + field.width
        while bit < end {
            let count = min(8 - bit % 8, end - bit)
            let part = UInt8(truncatingIfNeeded: rest) & UInt8(truncatingIfNeeded: (1 << count) - 1)
            row[start + bit / 8] |= part << UInt8(bit % 8)
            rest >>= UInt64(count)
            bit += count
        }
    }
}

/// A record that the table's schema or profile has no room for.
struct RecordError: Error {
    let detail: String
}

/// What writer and reader both derive from the fields' layouts.
enum RowShape {
    /// Gives each field its place in the fixed part, in field order: the next free bit, or the next
    /// whole byte where the code would else touch nine bytes.
    static func placed(_ fields: [FieldLayout]) -> [FieldLayout] {
        var offset = 0
        return fields.map { field in
            var field = field
            if offset % 8 + field.width > 64 { offset += 8 - offset % 8 }
            field.bitOffset = offset
            offset += field.width
            return field
        }
    }

    /// Bytes of the fixed part of fields that have their places.
    static func fixedSize(of fields: [FieldLayout]) -> Int {
        (fields.reduce(0) { max($0, $1.bitOffset + $1.width) } + 7) / 8
    }

    /// The last field that can have a variable entry.
    static func lastVariable(of fields: [FieldLayout]) -> Int? {
        fields.lastIndex { $0.hasVariable }
    }
}
