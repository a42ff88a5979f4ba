/// The walk through one row: the reader's hot path.
///
/// What is stored is close to what is sent, so a record costs integer printing and copying. Every
/// code is checked against its limit, every entry against the row's end; what the codes lead to was
/// checked before the first row.
@safe struct RowWalk {
    let row: RowPlace
    var output: RawOutput
    /// What is left for variable entries and long words.
    var budget: Int

    /// The next of the plan's `entries`, and where it begins if this row has it.
    private var nextEntry = 0
    private var entryStart: UnsafePointer<UInt8>
    private let entriesStart: UnsafePointer<UInt8>
    private let rowEnd: UnsafePointer<UInt8>
    /// Where the sparse codes stand for the selected fields, and for the entries passed over.
    var selectedCodes = SparseCursor()
    private var entryCodes = SparseCursor()

    @inline(__always)
    init(
        _ row: RowPlace, _ plan: DecodePlan, _ output: RawOutput, budget: Int
    ) throws(Damage) {
        self.row = row
        self.output = output
        self.budget = budget
        var offset = plan.fixedSize
        if plan.sparseCount > 0, plan.needsEntries {
            var cursor = SparseCursor()
            cursor.skip(to: plan.sparseCount, row, plan)
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

    /// Appends the object; gives how much room was missing for that, 0 when it is done.
    ///
    /// The output is a local, so that it stays in a register between the calls.
    @inline(__always)
    mutating func run(_ plan: DecodePlan) throws(Damage) -> Int {
        var step = unsafe UnsafePointer(plan.steps)
        let end = unsafe step + plan.stepCount
        var local = output
        // Unsafe, here and below: the steps lie there, and addresses in them are valid while their
        // program lives.
        while unsafe step < end {
            unsafe local.append(step.pointee.label, count: step.pointee.labelSize)
            let code = unsafe step.pointee.code(in: row.start)
            let missing = unsafe try append(step, code, plan, to: &local)
            if missing > 0 { return missing }
            unsafe step += 1
        }
        unsafe local.append(plan.tail, count: plan.tailSize)
        output = local
        return 0
    }

    /// Appends one value to `local`, which stands for `output`.
    @inline(__always)
    mutating func append(
        _ step: UnsafePointer<DecodeStep>, _ code: UInt64, _ plan: DecodePlan,
        to local: inout RawOutput
    ) throws(Damage) -> Int {
        let value = unsafe code &- step.pointee.firstCode
        guard unsafe value < step.pointee.limit else {
            if code == FieldLayout.nullCode {
                local.appendNull()
                return 0
            }
            output = local
            let missing = unsafe try appendEntry(step, code, plan)
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
            let size = unsafe Self.word(value, step).count
            budget -= size
            guard budget >= 0 else { return -budget }
            unsafe Self.appendWord(value, step, to: &local)
        case .sparseRun:
            output = local
            let missing = unsafe try appendRun(plan.runs[Int(truncatingIfNeeded: number)], plan)
            local = output
            return missing
        case .text, .codeList, .packedList, .packedText, .compressed:
            throw damage("a value without an entry")
        }
        return 0
    }

    /// Where the word of a code below the count lies.
    @inline(__always)
    private static func word(
        _ code: UInt64, _ step: UnsafePointer<DecodeStep>
    ) -> UnsafeBufferPointer<UInt8> {
        // Unsafe: `wordCount` + 1 ends lie there, ascending and inside: checked by `validate`.
        let ends = unsafe UnsafeRawPointer(step.pointee.ends).loadUnaligned(
            fromByteOffset: Int(truncatingIfNeeded: code &<< 2), as: UInt64.self
        ).littleEndian
        let start = ends & 0xFFFF_FFFF
        return unsafe UnsafeBufferPointer(
            start: step.pointee.words + Int(truncatingIfNeeded: start),
            count: Int(truncatingIfNeeded: ends &>> 32 &- start))
    }

    @inline(__always)
    private static func appendWord(
        _ code: UInt64, _ step: UnsafePointer<DecodeStep>, to output: inout RawOutput
    ) {
        let word = unsafe word(code, step)
        guard let start = word.baseAddress else { return }
        unsafe output.append(start, count: word.count)
    }

    // MARK: - Variable entries

    @inline(never)
    private mutating func appendEntry(
        _ step: UnsafePointer<DecodeStep>, _ code: UInt64, _ plan: DecodePlan
    ) throws(Damage) -> Int {
        guard unsafe step.pointee.hasEntry(code) else {
            throw damage("code \(code), which stands for nothing")
        }
        let size = unsafe try findEntry(step, plan)
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

    /// Moves `entryStart` to the content of the step's entry and gives its size.
    @inline(__always)
    private mutating func findEntry(
        _ step: UnsafePointer<DecodeStep>, _ plan: DecodePlan
    ) throws(Damage) -> Int {
        let target = unsafe step.pointee.entryIndex
        if nextEntry > target {
            nextEntry = 0
            entryCodes = SparseCursor()
            unsafe entryStart = entriesStart
        }
        while nextEntry < target {
            let skipped = unsafe plan.entries + nextEntry
            nextEntry += 1
            if unsafe skipped.pointee.hasEntry(try code(of: skipped, plan)) {
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
        of step: UnsafePointer<DecodeStep>, _ plan: DecodePlan
    ) throws(Damage) -> UInt64 {
        let index = unsafe step.pointee.sparseIndex
        guard index >= 0 else { return unsafe step.pointee.code(in: row.start) }
        return try sparseCode(index, plan)
    }

    @inline(never)
    private mutating func sparseCode(_ index: Int, _ plan: DecodePlan) throws(Damage) -> UInt64 {
        entryCodes.skip(to: index, row, plan)
        guard SparseCursor.presence(index / 64, row, plan) >> UInt64(index % 64) & 1 == 1
        else { return FieldLayout.nullCode }
        guard let code = unsafe entryCodes.next(Int(plan.sparseWidths[index]), row, plan) else {
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

    /// Appends the words of a list of varint codes.
    @inline(__always)
    private mutating func appendList(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int
    ) throws(Damage) -> Int {
        let most = unsafe size &* (step.pointee.largestWord &+ 1) &+ 2
        if most > budget {
            let exact = unsafe try listSize(step, start, size)
            guard exact <= budget else { return exact - budget }
            budget -= exact
        } else {
            budget -= most
        }
        var local = output
        defer { output = local }
        local.append(UInt8(ascii: "["))
        guard size > 0 else {
            local.append(UInt8(ascii: "]"))
            return 0
        }
        var position = unsafe start
        let end = unsafe start + size
        let wordCount = unsafe step.pointee.wordCount
        while unsafe position < end {
            let code = unsafe Self.listCode(&position)
            guard code < wordCount else {
                throw damage("code \(code), of a vocabulary of \(wordCount)")
            }
            unsafe Self.appendWord(code, step, to: &local)
            local.append(UInt8(ascii: ","))
        }
        guard unsafe position == end else { throw damage("a list's code is cut off") }
        local.replaceLast(with: UInt8(ascii: "]"))
        return 0
    }

    /// The size of the list's text, where the largest that it might have is too large.
    @inline(never)
    private func listSize(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int
    ) throws(Damage) -> Int {
        var position = unsafe start
        var sum = 2
        while unsafe position < start + size {
            let code = unsafe Self.listCode(&position)
            guard unsafe code < step.pointee.wordCount else { throw damage("code \(code)") }
            sum += unsafe Self.word(code, step).count + 1
        }
        return sum
    }

    /// The varint of up to 3 bytes at `position`, or more than any vocabulary has words.
    ///
    /// One and two bytes are told apart without a branch, for none could be predicted.
    @inline(__always)
    private static func listCode(_ position: inout UnsafePointer<UInt8>) -> UInt64 {
        // Unsafe: 4 bytes can be read from any byte of the row on.
        let bytes = UInt64(
            unsafe UnsafeRawPointer(position).loadUnaligned(as: UInt32.self).littleEndian)
        let isLong = bytes &>> 7 & 1
        let code = (bytes & 0x7F) | (bytes &>> 1 & 0x3F80 & (0 &- isLong))
        unsafe position += Int(truncatingIfNeeded: 1 &+ isLong)
        guard bytes & 0x8080 == 0x8080 else { return code }
        unsafe position += 1
        return bytes & 0x80_0000 == 0 ? code | (bytes &>> 2 & 0x1F_C000) : .max
    }

    @inline(never)
    func damage(_ detail: String) -> Damage {
        Damage(offset: row.offset, detail: "a row with \(detail)")
    }
}
