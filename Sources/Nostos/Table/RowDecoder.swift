/// Turns rows of a mapped table into JSON text; the mirror of `RowEncoder`.
///
/// This is the reader's hot path: what is stored is close to what is sent, so a record costs
/// integer printing and copying.
struct RowDecoder {
    let fields: [FieldLayout]
    private let vocabularies: [VocabularyView?]
    private let fixedSize: Int
    /// The ordinals of the fields that can have a variable entry, ascending.
    private let variableFields: [Int]
    /// The size of the longest word of any vocabulary.
    private let largestWord: Int
    /// The size of the longest number, time or literal: `"9999-12-31T23:59:59.999999Z"`.
    private let largestScalar = 29

    init(fields: [FieldLayout], vocabularies: [VocabularyView?]) {
        self.fields = fields
        self.vocabularies = vocabularies
        fixedSize = RowShape.fixedSize(of: fields)
        variableFields = fields.indices.filter { fields[$0].hasVariable }
        largestWord = vocabularies.reduce(0) { max($0, $1?.largestWord ?? 0) }
    }

    /// Appends the JSON object of the selected fields of the row.
    ///
    /// Reads nothing of the others but the sizes of variable entries before a selected one.
    func append(
        _ selection: FieldSelection, of row: Range<Int>, in bytes: MappedBytes,
        to output: inout [UInt8]
    ) throws(Damage) {
        // Either factor of the bound may be as large as a hostile file: checked before they meet.
        let isSmall = row.count <= Self.maxRawSize && largestWord <= Self.maxRawSize
        let bound = isSmall ? largestSize(selection, row) : .max
        guard bound <= Self.maxRawSize else {
            return try decode(selection, row, bytes, into: &output)
        }
        try output.append(addingCapacity: bound + RawOutput.slack) { span throws(Damage) in
            try unsafe span.withUnsafeMutableBufferPointer { buffer, count throws(Damage) in
                guard let start = buffer.baseAddress else { return }
                // Unsafe: the buffer has room for the largest text of the row, and the slack.
                var raw = unsafe RawOutput(start)
                try decode(selection, row, bytes, into: &raw)
                precondition(raw.count <= bound, "a bound that does not hold")
                count = raw.count
            }
        }
    }

    /// Rows whose text may be larger are decoded to the growing array: room for what a large row
    /// might become would be wasted.
    private static let maxRawSize = 1 << 16

    /// No text of the selected fields of the row is larger.
    ///
    /// Labels; a number, time or literal for each field; and the variable entries, each byte of
    /// which stands for itself or is the code of a word.
    private func largestSize(_ selection: FieldSelection, _ row: Range<Int>) -> Int {
        selection.labels.count + selection.steps.count * (largestScalar + largestWord)
            + row.count * (1 + largestWord) + 2
    }

    private func decode(
        _ selection: FieldSelection, _ row: Range<Int>, _ bytes: MappedBytes,
        into output: inout some ByteOutput
    ) throws(Damage) {
        guard row.count >= fixedSize else {
            throw Damage(
                offset: row.lowerBound, detail: "a row of \(row.count) bytes, at least \(fixedSize)"
            )
        }
        var walk = VariableWalk(position: row.lowerBound + fixedSize)
        let labels = selection.labels.span
        var labelStart = 0
        for step in selection.steps {
            output.append(labels.extracting(labelStart..<step.labelEnd))
            labelStart = step.labelEnd
            if step.field < 0 {
                output.append(literal: "null")
            } else {
                try appendValue(of: step.field, row, bytes, &walk, to: &output)
            }
        }
        if selection.steps.isEmpty { output.append(labels) }
        output.append(UInt8(ascii: "}"))
    }

    /// Where the walk through a row's variable entries stands.
    private struct VariableWalk {
        /// The next of `variableFields`, and where its entry begins if it has one.
        var next = 0
        var position: Int
    }

    @inline(__always)
    private func appendValue(
        of index: Int, _ row: Range<Int>, _ bytes: MappedBytes, _ walk: inout VariableWalk,
        to output: inout some ByteOutput
    ) throws(Damage) {
        let field = fields[index]
        let code = Self.code(of: field, row, bytes)
        if code == FieldLayout.nullCode {
            output.append(literal: "null")
            return
        }
        if Self.hasEntry(field, code) {
            let entry = try entry(of: index, row, bytes, &walk)
            guard field.encoding == .codeList, code == FieldLayout.variableCode else {
                return output.append(entry, of: bytes)
            }
            return try appendList(entry, index, bytes, to: &output)
        }
        let offset = code &- field.firstCode
        switch field.encoding {
        case .scaled(let base, let scale):
            let mantissa = Int64(bitPattern: UInt64(bitPattern: base) &+ offset)
            JSONText.append(trimmedMantissa: mantissa, scale: scale, into: &output)
        case .timestamp(let base, let unit):
            let count = Int64(bitPattern: UInt64(bitPattern: base) &+ offset)
            let (time, overflow) = count.multipliedReportingOverflow(by: unit)
            guard !overflow, Timestamp.range.contains(time) else {
                throw Damage(offset: row.lowerBound, detail: "timestamp \(count) × \(unit)")
            }
            JSONText.append(timestamp: time, into: &output)
        case .bool:
            if offset == 0 {
                output.append(literal: "false")
            } else {
                output.append(literal: "true")
            }
        case .vocabulary:
            try appendWord(offset, of: index, bytes, to: &output)
        case .variable, .codeList:
            throw Damage(offset: row.lowerBound, detail: "field \(index) has code \(code)")
        }
    }

    private func appendList(
        _ entry: Range<Int>, _ index: Int, _ bytes: MappedBytes,
        to output: inout some ByteOutput
    ) throws(Damage) {
        var position = entry.lowerBound
        output.append(UInt8(ascii: "["))
        while position < entry.upperBound {
            if position > entry.lowerBound { output.append(UInt8(ascii: ",")) }
            guard let code = bytes.varint(at: &position, before: entry.upperBound) else {
                throw Damage(offset: position, detail: "a list's code is cut off")
            }
            try appendWord(code, of: index, bytes, to: &output)
        }
        output.append(UInt8(ascii: "]"))
    }

    @inline(__always)
    private func appendWord(
        _ code: UInt64, of index: Int, _ bytes: MappedBytes, to output: inout some ByteOutput
    ) throws(Damage) {
        guard let word = vocabularies[index]?.range(of: code, in: bytes) else {
            throw Damage(
                offset: fields[index].vocabulary.lowerBound,
                detail: "code \(code) of field \(index) is not in its vocabulary")
        }
        output.append(word, of: bytes)
    }

    /// Where the variable entry of a field that has one lies.
    private func entry(
        of index: Int, _ row: Range<Int>, _ bytes: MappedBytes, _ walk: inout VariableWalk
    ) throws(Damage) -> Range<Int> {
        if walk.next > 0, variableFields[walk.next - 1] >= index {
            walk = VariableWalk(position: row.lowerBound + fixedSize)
        }
        while walk.next < variableFields.count {
            let next = variableFields[walk.next]
            let isLast = walk.next == variableFields.count - 1
            walk.next += 1
            let field = fields[next]
            guard Self.hasEntry(field, Self.code(of: field, row, bytes)) else { continue }
            var size = row.upperBound - walk.position
            if !isLast {
                guard let stored = bytes.varint(at: &walk.position, before: row.upperBound),
                    stored <= UInt64(row.upperBound - walk.position)
                else {
                    throw Damage(offset: walk.position, detail: "an entry is cut off")
                }
                size = Int(stored)
            }
            let entry = walk.position..<walk.position + size
            walk.position = entry.upperBound
            if next == index { return entry }
        }
        throw Damage(offset: row.lowerBound, detail: "field \(index) has no entry")
    }

    @inline(__always)
    private static func hasEntry(_ field: FieldLayout, _ code: UInt64) -> Bool {
        guard field.hasVariable, code != FieldLayout.nullCode else { return false }
        return code == FieldLayout.variableCode
            || (code == FieldLayout.listTextCode && field.encoding == .codeList)
    }

    /// The packed code: up to 64 bits, at any bit of the row.
    ///
    /// Reads 8 bytes (9 for a wide code) from where the code begins; a table's footer stands after
    /// its last row, so these lie inside the file.
    @inline(__always)
    private static func code(
        of field: FieldLayout, _ row: Range<Int>, _ bytes: MappedBytes
    ) -> UInt64 {
        guard field.width > 0 else { return 0 }
        let offset = row.lowerBound + field.bitOffset / 8
        let shift = UInt64(field.bitOffset % 8)
        var code = bytes.load(UInt64.self, at: offset) >> shift
        if Int(shift) + field.width > 64 {
            code |= UInt64(bytes.load(UInt8.self, at: offset + 8)) << (64 - shift)
        }
        return code & (UInt64.max >> UInt64(64 - field.width))
    }
}
