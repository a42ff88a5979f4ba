/// The choice of an encoding for one field, from the observations about its values.
struct EncodingChoice {
    let layout: FieldLayout
    /// The layout as a sparse field, where that may be better, and the bits a row that it saves.
    private let sparseLayout: FieldLayout?
    private let sparseSaving: Double
    /// The vocabulary that the encoding needs.
    let vocabulary: VocabularyBuilder?
    /// The alphabet or dictionary that the encoding needs.
    let coder: TextCoder?

    /// The cheapest encoding in bits a value; of equals the one that needs no vocabulary.
    ///
    /// - Parameters:
    ///   - field: decides between scalars and lists.
    ///   - profile: the observations about its values.
    ///   - isExact: false adds an escape to every code space, for values not observed.
    ///   - rowCount: of the table, as far as it is known.
    init(field: Field, profile: FieldProfile, isExact: Bool, rowCount: Int) {
        if field.isList {
            self.init(Self.list(profile), share: Self.share(profile.listCount, of: rowCount))
            return
        }
        let reserved: UInt64 = isExact ? 1 : 2
        var best = Candidate(
            encoding: .variable, largestCode: profile.count == 0 && isExact ? 0 : 1,
            hasVariable: true, cost: 9 + Self.bits(profile.textSize, per: profile.count))
        for candidate in Self.packed(profile, reserved: reserved) where candidate.cost < best.cost {
            best = candidate
        }
        if best.encoding == .variable || best.cost > Self.leastTextCost,
            let choice = TextChoice(profile, isList: false, others: best.cost)
        {
            best = Candidate(choice)
        }
        self.init(best, share: Self.share(profile.count, of: rowCount))
    }

    /// Codes of up to this many bits a value are not tried against packed texts.
    private static let leastTextCost = 64.0

    /// The share of rows that have a value, or 1 where that is not known.
    private static func share(_ count: Int, of rowCount: Int) -> Double {
        count > 0 && rowCount > 0 ? min(1, Double(count) / Double(rowCount)) : 1
    }

    /// At most this share of a sparse field's rows have a value: a dense field is decoded with less
    /// work, and a stretch of NULLs pays off only where it is long.
    private static let largestSparseShare = 1.0 / 3

    private struct Candidate {
        let encoding: FieldEncoding
        let largestCode: UInt64
        let hasVariable: Bool
        let cost: Double
        var vocabulary: VocabularyBuilder?
        var coder: TextCoder?

        init(
            encoding: FieldEncoding, largestCode: UInt64, hasVariable: Bool, cost: Double,
            vocabulary: VocabularyBuilder? = nil
        ) {
            (self.encoding, self.largestCode) = (encoding, largestCode)
            (self.hasVariable, self.cost, self.vocabulary) = (hasVariable, cost, vocabulary)
        }

        init(_ choice: TextChoice) {
            (encoding, largestCode) = (choice.encoding, choice.largestCode)
            (hasVariable, cost, coder) = (true, choice.cost, choice.coder)
        }
    }

    private init(_ candidate: Candidate, share: Double) {
        (vocabulary, coder) = (candidate.vocabulary, candidate.coder)
        let width = Self.width(of: candidate.largestCode)
        layout = FieldLayout(
            encoding: candidate.encoding, width: width, hasVariable: candidate.hasVariable,
            vocabulary: 0..<0)
        // Sparse: a presence bit in every row, and without NULL's a code less where it is 1.
        let sparseWidth = Self.width(of: candidate.largestCode.subtractingReportingOverflow(1).0)
        let saving = Double(width) - 1 - share * Double(sparseWidth)
        guard width > 0, share <= Self.largestSparseShare, saving >= 0 else {
            (sparseLayout, sparseSaving) = (nil, 0)
            return
        }
        sparseLayout = FieldLayout(
            encoding: candidate.encoding, width: sparseWidth, hasVariable: candidate.hasVariable,
            vocabulary: 0..<0, isSparse: true)
        sparseSaving = saving
    }

    /// The layouts of all fields: sparse ones where they save more than the bytes that presence
    /// bits and sparse codes end in, or are so many that stretches of NULLs are long.
    static func layouts(of choices: [EncodingChoice]) -> [FieldLayout] {
        let saving = choices.reduce(0) { $0 + $1.sparseSaving }
        let count = choices.count { $0.sparseLayout != nil }
        guard saving > 8 || count >= 16 else { return choices.map(\.layout) }
        return choices.map { $0.sparseLayout ?? $0.layout }
    }

    private static func width(of largestCode: UInt64) -> Int {
        64 - largestCode.leadingZeroBitCount
    }

    private static func packed(_ profile: FieldProfile, reserved: UInt64) -> [Candidate] {
        var candidates: [Candidate] = []
        func add(_ encoding: FieldEncoding, span: UInt64, vocabulary: VocabularyBuilder? = nil) {
            let (codes, overflow) = span.addingReportingOverflow(reserved)
            guard !overflow else { return }
            let shared = vocabulary.map { bits($0.size + 4 * $0.count, per: profile.count) } ?? 0
            candidates.append(
                Candidate(
                    encoding: encoding, largestCode: codes, hasVariable: reserved == 2,
                    cost: Double(width(of: codes)) + shared, vocabulary: vocabulary))
        }
        switch profile.type {
        case .int64, .number:
            if let (range, scale) = profile.scaledRange {
                add(.scaled(base: range.lowerBound, scale: scale), span: distance(range))
            }
        case .timestamp:
            if let range = profile.timestamps {
                let unit = profile.timestampUnit
                let base = range.lowerBound / unit
                add(
                    .timestamp(base: base, unit: unit),
                    span: distance(base...range.upperBound / unit))
            }
        case .bool: add(.bool, span: 1)
        default: break
        }
        if !profile.vocabulary.isOverflown, profile.vocabulary.count > 0 {
            add(
                .vocabulary, span: UInt64(profile.vocabulary.count - 1),
                vocabulary: profile.vocabulary)
        }
        return candidates
    }

    /// Packed lists of numbers must take less than this part of what lists of codes take.
    private static let packedListGain = 0.75

    private static func list(_ profile: FieldProfile) -> Candidate {
        let vocabulary = profile.vocabulary
        // A code of the vocabulary takes one byte up to 127, two up to 16,383, then three.
        var codeSize = vocabulary.size + 4 * vocabulary.count
        for (code, ordinal) in vocabulary.codeOrder().enumerated() {
            codeSize += vocabulary.counts[ordinal] * (code < 1 << 7 ? 1 : code < 1 << 14 ? 2 : 3)
        }
        var best = Candidate(
            encoding: .variable, largestCode: FieldLayout.variableCode, hasVariable: true,
            cost: bits(profile.textSize + profile.count, per: profile.count))
        if !vocabulary.isOverflown, vocabulary.count > 0 {
            let cost = bits(codeSize, per: profile.count)
            if cost < best.cost {
                best = Candidate(
                    encoding: .codeList, largestCode: FieldLayout.textCode, hasVariable: true,
                    cost: cost, vocabulary: vocabulary)
            }
        }
        if let choice = TextChoice.packedList(profile) {
            // A packed list begins with its count, its widths and perhaps its base.
            if choice.cost < packedListGain * best.cost { best = Candidate(choice) }
        } else if best.encoding == .variable,
            let choice = TextChoice(profile, isList: true, others: best.cost)
        {
            best = Candidate(choice)
        }
        return best
    }

    private static func bits(_ size: Int, per count: Int) -> Double {
        Double(8 * size) / Double(max(1, count))
    }

    private static func distance(_ range: ClosedRange<Int64>) -> UInt64 {
        UInt64(bitPattern: range.upperBound) &- UInt64(bitPattern: range.lowerBound)
    }
}
