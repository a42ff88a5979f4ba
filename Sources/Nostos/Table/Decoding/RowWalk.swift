/// The walk through one row: the reader's hot path.
///
/// The stored form is close to the form that is sent, so a record costs integer printing and
/// copying. Every code is checked against its limit, every entry against the row's end. The words
/// that codes name were checked before the first row.
@safe struct RowWalk {
    let row: RowPlace
    var output: RawOutput
    /// The room left for variable entries and long words.
    var budget: Int

    /// The next of the program's `entries`, and where it begins if this row has it.
    var nextEntry = 0
    var entryStart: UnsafePointer<UInt8>
    let entriesStart: UnsafePointer<UInt8>
    let rowEnd: UnsafePointer<UInt8>
    /// The places in the sparse codes: for the selected fields, and for the entries passed over.
    var selectedCodes = SparseCursor()
    var entryCodes = SparseCursor()

    @inline(__always)
    init(
        _ row: RowPlace, _ program: DecodeProgramView, _ output: RawOutput, budget: Int
    ) throws(Damage) {
        self.row = row
        self.output = output
        self.budget = budget
        var offset = program.fixedSize
        if program.sparseCount > 0, program.needsEntries {
            var cursor = SparseCursor()
            cursor.skip(to: program.sparseCount, row, program)
            offset += (cursor.bit + 7) / 8
            guard offset <= row.size else {
                throw Damage(offset: row.offset, detail: "a row with cut codes")
            }
        }
        // Unsafe: the row has at least its fixed part.
        unsafe entriesStart = row.start + offset
        unsafe entryStart = row.start + offset
        unsafe rowEnd = row.start + row.size
    }

    /// Appends the object; returns how much room was missing for it, 0 when it is done.
    ///
    /// The output is a local, so that it stays in a register between the calls.
    @inline(__always)
    mutating func run(_ program: DecodeProgramView) throws(Damage) -> Int {
        var step = unsafe UnsafePointer(program.steps)
        let end = unsafe step + program.stepCount
        var local = output
        // Unsafe, here and below: the steps lie there, and addresses in them are valid while their
        // program lives.
        while unsafe step < end {
            unsafe local.append(step.pointee.label, count: step.pointee.labelSize)
            let code = unsafe step.pointee.code(in: row.start)
            let missing = unsafe try append(step, code, program, to: &local)
            if missing > 0 { return missing }
            unsafe step += 1
        }
        unsafe local.append(program.tail, count: program.tailSize)
        output = local
        return 0
    }

    /// Appends one value to `local`, which stands for `output`.
    @inline(__always)
    mutating func append(
        _ step: UnsafePointer<DecodeStep>, _ code: UInt64, _ program: DecodeProgramView,
        to local: inout RawOutput
    ) throws(Damage) -> Int {
        let value = unsafe code &- step.pointee.firstCode
        guard unsafe value < step.pointee.limit else {
            if code == FieldLayout.nullCode {
                local.appendNull()
                return 0
            }
            output = local
            let missing = unsafe try appendEntry(step, code, program)
            local = output
            return missing
        }
        let number = unsafe Int64(
            bitPattern: UInt64(bitPattern: step.pointee.base) &+ value)
        switch unsafe step.pointee.operation {
        case .integer: local.append(int64: number)
        case .decimal: unsafe local.append(mantissa: number, scale: step.pointee.scale)
        case .timestamp: unsafe local.append(timestamp: number &* step.pointee.unit)
        case .bool: local.append(bool: value == 1)
        case .word: unsafe Self.appendWord(value, step, to: &local)
        case .longWord:
            let word = unsafe Self.word(value, step)
            budget -= word.count
            guard budget >= 0 else { return -budget }
            if let start = word.baseAddress { unsafe local.append(start, count: word.count) }
        case .sparseRun:
            output = local
            let missing = unsafe try appendRun(
                program.runs[Int(truncatingIfNeeded: number)], program)
            local = output
            return missing
        case .text, .codeList, .packedList, .packedText, .compressed:
            throw damage("a value without an entry")
        }
        return 0
    }

    @inline(never)
    private mutating func appendEntry(
        _ step: UnsafePointer<DecodeStep>, _ code: UInt64, _ program: DecodeProgramView
    ) throws(Damage) -> Int {
        guard unsafe step.pointee.hasEntry(code) else {
            throw damage("code \(code), which stands for nothing")
        }
        let size = unsafe try findEntry(step, program)
        let start = unsafe entryStart
        unsafe entryStart += size
        let operation = unsafe step.pointee.operation
        // Code 2 is an escape, wherever code 1 is something else than JSON text.
        guard code != FieldLayout.textCode, operation != .text else {
            return unsafe appendText(start, size)
        }
        switch operation {
        case .codeList: return unsafe try appendList(step, start, size)
        case .packedList: return unsafe try appendPackedList(step, start, size)
        case .packedText: return unsafe try appendPackedText(step, code, start, size)
        case .compressed: return unsafe try appendCompressed(step, start, size)
        default: return unsafe appendText(start, size)
        }
    }

    @inline(__always)
    private mutating func appendText(_ start: UnsafePointer<UInt8>, _ size: Int) -> Int {
        budget -= size
        guard budget >= 0 else { return -budget }
        unsafe output.append(start, count: size)
        return 0
    }

    @inline(never)
    func damage(_ detail: String) -> Damage {
        Damage(offset: row.offset, detail: "a row with \(detail)")
    }
}
