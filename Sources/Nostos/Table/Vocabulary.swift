// A vocabulary, as it stands in the file:
//
//     OFFSET  SIZE       DESCRIPTION
//          0     4       entry count N
//          4     4       size of the largest entry
//          8     4       zero, where the first entry begins
//         12     4 × N   where each entry ends, counted from the first entry's first byte
//     12+4×N     …       the entries: ready JSON texts, one after another
//
// The code of an entry is its ordinal. Frequent entries come first, so that their codes are short
// as varints; entries of equal count stand in bytewise order.

/// The distinct values of a field, or of its lists' elements, counted while rows stream by.
///
/// They are told apart by their encoded bytes, so that the JSON text is made once for each distinct
/// value, not for each occurrence. (Two values of different types may have the same text; each is
/// then an entry.)
struct VocabularyBuilder: Sendable {
    /// The most entries and bytes of text; beyond them the field has no vocabulary.
    static let maxCount = 1 << 16
    static let maxSize = 8 << 20
    /// From this many entries on, half of the values must have been known: where every other value
    /// is new, codes would save nothing, and looking for them would cost the most.
    static let trialCount = 1 << 14

    private var values = WordSet()
    private(set) var counts: [Int] = []
    private var textSizes: [UInt32] = []
    private var insertCount = 0
    /// The size of the texts of all entries together, in bytes.
    private(set) var size = 0
    /// Whether the values were too many; the builder is then empty and stays so.
    private(set) var isOverflown = false

    var count: Int { counts.count }

    /// What the texts of values took that are no longer here.
    private var lostTextSize = 0

    /// The size of the texts, each as often as its value was inserted, in bytes.
    var totalTextSize: Int {
        counts.indices.reduce(lostTextSize) { $0 + counts[$1] * Int(textSizes[$1]) }
    }

    /// Counts one occurrence of a whole encoded value.
    mutating func insert(_ value: Span<UInt8>) {
        guard !isOverflown else { return }
        add(value, count: 1)
    }

    /// Counts what another builder has counted, as if it came after all that was inserted here.
    ///
    /// Where the values of both are too varied or too many together, none are left; one after
    /// another they may have been so earlier.
    mutating func merge(_ other: VocabularyBuilder) {
        let total = totalTextSize + other.totalTextSize
        if other.isOverflown { overflow() }
        for ordinal in 0..<other.count where !isOverflown {
            other.values.withWord(ordinal) { add($0, count: other.counts[ordinal]) }
        }
        if isOverflown { lostTextSize = total }
    }

    private mutating func add(_ value: Span<UInt8>, count: Int) {
        insertCount += count
        let place = values.insert(value)
        if !place.isNew {
            counts[place.ordinal] += count
            return
        }
        var text: [UInt8] = []
        Self.append(value, to: &text)
        counts.append(count)
        textSizes.append(UInt32(text.count))
        size += text.count
        let isTooVaried = counts.count > Self.trialCount && counts.count - 1 > insertCount / 2
        if counts.count > Self.maxCount || size > Self.maxSize || isTooVaried { overflow() }
    }

    private static func append(_ value: Span<UInt8>, to text: inout [UInt8]) {
        var position = 0
        EncodedValue.appendJSON(in: value, at: &position, to: &text)
    }

    /// Calls `body` with each encoded value in order of first occurrence.
    func forEach(_ body: (Int, Span<UInt8>) -> Void) {
        for ordinal in 0..<count { values.withWord(ordinal) { body(ordinal, $0) } }
    }

    /// The size of all encoded values together, in bytes.
    var valueSize: Int { values.size }

    /// The JSON texts of all entries in order of first occurrence.
    func texts() -> [[UInt8]] {
        (0..<count).map { ordinal in
            var text: [UInt8] = []
            values.withWord(ordinal) { Self.append($0, to: &text) }
            return text
        }
    }

    /// The ordinals by falling count, then bytewise by their texts: the order of the codes.
    func codeOrder() -> [Int] {
        let texts = texts()
        return counts.indices.sorted { left, right in
            if counts[left] != counts[right] { return counts[left] > counts[right] }
            let (first, second) = (texts[left], texts[right])
            if first != second { return first.span.precedes(second.span) }
            return values.precedes(left, right)
        }
    }

    private mutating func overflow() {
        let total = totalTextSize
        self = VocabularyBuilder()
        lostTextSize = total
        isOverflown = true
    }
}
