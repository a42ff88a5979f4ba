/// The numbers of keys in a mapped table; see `KeyCode` for its layout.
///
/// Plain data, so that lookups count no references. Everything is checked once, in the initialiser.
struct KeyCodeView {
    /// The most words that a key may have: more than the writer makes, so that the writer may grow.
    static let maxWordCount = 1 << 16

    let shape: KeyShape
    /// The bits of a code that tell the word.
    let wordBits: Int
    private let base: UInt64
    private let span: UInt64
    private let wordCount: Int
    private let sharedSize: Int
    private let headsAt: Int
    private let endsAt: Int
    private let prefix: Range<Int>
    private let words: Range<Int>
    /// No key is larger, in bytes.
    let largestKey: Int

    /// Stands where a table's keys are bytes, and is not used there.
    init() {
        shape = KeyShape(prefixSize: 0, digitCount: nil)
        (wordBits, base, span, wordCount, sharedSize) = (0, 0, 0, 0, 0)
        (headsAt, endsAt, prefix, words, largestKey) = (0, 0, 0..<0, 0..<0, 0)
    }

    /// The layout that lies in that range of the file, which is verified.
    ///
    /// - Complexity: O(size of the words), at most some 2 MiB.
    init(_ bytes: MappedBytes, _ range: Range<Int>) throws(Damage) {
        func damage(_ detail: String) -> Damage {
            Damage(offset: range.lowerBound, detail: "key code: \(detail)")
        }
        let start = range.lowerBound
        guard range.count >= KeyCode.headerSize else { throw damage("\(range.count) bytes") }
        let digitCount = Int(bytes.load(UInt8.self, at: start))
        guard digitCount <= KeyShape.maxDigitCount else { throw damage("\(digitCount) digits") }
        let prefixSize = Int(bytes.load(UInt16.self, at: start + 2))
        shape = KeyShape(prefixSize: prefixSize, digitCount: digitCount == 0 ? nil : digitCount)
        sharedSize = Int(bytes.load(UInt32.self, at: start + 4))
        base = bytes.load(UInt64.self, at: start + 8)
        span = bytes.load(UInt64.self, at: start + 16)
        wordCount = Int(bytes.load(UInt32.self, at: start + 24))
        let largestWord = Int(bytes.load(UInt32.self, at: start + 28))
        guard (1...Self.maxWordCount).contains(wordCount) else {
            throw damage("\(wordCount) words")
        }
        wordBits = KeyCode.bits(of: wordCount)
        guard base <= shape.largestNumber, span <= shape.largestNumber - base,
            64 - span.leadingZeroBitCount + wordBits <= 64
        else { throw damage("numbers from \(base) by \(span)") }
        headsAt = start + KeyCode.headerSize
        endsAt = headsAt + 8 * wordCount
        let prefixAt = endsAt + 4 * wordCount
        guard prefixAt + prefixSize <= range.upperBound else { throw damage("cut off") }
        prefix = prefixAt..<prefixAt + prefixSize
        words = prefix.upperBound..<range.upperBound
        largestKey = shape.restStart + largestWord
        guard largestKey <= KeySchema.maxSize else { throw damage("a key of \(largestKey) bytes") }
        try checkWords(bytes, largest: largestWord)
    }

    /// Checks that the words ascend and that heads and ends are theirs.
    private func checkWords(_ bytes: MappedBytes, largest: Int) throws(Damage) {
        var start = words.lowerBound
        var previous = start..<start
        for word in 0..<wordCount {
            let end = words.lowerBound + Int(bytes.load(UInt32.self, at: endsAt + 4 * word))
            let range = start..<max(start, end)
            let isRight =
                start <= end && end <= words.upperBound && range.count <= largest
                && range.count >= sharedSize
                && bytes.withSpan(range) { text in
                    text.head(at: sharedSize) == head(word, bytes)
                        && (word == 0 || bytes.compare(previous, with: text) < 0)
                        && bytes.compare(
                            words.lowerBound..<words.lowerBound + sharedSize,
                            with: text.extracting(..<sharedSize)) == 0
                }
            guard isRight else {
                throw Damage(offset: endsAt + 4 * word, detail: "key code: word \(word)")
            }
            previous = range
            start = end
        }
        guard start == words.upperBound else {
            throw Damage(offset: start, detail: "key code: bytes after the last word")
        }
    }

    /// The largest code of any key.
    var largestCode: UInt64 { span << UInt64(wordBits) | UInt64(wordCount - 1) }

    /// The code of a key, or nil when no key of the table can have these bytes.
    @inline(__always)
    func code(of key: Span<UInt8>, in bytes: MappedBytes) -> UInt64? {
        guard let number = shape.number(in: key) else { return nil }
        let (offset, underflow) = number.subtractingReportingOverflow(base)
        guard !underflow, offset <= span else { return nil }
        guard
            prefix.isEmpty
                || bytes.compare(prefix, with: key.extracting(..<prefix.count)) == 0
        else { return nil }
        if words.isEmpty { return key.count == shape.restStart ? offset : nil }
        guard let word = word(key.extracting(shape.restStart...), in: bytes) else { return nil }
        return offset << UInt64(wordBits) | word
    }

    /// The least code whose key is at or after these bytes, or nil when there is none.
    func lowerBound(of key: Span<UInt8>, in bytes: MappedBytes) -> UInt64? {
        let order = bytes.compare(prefix, with: key.extracting(..<min(prefix.count, key.count)))
        // A key that is cut off within the prefix comes before all.
        if order > 0 { return 0 }
        guard order == 0, let (number, isExact) = shape.lowerBound(of: key) else { return nil }
        if number < base { return 0 }
        let offset = number - base
        guard offset <= span else { return nil }
        guard isExact else { return offset << UInt64(wordBits) }
        let word = wordLowerBound(key.extracting(shape.restStart...), in: bytes)
        if word < wordCount { return offset << UInt64(wordBits) | UInt64(word) }
        return offset < span ? (offset + 1) << UInt64(wordBits) : nil
    }

    /// Appends the key of that code; false, and nothing appended, when there is none.
    func append(_ code: UInt64, in bytes: MappedBytes, to key: inout [UInt8]) -> Bool {
        let offset = code >> UInt64(wordBits)
        let word = Int(truncatingIfNeeded: code & (1 << UInt64(wordBits) - 1))
        guard offset <= span, word < wordCount else { return false }
        // Most keys are numbers alone.
        if !prefix.isEmpty { bytes.append(prefix, to: &key) }
        shape.append(base + offset, to: &key)
        if !words.isEmpty { bytes.append(range(of: word, bytes), to: &key) }
        return true
    }

    // MARK: - Words

    /// The ordinal of a word, or nil.
    @inline(__always)
    private func word(_ text: Span<UInt8>, in bytes: MappedBytes) -> UInt64? {
        let word = wordLowerBound(text, in: bytes)
        guard word < wordCount, bytes.compare(range(of: word, bytes), with: text) == 0 else {
            return nil
        }
        return UInt64(word)
    }

    /// The ordinal of the first word at or after the text; the word count when there is none.
    @inline(__always)
    private func wordLowerBound(_ text: Span<UInt8>, in bytes: MappedBytes) -> Int {
        let shared = words.lowerBound..<words.lowerBound + sharedSize
        let order = bytes.compare(shared, with: text.extracting(..<min(sharedSize, text.count)))
        if order != 0 { return order > 0 ? 0 : wordCount }
        let head = text.head(at: sharedSize)
        var low = 0
        var count = wordCount
        // Without a branch that the processor would have to guess.
        while count > 0 {
            let half = count / 2
            let isBelow = self.head(low + half, bytes) < head
            low = isBelow ? low + half + 1 : low
            count = isBelow ? count - half - 1 : half
        }
        guard low < wordCount, self.head(low, bytes) == head else { return low }
        // The rest decides among words of the same head: their number doubles until one is above.
        var step = 1
        while low + step < wordCount, self.head(low + step, bytes) == head { step *= 2 }
        count = min(step, wordCount - low)
        while count > 0 {
            let half = count / 2
            if bytes.compare(range(of: low + half, bytes), with: text) < 0 {
                low += half + 1
                count -= half + 1
            } else {
                count = half
            }
        }
        return low
    }

    @inline(__always)
    private func head(_ word: Int, _ bytes: MappedBytes) -> UInt64 {
        bytes.load(UInt64.self, at: headsAt + 8 * word)
    }

    @inline(__always)
    private func range(of word: Int, _ bytes: MappedBytes) -> Range<Int> {
        let start = word == 0 ? 0 : Int(bytes.load(UInt32.self, at: endsAt + 4 * word - 4))
        let end = Int(bytes.load(UInt32.self, at: endsAt + 4 * word))
        // Checked by the initialiser; but the page may have been lost since.
        guard start <= end, end <= words.count else { return words.lowerBound..<words.lowerBound }
        return words.lowerBound + start..<words.lowerBound + end
    }
}
