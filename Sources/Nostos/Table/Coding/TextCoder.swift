/// The packer of a field's texts: the writer's side, see `FieldEncoding`.
enum TextCoder: Sendable {
    case alphabet(TextAlphabet)
    case dictionary(TextCompressor)

    /// Appends the entry of a text that is not to stand as it is, and gives its packed code; nil,
    /// and nothing is appended, where it has none.
    func append(_ text: Span<UInt8>, to entry: inout [UInt8]) -> UInt64? {
        switch self {
        case .alphabet(let alphabet):
            guard let hasSpare = alphabet.append(text, to: &entry) else { return nil }
            return hasSpare ? FieldLayout.spareCode : FieldLayout.variableCode
        case .dictionary(let compressor):
            let start = entry.count
            entry.append(varint: UInt64(text.count))
            if compressor.append(text, to: &entry) != nil { return FieldLayout.variableCode }
            entry.removeLast(entry.count - start)
            return nil
        }
    }

    /// The bytes in the vocabularies section.
    var encoded: [UInt8] {
        switch self {
        case .alphabet(let alphabet): alphabet.bytes
        case .dictionary(let compressor): compressor.dictionary
        }
    }
}

/// The same for the reader.
///
/// Does not keep the mapping alive in which an alphabet lies.
@safe enum TextCoderView {
    case alphabet(UnsafePointer<UInt8>)
    case dictionary(TextDecompressor)

    /// The alphabet or dictionary that lies in that range of the file, which is verified; nil for a
    /// field that needs none.
    init?(_ bytes: MappedBytes, _ range: Range<Int>, _ encoding: FieldEncoding) throws(Damage) {
        // Unsafe: the layout has made sure of the ranges' sizes.
        let start = unsafe bytes.address(of: range.lowerBound)
        switch encoding {
        case .packedText: self = unsafe .alphabet(start)
        case .compressed:
            guard let dictionary = unsafe TextDecompressor(start, size: range.count) else {
                throw Damage(offset: range.lowerBound, detail: "no dictionary of zstd")
            }
            self = .dictionary(dictionary)
        default: return nil
        }
    }
}

/// The encoding of a field's texts or numbers that neither a vocabulary nor a packed code holds,
/// chosen from a sample.
struct TextChoice {
    let encoding: FieldEncoding
    let coder: TextCoder?
    /// The largest packed code.
    let largestCode: UInt64
    /// Bits a value, the entry's size and what the field shares included.
    let cost: Double

    /// A dictionary is at most this large: from a sample of half a MiB, a larger one was no better
    /// for package descriptions.
    private static let largestDictionary = 64 << 10
    /// Shorter texts, on average in bytes, or values of fewer bits are not worth the training.
    private static let leastText = 12
    private static let leastCost = 48.0
    /// And at most this part of all texts: what it is good for.
    private static let dictionaryShare = 32
    /// Compressed texts must save this part of what the best of the others takes.
    private static let leastGain = 0.1

    /// The best way to pack the texts, where the best of all other encodings costs `others`; nil
    /// when none of them saves anything.
    init?(_ profile: FieldProfile, isList: Bool, others: Double) {
        guard profile.count > 0, profile.texts.count > 0 else { return nil }
        let isQuoted = !isList && (profile.type == .string || profile.type == .bytes)
        let packed = Self.packed(profile, isList: isList, isQuoted: isQuoted)
        let best = min(others, packed?.cost ?? .infinity)
        let isLong = profile.textSize >= Self.leastText * profile.count && best >= Self.leastCost
        let compressed = isLong ? Self.compressed(profile, isQuoted: isQuoted) : nil
        if let compressed, compressed.cost < (1 - Self.leastGain) * best {
            self = compressed
        } else if let packed, packed.cost < others {
            self = packed
        } else {
            return nil
        }
    }

    private init(_ encoding: FieldEncoding, _ coder: TextCoder?, largestCode: UInt64, cost: Double)
    {
        (self.encoding, self.coder) = (encoding, coder)
        (self.largestCode, self.cost) = (largestCode, cost)
    }

    /// Numbers of a list bit-packed.
    static func packedList(_ profile: FieldProfile) -> TextChoice? {
        guard profile.type == .int64 || profile.type == .number else { return nil }
        var range: ClosedRange<Int64>?
        var scales: ClosedRange<Int>?
        for scale in profile.mantissas.indices {
            guard let mantissas = profile.mantissas[scale] else { continue }
            range = mantissas.joined(with: range)
            scales = (scale...scale).joined(with: scales)
        }
        guard let range, let scales else { return nil }
        let hasScales = scales.upperBound > 0 || profile.hasLongNumber
        let span = UInt64(bitPattern: range.upperBound) &- UInt64(bitPattern: range.lowerBound)
        let width = 64 - span.leadingZeroBitCount + Int.bitWidth - scales.count.leadingZeroBitCount
        return TextChoice(
            .packedList(base: range.lowerBound, hasScales: hasScales), nil,
            largestCode: FieldLayout.textCode, cost: Double(max(1, width)))
    }

    private static func packed(
        _ profile: FieldProfile, isList: Bool, isQuoted: Bool
    ) -> TextChoice? {
        var isPresent = [Bool](repeating: false, count: 256)
        let sample = profile.texts
        for index in 0..<sample.count {
            for byte in sample.bytes[content(of: sample.range(index), isQuoted)] {
                isPresent[Int(byte)] = true
            }
        }
        // Texts with other scripts stand as they are.
        let hasOthers = isPresent[128...].contains(true)
        if hasOthers { for byte in 128..<256 { isPresent[byte] = false } }
        if isList { for byte in "[],".utf8 { isPresent[Int(byte)] = true } }
        guard let alphabet = TextAlphabet(isPresent) else { return nil }
        var size = 0
        for index in 0..<sample.count {
            let text = content(of: sample.range(index), isQuoted)
            let isPlain = hasOthers && sample.bytes[text].contains { $0 >= 128 }
            size += 1 + (isPlain ? sample.range(index).count : alphabet.packedSize(of: text.count))
        }
        let shared = Double(8 * alphabet.bytes.count) / Double(profile.count)
        return TextChoice(
            .packedText(width: alphabet.width, isQuoted: isQuoted), .alphabet(alphabet),
            largestCode: FieldLayout.spareCode,
            cost: 2 + shared + Double(8 * size) / Double(sample.count) * profile.textScale)
    }

    /// Trains with the even texts of the sample and compresses the odd ones to see what it gives.
    private static func compressed(_ profile: FieldProfile, isQuoted: Bool) -> TextChoice? {
        let sample = profile.texts
        var samples: [UInt8] = []
        var sizes: [Int] = []
        for index in stride(from: 0, to: sample.count, by: 2) {
            let text = content(of: sample.range(index), isQuoted)
            samples += sample.bytes[text]
            sizes.append(text.count)
        }
        // Below 1 KiB a dictionary is hardly more than its tables.
        let most = min(largestDictionary, profile.textSize / dictionaryShare)
        guard most >= 1024,
            let dictionary = TextCompressor.train(samples, sizes: sizes, size: most),
            let compressor = TextCompressor(dictionary: dictionary)
        else { return nil }
        var (entries, texts): ([UInt8], Int) = ([], 0)
        let coder = TextCoder.dictionary(compressor)
        for index in stride(from: 1, to: sample.count, by: 2) {
            let range = sample.range(index)
            let text = sample.bytes.span.extracting(content(of: range, isQuoted))
            entries.append(0)
            if coder.append(text, to: &entries) == nil { entries.append(text) }
            texts += 1
        }
        guard texts > 0 else { return nil }
        let shared = Double(8 * dictionary.count) / Double(profile.count)
        return TextChoice(
            .compressed(isQuoted: isQuoted), coder, largestCode: FieldLayout.textCode,
            cost: 2 + shared + Double(8 * entries.count) / Double(texts) * profile.textScale)
    }

    /// A text without its quotes, where the field's stand without them.
    private static func content(of range: Range<Int>, _ isQuoted: Bool) -> Range<Int> {
        isQuoted && range.count >= 2 ? range.lowerBound + 1..<range.upperBound - 1 : range
    }
}

extension ClosedRange {
    /// The least range that holds both.
    fileprivate func joined(with other: ClosedRange?) -> ClosedRange {
        guard let other else { return self }
        return Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
