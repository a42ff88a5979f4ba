/// The choice of an encoding for one field, from what was observed of its values.
struct EncodingChoice {
    let layout: FieldLayout
    /// The vocabulary that the encoding needs.
    let vocabulary: VocabularyBuilder?

    /// The cheapest encoding in bits a value; of equals the one that needs no vocabulary.
    ///
    /// - Parameters:
    ///   - field: decides between scalars and lists.
    ///   - profile: what was observed of its values.
    ///   - isExact: false adds an escape to every code space, for values not observed.
    init(field: Field, profile: FieldProfile, isExact: Bool) {
        if field.isList {
            self = Self.list(profile)
            return
        }
        let reserved: UInt64 = isExact ? 1 : 2
        var best = Candidate(
            encoding: .variable, width: profile.count == 0 && isExact ? 0 : 1, hasVariable: true,
            cost: 9 + Self.bits(profile.textSize, per: profile.count), vocabulary: nil)
        for candidate in Self.packed(profile, reserved: reserved) where candidate.cost < best.cost {
            best = candidate
        }
        self.init(best)
    }

    private struct Candidate {
        let encoding: FieldEncoding
        let width: Int
        let hasVariable: Bool
        let cost: Double
        let vocabulary: VocabularyBuilder?
    }

    private init(_ candidate: Candidate) {
        vocabulary = candidate.vocabulary
        layout = FieldLayout(
            encoding: candidate.encoding, width: candidate.width,
            hasVariable: candidate.hasVariable, vocabulary: 0..<0)
    }

    private static func packed(_ profile: FieldProfile, reserved: UInt64) -> [Candidate] {
        var candidates: [Candidate] = []
        func add(_ encoding: FieldEncoding, span: UInt64, vocabulary: VocabularyBuilder? = nil) {
            let (codes, overflow) = span.addingReportingOverflow(reserved)
            guard !overflow else { return }
            let width = 64 - codes.leadingZeroBitCount
            let shared = vocabulary.map { bits($0.size + 4 * $0.count, per: profile.count) } ?? 0
            candidates.append(
                Candidate(
                    encoding: encoding, width: width, hasVariable: reserved == 2,
                    cost: Double(width) + shared, vocabulary: vocabulary))
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

    private static func list(_ profile: FieldProfile) -> EncodingChoice {
        let vocabulary = profile.vocabulary
        // A code of the vocabulary takes one byte up to 127, two up to 16,383, then three.
        var codeSize = vocabulary.size + 4 * vocabulary.count
        for (code, ordinal) in vocabulary.codeOrder().enumerated() {
            codeSize += vocabulary.counts[ordinal] * (code < 1 << 7 ? 1 : code < 1 << 14 ? 2 : 3)
        }
        let isWorthIt =
            !vocabulary.isOverflown && vocabulary.count > 0
            && codeSize < profile.textSize + profile.count
        return EncodingChoice(
            Candidate(
                encoding: isWorthIt ? .codeList : .variable, width: isWorthIt ? 2 : 1,
                hasVariable: true, cost: 0, vocabulary: isWorthIt ? vocabulary : nil))
    }

    private static func bits(_ size: Int, per count: Int) -> Double {
        Double(8 * size) / Double(max(1, count))
    }

    private static func distance(_ range: ClosedRange<Int64>) -> UInt64 {
        UInt64(bitPattern: range.upperBound) &- UInt64(bitPattern: range.lowerBound)
    }
}
