/// The program of a field selection for one table: flat steps over raw memory, so that a row costs
/// neither reference counts nor checks of arrays.
///
/// Valid while its `DecodeProgram` lives.
@safe struct DecodeProgramView {
    /// The selected fields in the order asked, with runs of sparse ones as one step.
    let steps: UnsafePointer<DecodeStep>
    let stepCount: Int
    let runs: UnsafePointer<SparseRun>
    /// All fields that can have a variable entry, in the order of their entries.
    let entries: UnsafePointer<DecodeStep>
    /// Whether a selected field is one of them.
    let needsEntries: Bool
    /// The text behind the last value.
    let tail: UnsafePointer<UInt8>
    let tailSize: Int
    /// Bytes of the dense fields' codes, and with the presence bits: what every row has.
    let denseSize: Int
    let fixedSize: Int
    let sparseCount: Int
    /// The width in bits of each sparse field's code.
    let sparseWidths: UnsafePointer<UInt8>
    /// No text of a row is larger, variable entries and long words aside.
    let largestText: Int
}

extension DecodeProgramView {
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
    static let largestRecord = 1 << 30
    static let tooLarge = "the row's text is above 1 GiB"

    @inline(never)
    private func enlarged(_ room: Int, by missing: Int, _ row: RowPlace) throws(Damage) -> Int {
        let (sum, overflow) = room.addingReportingOverflow(missing)
        guard !overflow, sum <= Self.largestRecord else {
            throw Damage(offset: row.offset, detail: Self.tooLarge)
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
