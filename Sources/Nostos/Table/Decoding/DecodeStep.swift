/// Sparse fields that stand one behind the other both in the selection and in the row.
@safe struct SparseRun {
    /// The place of the first among the table's sparse fields.
    let first: Int
    let count: Int
    /// The fields' steps; the text `null` stands behind each one's label.
    let steps: UnsafePointer<DecodeStep>
}

/// One field of a selection as flat data: all that decoding it takes, without a look elsewhere.
@safe struct DecodeStep {
    /// The meaning of the packed code; see `FieldEncoding`.
    enum Operation: UInt8 {
        case integer, decimal, timestamp, bool
        /// A word of the vocabulary, for which there is room; or one that is too large for that.
        case word, longWord
        /// Nothing: the value always stands in the variable part.
        case text, codeList, packedList, packedText, compressed
        /// No field: a stretch of sparse ones, see `SparseRun`; `base` is its ordinal.
        case sparseRun
    }

    /// The text before the value, such as `,"a":`, and its size.
    var label: UnsafePointer<UInt8>
    var labelSize = 0

    // The packed code of a dense field: the 8 bytes from `byteOffset` on, shifted, masked.
    let byteOffset: Int
    let shift: UInt64
    let mask: UInt64
    /// Of a sparse field: its place among the sparse ones, else -1.
    let sparseIndex: Int
    /// Bits of the packed code.
    let width: Int

    let operation: Operation
    /// The code of value 0; the values are below `limit`.
    let firstCode: UInt64
    let limit: UInt64
    /// Added to a number's or a time's value.
    let base: Int64
    /// Of a `decimal`; of a packed text, the bits of a character.
    let scale: Int
    /// Of a `timestamp`: what its count is multiplied by.
    let unit: Int64

    // The vocabulary or, as words, the alphabet, or anything at all where there is none, with
    // `wordCount` 0.
    let ends: UnsafePointer<UInt8>
    let words: UnsafePointer<UInt8>
    let wordCount: UInt64
    let largestWord: Int
    let wordsSize: Int

    /// The place among the fields that can have a variable entry, or -1.
    let entryIndex: Int
    /// Whether no field behind can have one: the entry reaches to the row's end.
    let isLastEntry: Bool
    /// The packed codes that say that there is an entry: so many, from 1 on.
    let entryCodes: UInt64
    /// Of a packed list: whether its numbers have scales.
    let hasScales: Bool
    /// Of a packed or compressed text: whether it stands without its quotes.
    let isQuoted: Bool
    /// Of a compressed text: see `TextDecompressor`.
    let dictionary: OpaquePointer?

    /// Words up to this size are reckoned with in advance for every row.
    static let largestShortWord = 256

    /// `filler` is an address for what is not there, never read; `entryIndex` the place among
    /// `entryCount` fields that can have a variable entry.
    init(
        _ field: FieldLayout, _ vocabulary: VocabularyView?, _ coder: TextCoderView?,
        filler: UnsafePointer<UInt8>,
        entryIndex: Int, entryCount: Int
    ) {
        unsafe label = filler
        byteOffset = field.bitOffset / 8
        shift = UInt64(field.bitOffset % 8)
        mask = field.width == 0 ? 0 : .max >> UInt64(64 - field.width)
        sparseIndex = field.isSparse ? field.sparseIndex : -1
        width = field.width
        firstCode = field.firstCode
        unsafe ends = vocabulary?.ends ?? filler
        switch coder {
        case .alphabet(let start): unsafe (words, dictionary) = (start, nil)
        case .dictionary(let decompressor):
            unsafe (words, dictionary) = (filler, decompressor.handle)
        case nil: unsafe (words, dictionary) = (vocabulary?.words ?? filler, nil)
        }
        wordCount = UInt64(vocabulary?.count ?? 0)
        largestWord = vocabulary?.largestWord ?? 0
        wordsSize = vocabulary?.wordsSize ?? 0
        self.entryIndex = field.hasVariable ? entryIndex : -1
        isLastEntry = entryIndex == entryCount - 1
        // A sparse field's codes are one less in the row.
        let largestCode = mask.addingReportingOverflow(field.isSparse ? 1 : 0)
        let codes =
            largestCode.overflow
            ? UInt64.max
            : largestCode.partialValue < firstCode ? 0 : largestCode.partialValue - firstCode &+ 1
        var (base, scale, unit) = (Int64(0), 0, Int64(1))
        var (hasScales, isQuoted) = (false, false)
        switch field.encoding {
        case .scaled(let first, let places):
            (base, scale, limit) = (first, places, codes)
            operation = places == 0 ? .integer : .decimal
        case .timestamp(let first, let microseconds):
            (base, unit) = (first, microseconds)
            let range = Timestamp.range
            let (low, high) = (range.lowerBound / unit, range.upperBound / unit)
            limit = (low...high).contains(first) ? UInt64(high - first) + 1 : 0
            operation = .timestamp
        case .bool: (operation, limit) = (.bool, 2)
        case .vocabulary:
            operation = largestWord <= Self.largestShortWord ? .word : .longWord
            limit = wordCount
        case .variable: (operation, limit) = (.text, 0)
        case .codeList: (operation, limit) = (.codeList, 0)
        case .packedList(let first, let scales):
            (operation, limit, base, hasScales) = (.packedList, 0, first, scales)
        case .packedText(let width, let quoted):
            (operation, limit, scale, isQuoted) = (.packedText, 0, width, quoted)
        case .compressed(let quoted): (operation, limit, isQuoted) = (.compressed, 0, quoted)
        }
        (self.base, self.scale, self.unit) = (base, scale, unit)
        (self.hasScales, self.isQuoted) = (hasScales, isQuoted)
        entryCodes =
            switch operation {
            case _ where !field.hasVariable: 0
            case .packedText: FieldLayout.spareCode
            case .codeList, .packedList, .compressed: FieldLayout.textCode
            default: FieldLayout.variableCode
            }
    }

    /// The step of a run of sparse fields: no label, and a code that is always value 0.
    init(run: Int, filler: UnsafePointer<UInt8>) {
        unsafe (label, ends, words) = (filler, filler, filler)
        (byteOffset, shift, mask, sparseIndex, width) = (0, 0, 0, -1, 0)
        (operation, firstCode, limit) = (.sparseRun, 0, 1)
        (base, scale, unit) = (Int64(run), 0, 1)
        (wordCount, largestWord, wordsSize, entryIndex, isLastEntry) = (0, 0, 0, -1, false)
        (entryCodes, hasScales, isQuoted) = (0, false, false)
        unsafe dictionary = nil
    }

    /// The code in the row that starts there.
    @inline(__always)
    func code(in row: UnsafePointer<UInt8>) -> UInt64 {
        // Unsafe: the fixed part lies there, and 8 bytes from any of its bytes on can be read.
        let word = unsafe UnsafeRawPointer(row).loadUnaligned(
            fromByteOffset: byteOffset, as: UInt64.self)
        return word.littleEndian &>> shift & mask
    }

    /// Whether a field with that code has an entry in the variable part.
    @inline(__always)
    func hasEntry(_ code: UInt64) -> Bool {
        code &- 1 < entryCodes
    }

    /// No text of the value is larger, entries of the variable part and long words aside.
    var largestText: Int {
        switch operation {
        case .integer, .decimal: JSONText.largestNumber
        case .timestamp: JSONText.largestTimestamp
        case .word: max(4, largestWord)
        case .bool, .longWord, .text, .codeList, .packedList, .packedText, .compressed, .sparseRun:
            5
        }
    }
}
