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

    /// The size of the values' texts that are no longer here.
    private var lostTextSize = 0

    /// The size of the texts, each as often as its value was inserted, in bytes.
    var totalTextSize: Int {
        counts.indices.reduce(lostTextSize) { $0 + counts[$1] * Int(textSizes[$1]) }
    }

    /// The hash of a whole encoded value that will be inserted soon; its memory is asked for.
    @inline(__always)
    func prepare(_ value: Span<UInt8>) -> UInt64 {
        let hash = values.hash(value)
        values.prefetch(hash: hash)
        return hash
    }

    /// Counts one occurrence of a whole encoded value, for which ``prepare(_:)`` gave that hash.
    @inline(__always)
    mutating func insert(_ value: Span<UInt8>, hash: UInt64) {
        guard !isOverflown else { return }
        add(value, hash: hash, count: 1)
    }

    /// Counts what another builder has counted, as if it came after all that was inserted here.
    ///
    /// Where the values of both are too varied or too many together, none are left; one after
    /// another they may have been so earlier.
    mutating func merge(_ other: VocabularyBuilder) {
        let total = totalTextSize + other.totalTextSize
        if other.isOverflown { overflow() }
        for ordinal in 0..<other.count where !isOverflown {
            other.values.withWord(ordinal) {
                add($0, hash: values.hash($0), count: other.counts[ordinal])
            }
        }
        if isOverflown { lostTextSize = total }
    }

    @inline(__always)
    private mutating func add(_ value: Span<UInt8>, hash: UInt64, count: Int) {
        insertCount += count
        let place = values.insert(value, hash: hash)
        if place.isNew { begin(value, count: count) } else { counts[place.ordinal] += count }
    }

    /// Begins to count a value that was inserted for the first time.
    @inline(never)
    private mutating func begin(_ value: Span<UInt8>, count: Int) {
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

    /// Calls `body` with the encoded value of that ordinal, in order of first occurrence.
    func withValue(_ ordinal: Int, _ body: (Span<UInt8>) -> Void) {
        values.withWord(ordinal, body)
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
