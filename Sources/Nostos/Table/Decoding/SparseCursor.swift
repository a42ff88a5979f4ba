/// A place among the sparse fields' codes of one row.
@safe struct SparseCursor {
    /// The first sparse field that was not yet passed.
    private(set) var index = 0
    /// The place of its code, if it is present, in bits after the presence bits.
    private(set) var bit = 0

    /// The presence bits of 64 sparse fields, from field 64 × `word` on; zero for those that the
    /// table does not have.
    @inline(__always)
    static func presence(_ word: Int, _ row: RowPlace, _ program: DecodeProgramView) -> UInt64 {
        // Unsafe: the presence bits lie there, and 8 bytes from any of their bytes on can be read.
        let bits = unsafe UnsafeRawPointer(row.start).loadUnaligned(
            fromByteOffset: program.denseSize &+ 8 &* word, as: UInt64.self
        ).littleEndian
        let left = program.sparseCount &- 64 &* word
        return left < 64 ? bits & ((1 &<< UInt64(truncatingIfNeeded: left)) &- 1) : bits
    }

    /// Passes all fields before `target`, which is at most `sparseCount`; returns to the first
    /// field where it is already further.
    @inline(__always)
    mutating func skip(to target: Int, _ row: RowPlace, _ program: DecodeProgramView) {
        if target < index { self = SparseCursor() }
        while index < target {
            let word = index &>> 6
            let end = min(target, 64 &* word &+ 64)
            var bits = Self.presence(word, row, program)
            bits &= UInt64.max &<< UInt64(truncatingIfNeeded: index & 63)
            bits &= UInt64.max &>> UInt64(truncatingIfNeeded: 64 &* word &+ 64 &- end)
            while bits != 0 {
                let field = 64 &* word &+ bits.trailingZeroBitCount
                // Unsafe: there is a width for each sparse field.
                bit &+= unsafe Int(program.sparseWidths[field])
                bits &= bits &- 1
            }
            index = end
        }
    }

    /// The code of the present field ahead, as a dense field would have it; nil when the row ends
    /// before it does.
    @inline(__always)
    mutating func next(_ width: Int, _ row: RowPlace, _ program: DecodeProgramView) -> UInt64? {
        let end = bit &+ width
        guard end <= 8 &* (row.size &- program.fixedSize) else { return nil }
        // Unsafe: the code lies in the row, and 16 bytes from its first on can be read.
        let base = unsafe UnsafeRawPointer(row.start) + (program.fixedSize &+ bit &>> 3)
        let shift = UInt64(truncatingIfNeeded: bit & 7)
        let low = unsafe base.loadUnaligned(as: UInt64.self).littleEndian &>> shift
        let high = unsafe base.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
        let code = low | (high &<< 1) &<< (63 &- shift)
        index &+= 1
        bit = end
        guard width > 0 else { return 1 }
        return (code & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- width))) &+ 1
    }

    /// Passes the fields up to and with `field`, all absent but for that one, whose code follows.
    @inline(__always)
    mutating func pass(to field: Int) { index = field }
}

extension RowWalk {
    /// Appends a run of sparse fields: stretches of NULLs are copied from the ready text, and only
    /// fields that are present are decoded.
    ///
    /// A function of its own, because it has its own copy of the code that appends a value.
    @inline(never)
    mutating func appendRun(_ run: SparseRun, _ program: DecodeProgramView) throws(Damage) -> Int {
        selectedCodes.skip(to: run.first, row, program)
        // Unsafe, here and below: the run's steps lie there; the labels, with `null` behind each,
        // lie one behind the other.
        var textStart = unsafe run.steps.pointee.label
        var local = output
        let end = run.first &+ run.count
        while selectedCodes.index < end {
            let word = selectedCodes.index &>> 6
            let wordEnd = min(end, 64 &* word &+ 64)
            var bits = SparseCursor.presence(word, row, program)
            bits &= UInt64.max &<< UInt64(truncatingIfNeeded: selectedCodes.index & 63)
            bits &= UInt64.max &>> UInt64(truncatingIfNeeded: 64 &* word &+ 64 &- wordEnd)
            while bits != 0 {
                let field = 64 &* word &+ bits.trailingZeroBitCount
                bits &= bits &- 1
                let step = unsafe run.steps + (field &- run.first)
                let labelEnd = unsafe step.pointee.label + step.pointee.labelSize
                unsafe local.append(textStart, count: labelEnd - textStart)
                selectedCodes.pass(to: field)
                guard let code = unsafe selectedCodes.next(step.pointee.width, row, program) else {
                    throw damage("cut codes")
                }
                let missing = unsafe try append(step, code, program, to: &local)
                if missing > 0 { return missing }
                unsafe textStart = labelEnd + 4
            }
            selectedCodes.pass(to: wordEnd)
        }
        let last = unsafe run.steps + (run.count &- 1)
        unsafe local.append(
            textStart, count: last.pointee.label + last.pointee.labelSize + 4 - textStart)
        output = local
        return 0
    }
}
