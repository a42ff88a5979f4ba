/// Memory for typed reading that is used again: an unpacked text, and a text without its escapes.
struct ValueScratch {
    var decoded: [UInt8] = []
    var unescaped: [UInt8] = []
}

/// The types by which the texts of a field become values.
struct ValueColumn: Sendable {
    let type: ValueType
    let isList: Bool
}

/// The walk through one row that gives typed values: the counterpart of `RowWalk`.
///
/// It takes the same steps and makes the same checks in the same order, so that both refuse the
/// same rows with the same error.
@safe struct ValueWalk {
    /// Finds entries and codes; its output is never used.
    var walk: RowWalk
    private let program: DecodeProgramView
    /// The size of the record's texts so far.
    ///
    /// Its bound is that of `RowWalk`'s output, so that a row made by hand cannot cause endless
    /// work.
    private var textSize = 0

    /// `program` stays valid while the walk is used.
    init(_ row: RowPlace, _ program: DecodeProgramView) throws(Damage) {
        guard row.size >= program.fixedSize else {
            throw Damage(
                offset: row.offset,
                detail: "a row of \(row.size) bytes, at least \(program.fixedSize)")
        }
        self.program = program
        // Unsafe: an output without room, to which nothing is ever appended.
        let output = unsafe RawOutput(UnsafeMutablePointer(mutating: row.start))
        walk = try RowWalk(row, program, output, budget: 0)
    }

    /// Visits the selected fields in their order; `fields` has one for each.
    mutating func run<Visitor: ValueVisitor>(
        _ fields: Span<ValueColumn>, with visitor: inout Visitor, _ scratch: inout ValueScratch
    ) throws(Damage) {
        var ordinal = 0
        for index in 0..<program.stepCount {
            // Unsafe, here and below: the steps lie there, and addresses in them are valid while
            // their `DecodeProgram` lives.
            let step = unsafe program.steps + index
            if unsafe step.pointee.operation == .sparseRun {
                let run = unsafe program.runs[Int(truncatingIfNeeded: step.pointee.base)]
                try visit(run, fields, from: ordinal, &visitor, &scratch)
                ordinal += run.count
            } else {
                visitor.begin(field: ordinal)
                let code = unsafe step.pointee.code(in: walk.row.start)
                unsafe try visit(step, code, fields[ordinal], &visitor, &scratch)
                ordinal += 1
            }
        }
    }

    private mutating func visit<Visitor: ValueVisitor>(
        _ run: SparseRun, _ fields: Span<ValueColumn>, from ordinal: Int, _ visitor: inout Visitor,
        _ scratch: inout ValueScratch
    ) throws(Damage) {
        walk.selectedCodes.skip(to: run.first, walk.row, program)
        for index in 0..<run.count {
            visitor.begin(field: ordinal + index)
            let field = run.first &+ index
            let bits = SparseCursor.presence(field &>> 6, walk.row, program)
            guard bits &>> UInt64(truncatingIfNeeded: field & 63) & 1 == 1 else {
                visitor.visitNull()
                continue
            }
            let step = unsafe run.steps + index
            walk.selectedCodes.pass(to: field)
            guard let code = unsafe walk.selectedCodes.next(step.pointee.width, walk.row, program)
            else { throw walk.damage("cut codes") }
            unsafe try visit(step, code, fields[ordinal + index], &visitor, &scratch)
        }
        walk.selectedCodes.pass(to: run.first &+ run.count)
    }

    @inline(__always)
    private mutating func visit<Visitor: ValueVisitor>(
        _ step: UnsafePointer<DecodeStep>, _ code: UInt64, _ field: ValueColumn,
        _ visitor: inout Visitor, _ scratch: inout ValueScratch
    ) throws(Damage) {
        let value = unsafe code &- step.pointee.firstCode
        guard unsafe value < step.pointee.limit else {
            if code == FieldLayout.nullCode { return visitor.visitNull() }
            return unsafe try visitEntry(step, code, field, &visitor, &scratch)
        }
        let number = unsafe Int64(bitPattern: UInt64(bitPattern: step.pointee.base) &+ value)
        switch unsafe step.pointee.operation {
        case .integer: visitor.visit(int64: number)
        case .decimal: visitor.visit(mantissa: number, scale: unsafe step.pointee.scale)
        case .timestamp: visitor.visit(timestamp: unsafe number &* step.pointee.unit)
        case .bool: visitor.visit(bool: value == 1)
        case .word, .longWord:
            let word = unsafe RowWalk.word(value, step)
            try count(word.count)
            // Unsafe: the word lies in the mapping.
            let text = unsafe Span(_unsafeElements: word)
            if field.isList {
                TypedText.visit(list: text, as: field.type, with: &visitor, &scratch.unescaped)
            } else {
                TypedText.visit(text, as: field.type, with: &visitor, &scratch.unescaped)
            }
        case .text, .codeList, .packedList, .packedText, .compressed, .sparseRun:
            throw walk.damage("a value without an entry")
        }
    }

    @inline(never)
    private mutating func visitEntry<Visitor: ValueVisitor>(
        _ step: UnsafePointer<DecodeStep>, _ code: UInt64, _ field: ValueColumn,
        _ visitor: inout Visitor, _ scratch: inout ValueScratch
    ) throws(Damage) {
        guard unsafe step.pointee.hasEntry(code) else {
            throw walk.damage("code \(code), which stands for nothing")
        }
        let size = unsafe try walk.findEntry(step, program)
        let start = unsafe walk.entryStart
        unsafe walk.entryStart += size
        let operation = unsafe step.pointee.operation
        // Unsafe: the entry lies in the row.
        let entry = unsafe Span(_unsafeStart: start, count: size)
        guard code != FieldLayout.textCode, operation != .text else {
            return try visit(text: entry, field, &visitor, &scratch.unescaped)
        }
        switch operation {
        case .codeList: unsafe try visitList(step, start, size, field, &visitor, &scratch.unescaped)
        case .packedList: unsafe try visitPackedList(step, start, size, &visitor)
        case .packedText, .compressed:
            if operation == .packedText {
                unsafe try unpack(step, code, start, size, into: &scratch.decoded)
            } else {
                unsafe try decompress(step, entry, into: &scratch.decoded)
            }
            // A reference of its own and no copy, for the two texts of the scratch are used at
            // once.
            let text = scratch.decoded
            guard unsafe step.pointee.isQuoted else {
                return try visit(text: text.span, field, &visitor, &scratch.unescaped)
            }
            TypedText.visit(
                unquoted: text.span, as: field.type, with: &visitor, &scratch.unescaped)
        default: try visit(text: entry, field, &visitor, &scratch.unescaped)
        }
    }

    @inline(__always)
    private mutating func visit<Visitor: ValueVisitor>(
        text: Span<UInt8>, _ field: ValueColumn, _ visitor: inout Visitor, _ scratch: inout [UInt8]
    ) throws(Damage) {
        try count(text.count)
        if field.isList {
            TypedText.visit(list: text, as: field.type, with: &visitor, &scratch)
        } else {
            TypedText.visit(text, as: field.type, with: &visitor, &scratch)
        }
    }

    /// Adds what a text takes; throws where a record's JSON would be refused for its size.
    @inline(__always)
    mutating func count(_ size: Int) throws(Damage) {
        textSize &+= size
        guard textSize <= DecodeProgramView.largestRecord else {
            throw Damage(offset: walk.row.offset, detail: DecodeProgramView.tooLarge)
        }
    }
}
