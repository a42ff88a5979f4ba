// The way to a field's entry in the variable part.
extension RowWalk {
    /// Moves `entryStart` to the content of the step's entry and returns its size.
    @inline(__always)
    mutating func findEntry(
        _ step: UnsafePointer<DecodeStep>, _ program: DecodeProgramView
    ) throws(Damage) -> Int {
        let target = unsafe step.pointee.entryIndex
        if nextEntry > target {
            nextEntry = 0
            entryCodes = SparseCursor()
            unsafe entryStart = entriesStart
        }
        while nextEntry < target {
            let skipped = unsafe program.entries + nextEntry
            nextEntry += 1
            if unsafe skipped.pointee.hasEntry(try code(of: skipped, program)) {
                let size = try entrySize()
                unsafe entryStart += size
            }
        }
        nextEntry += 1
        return unsafe step.pointee.isLastEntry ? rowEnd - entryStart : try entrySize()
    }

    /// The code of a field that may be sparse, for the entries that are passed over.
    @inline(__always)
    private mutating func code(
        of step: UnsafePointer<DecodeStep>, _ program: DecodeProgramView
    ) throws(Damage) -> UInt64 {
        let index = unsafe step.pointee.sparseIndex
        guard index >= 0 else { return unsafe step.pointee.code(in: row.start) }
        return try sparseCode(index, program)
    }

    @inline(never)
    private mutating func sparseCode(_ index: Int, _ program: DecodeProgramView) throws(Damage)
        -> UInt64
    {
        entryCodes.skip(to: index, row, program)
        guard SparseCursor.presence(index / 64, row, program) >> UInt64(index % 64) & 1 == 1
        else { return FieldLayout.nullCode }
        guard let code = unsafe entryCodes.next(Int(program.sparseWidths[index]), row, program)
        else {
            throw damage("cut codes")
        }
        return code
    }

    /// Reads the size that stands before an entry; the entry ends before the row does.
    @inline(__always)
    private mutating func entrySize() throws(Damage) -> Int {
        // Unsafe: more can be read than the size takes, wherever in the row it begins.
        var size = Int(unsafe entryStart.pointee)
        if size < 0x80 {
            unsafe entryStart += 1
        } else {
            let span = unsafe Span(_unsafeStart: entryStart, count: rowEnd - entryStart)
            var position = 0
            guard let long = span.varint(at: &position) else { throw damage("a cut size") }
            size = Int(truncatingIfNeeded: min(long, UInt64(Int32.max)))
            unsafe entryStart += position
        }
        guard unsafe size <= rowEnd - entryStart else { throw damage("a cut entry") }
        return size
    }
}
