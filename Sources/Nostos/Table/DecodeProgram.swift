/// What a selection of fields means for the rows of one table, made ready once: flat steps over raw
/// memory, so that a row costs neither reference counts nor checks of arrays.
@safe final class DecodeProgram {
    /// The selected fields, in the order asked.
    let steps: UnsafeMutablePointer<DecodeStep>
    let stepCount: Int
    /// All fields that can have a variable entry, in the order of their entries.
    let entries: UnsafeMutablePointer<DecodeStep>
    let entryCount: Int
    /// The text behind the last value.
    let tail: UnsafePointer<UInt8>
    let tailSize: Int
    /// Bytes of a row's fixed part.
    let fixedSize: Int
    /// No text of a row is larger, variable entries and long words aside.
    let largestText: Int

    private let labels: UnsafeMutablePointer<UInt8>
    /// Keeps the vocabularies readable.
    private let mapping: MappedFile

    /// - Parameters:
    ///   - labels: the texts before the values and the one behind the last, one after another.
    ///   - selected: where each value's text ends in `labels`, and the ordinal of its field.
    init(
        labels text: [UInt8], selected: [(labelEnd: Int, field: Int)], fields: [FieldLayout],
        vocabularies: [VocabularyView?], mapping: MappedFile
    ) {
        self.mapping = mapping
        fixedSize = RowShape.fixedSize(of: fields)
        // Unsafe, here and below: allocated for as many as are written, freed at the end; the
        // labels with room to be read further than they reach.
        let size = text.count + RawOutput.slack
        unsafe labels = .allocate(capacity: size)
        unsafe labels.initialize(repeating: 0, count: size)
        for (index, byte) in text.enumerated() { unsafe labels[index] = byte }

        let variable = fields.indices.filter { fields[$0].hasVariable }
        var all: [DecodeStep] = []
        var entryIndex = 0
        for (field, vocabulary) in zip(fields, vocabularies) {
            all.append(
                unsafe DecodeStep(
                    field, vocabulary, filler: UnsafePointer(labels), entryIndex: entryIndex,
                    entryCount: variable.count))
            if field.hasVariable { entryIndex += 1 }
        }
        entryCount = variable.count
        unsafe entries = .allocate(capacity: max(1, variable.count))
        for (index, field) in variable.enumerated() {
            unsafe (entries + index).initialize(to: all[field])
        }
        stepCount = selected.count
        unsafe steps = .allocate(capacity: max(1, selected.count))
        var start = 0
        var largest = text.count
        for (index, step) in selected.enumerated() {
            var own = all[step.field]
            unsafe own.label = UnsafePointer(labels + start)
            own.labelSize = step.labelEnd - start
            unsafe (steps + index).initialize(to: own)
            start = step.labelEnd
            largest += own.largestText
        }
        unsafe tail = UnsafePointer(labels + start)
        tailSize = text.count - start
        largestText = largest
    }

    deinit {
        unsafe steps.deallocate()
        unsafe entries.deallocate()
        unsafe labels.deallocate()
    }

    /// Whether the program was made for tables in that mapping.
    func belongs(to mapping: MappedFile) -> Bool { self.mapping === mapping }
}

// @unchecked: what the addresses lead to is written by the initialiser only, and read-only then.
extension DecodeProgram: @unchecked Sendable {}
