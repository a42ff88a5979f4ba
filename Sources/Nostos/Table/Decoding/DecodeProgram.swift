/// The owner of a compiled field selection: it makes the program once and keeps its memory.
@safe final class DecodeProgram {
    let view: DecodeProgramView

    private let steps: UnsafeMutablePointer<DecodeStep>
    private let entries: UnsafeMutablePointer<DecodeStep>
    private let sparse: UnsafeMutablePointer<DecodeStep>
    private let runs: UnsafeMutablePointer<SparseRun>
    private let text: UnsafeMutablePointer<UInt8>
    private let widths: UnsafeMutablePointer<UInt8>
    /// Keeps the vocabularies readable.
    private let mapping: MappedFile
    /// Keeps the dictionaries.
    private let coders: [TextCoderView?]

    /// A program of some fields.
    ///
    /// `nulls` is the answer where every value is NULL; `selected` has for each value
    /// the range of the text before it in `nulls`, which `null` follows, and the ordinal of its
    /// field.
    init(
        nulls: [UInt8], selected: [(label: Range<Int>, field: Int)], fields: [FieldLayout],
        vocabularies: [VocabularyView?], coders: [TextCoderView?], mapping: MappedFile
    ) {
        (self.mapping, self.coders) = (mapping, coders)
        // The text can be read further than it reaches.
        let text = unsafe Self.allocate(
            nulls + [UInt8](repeating: 0, count: 2 * RawOutput.slack))
        let all = unsafe Self.steps(fields, vocabularies, coders, filler: UnsafePointer(text))
        let chosen = selected.map { label, field in
            var step = all[field]
            unsafe step.label = UnsafePointer(text + label.lowerBound)
            step.labelSize = label.count
            return step
        }
        let sparse = unsafe Self.allocate(chosen.filter { $0.sparseIndex >= 0 })
        var steps: [DecodeStep] = []
        var runs: [SparseRun] = []
        var sparseCount = 0
        for step in chosen {
            guard step.sparseIndex >= 0 else {
                steps.append(step)
                continue
            }
            if let run = runs.last, steps.last?.operation == .sparseRun,
                step.sparseIndex == run.first + run.count
            {
                runs[runs.count - 1] = unsafe SparseRun(
                    first: run.first, count: run.count + 1, steps: run.steps)
            } else {
                unsafe steps.append(DecodeStep(run: runs.count, filler: UnsafePointer(text)))
                runs.append(
                    unsafe SparseRun(
                        first: step.sparseIndex, count: 1,
                        steps: UnsafePointer(sparse + sparseCount)))
            }
            sparseCount += 1
        }
        unsafe (self.text, self.sparse) = (text, sparse)
        unsafe self.steps = Self.allocate(steps)
        unsafe self.runs = Self.allocate(runs)
        unsafe entries = Self.allocate(all.filter { $0.entryIndex >= 0 })
        unsafe widths = Self.allocate(fields.filter(\.isSparse).map { UInt8($0.width) })
        let tailStart = selected.last.map { $0.label.upperBound + 4 } ?? 0
        view = unsafe DecodeProgramView(
            steps: UnsafePointer(self.steps), stepCount: steps.count,
            runs: UnsafePointer(self.runs), entries: UnsafePointer(entries),
            needsEntries: chosen.contains { $0.entryIndex >= 0 },
            tail: UnsafePointer(text + tailStart), tailSize: nulls.count - tailStart,
            denseSize: RowShape.denseSize(of: fields), fixedSize: RowShape.fixedSize(of: fields),
            sparseCount: RowShape.sparseCount(of: fields), sparseWidths: UnsafePointer(widths),
            largestText: chosen.reduce(nulls.count) { $0 + $1.largestText })
    }

    deinit {
        // Unsafe: allocated by the initialiser; the content needs no deinitialisation.
        unsafe steps.deallocate()
        unsafe entries.deallocate()
        unsafe sparse.deallocate()
        unsafe runs.deallocate()
        unsafe text.deallocate()
        unsafe widths.deallocate()
    }

    /// Whether the program was made for the table in that mapping.
    @inline(__always)
    func belongs(to mapping: MappedFile) -> Bool { self.mapping === mapping }

    private static func steps(
        _ fields: [FieldLayout], _ vocabularies: [VocabularyView?], _ coders: [TextCoderView?],
        filler: UnsafePointer<UInt8>
    ) -> [DecodeStep] {
        let entryCount = fields.count { $0.hasVariable }
        var entryIndex = 0
        return fields.indices.map { index in
            let field = fields[index]
            defer { if field.hasVariable { entryIndex += 1 } }
            return unsafe DecodeStep(
                field, vocabularies[index], coders[index], filler: filler, entryIndex: entryIndex,
                entryCount: entryCount)
        }
    }

    /// Memory with these elements, of a type that needs no deinitialisation.
    @unsafe
    private static func allocate<T>(_ elements: [T]) -> UnsafeMutablePointer<T> {
        let memory = UnsafeMutablePointer<T>.allocate(capacity: max(1, elements.count))
        for (index, element) in elements.enumerated() {
            unsafe (memory + index).initialize(to: element)
        }
        return unsafe memory
    }
}

// @unchecked: the initialiser alone writes the memory at the addresses; it is read-only afterwards.
extension DecodeProgram: @unchecked Sendable {}
