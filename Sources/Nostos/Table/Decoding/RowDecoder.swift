/// Turns rows of a mapped table into JSON text; the mirror of `RowEncoder`.
struct RowDecoder {
    let fields: [FieldLayout]
    private let vocabularies: [VocabularyView?]
    private let coders: [TextCoderView?]
    private let mapping: MappedFile

    init(
        fields: [FieldLayout], vocabularies: [VocabularyView?], coders: [TextCoderView?],
        mapping: MappedFile
    ) {
        self.fields = fields
        (self.vocabularies, self.coders) = (vocabularies, coders)
        self.mapping = mapping
    }

    /// The program that decodes these fields; see `DecodeProgram`.
    func program(nulls: [UInt8], selected: [(label: Range<Int>, field: Int)]) -> DecodeProgram {
        DecodeProgram(
            nulls: nulls, selected: selected, fields: fields, vocabularies: vocabularies,
            coders: coders, mapping: mapping)
    }

    /// Makes sure that every word of every vocabulary can be used unchecked; before the first row
    /// is decoded.
    func validateVocabularies() throws(Damage) {
        for vocabulary in vocabularies { try vocabulary?.validate() }
    }
}

// @unchecked: the vocabularies lie in the mapping, which is read-only and kept alive.
extension RowDecoder: @unchecked Sendable {}

extension DecodePlan {
    /// Appends the JSON object of the selected fields of the row.
    ///
    /// Reads nothing of the others but the sizes of variable entries before a selected one.
    /// Allocates nothing where `output` has room for the largest text that a row with entries of
    /// that size might have.
    ///
    /// - Throws: where the row makes no sense; `output` is then as before.
    @inline(__always)
    func append(_ row: RowPlace, to output: inout [UInt8]) throws(Damage) {
        guard row.size >= fixedSize else {
            throw Damage(
                offset: row.offset, detail: "a row of \(row.size) bytes, at least \(fixedSize)")
        }
        var wanted = largestText &+ row.size &- fixedSize
        while true {
            let missing = try append(row, to: &output, room: wanted)
            if missing == 0 { return }
            wanted = try enlarged(wanted, by: missing, row)
        }
    }

    /// The largest text of a record: more than what any record that the writer takes becomes.
    private static let largestRecord = 1 << 30

    @inline(never)
    private func enlarged(_ room: Int, by missing: Int, _ row: RowPlace) throws(Damage) -> Int {
        let (sum, overflow) = room.addingReportingOverflow(missing)
        guard !overflow, sum <= Self.largestRecord else {
            throw Damage(offset: row.offset, detail: "the row's text is above 1 GiB")
        }
        return max(sum, min(2 * room, Self.largestRecord))
    }

    /// One attempt with room for at least that many bytes.
    ///
    /// - Returns: how much room was missing; where that is above 0, nothing was appended.
    @inline(__always)
    private func append(
        _ row: RowPlace, to output: inout [UInt8], room wanted: Int
    ) throws(Damage) -> Int {
        let free = output.capacity - output.count - RawOutput.slack
        // Growing by half at least keeps many records in one array linear.
        let room = free >= wanted ? free : max(wanted, output.capacity / 2)
        var missing = 0
        try output.append(addingCapacity: room + RawOutput.slack) { span throws(Damage) in
            try unsafe span.withUnsafeMutableBufferPointer { buffer, count throws(Damage) in
                guard let start = buffer.baseAddress else { return }
                // Unsafe: the buffer has room for the largest text of the steps; entries and long
                // words are appended only where the budget has room for them too.
                var walk = unsafe try RowWalk(
                    row, self, RawOutput(start), budget: room - largestText)
                missing = try walk.run(self)
                if missing == 0 { count = unsafe walk.output.end - start }
            }
        }
        return missing
    }
}
