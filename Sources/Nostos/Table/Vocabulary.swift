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

/// The distinct JSON texts of a field, counted while rows stream by.
///
/// Texts lie in one arena; an open-addressing table (linear probing, at most half full) of ordinals
/// finds them by hash, so that a text that is known costs no allocation.
struct VocabularyBuilder: Sendable {
    /// The most entries and bytes of text; beyond them the field has no vocabulary.
    static let maxCount = 1 << 16
    static let maxSize = 8 << 20
    /// From this many entries on, half of the texts must have been known: where every other text
    /// is new, codes would save nothing, and looking for them would cost the most.
    static let trialCount = 1 << 14

    private var arena: [UInt8] = []
    private var ends: [Int] = []
    private(set) var counts: [Int] = []
    private var slots = [UInt32](repeating: .max, count: 256)
    private var insertCount = 0
    /// Whether the texts were too many; the builder is then empty and stays so.
    private(set) var isOverflown = false

    var count: Int { ends.count }
    var size: Int { arena.count }

    /// Counts one occurrence of the text.
    mutating func insert(_ text: Span<UInt8>) {
        guard !isOverflown else { return }
        insertCount += 1
        let slot = slot(of: text)
        if slots[slot] != .max {
            counts[Int(slots[slot])] += 1
            return
        }
        let isTooVaried = ends.count >= Self.trialCount && ends.count > insertCount / 2
        guard ends.count < Self.maxCount, arena.count + text.count <= Self.maxSize, !isTooVaried
        else { return overflow() }
        slots[slot] = UInt32(ends.count)
        arena.append(text)
        ends.append(arena.count)
        counts.append(1)
        if ends.count * 2 > slots.count { grow() }
    }

    /// The ordinal of the text in order of first occurrence, or nil.
    func ordinal(of text: Span<UInt8>) -> Int? {
        guard !isOverflown else { return nil }
        let found = slots[slot(of: text)]
        return found == .max ? nil : Int(found)
    }

    /// The text of that ordinal.
    func text(_ ordinal: Int) -> [UInt8] { Array(arena[range(ordinal)]) }

    /// The size of the text of that ordinal.
    func textSize(_ ordinal: Int) -> Int { range(ordinal).count }

    /// The ordinals by falling count, then bytewise: the order of the codes.
    func codeOrder() -> [Int] {
        ends.indices.sorted { left, right in
            if counts[left] != counts[right] { return counts[left] > counts[right] }
            return arena[range(left)].lexicographicallyPrecedes(arena[range(right)])
        }
    }

    private func range(_ ordinal: Int) -> Range<Int> {
        (ordinal == 0 ? 0 : ends[ordinal - 1])..<ends[ordinal]
    }

    private func slot(of text: Span<UInt8>) -> Int {
        var slot = Int(truncatingIfNeeded: Checksum.hash(text)) & (slots.count - 1)
        while slots[slot] != .max {
            let found = arena.span.extracting(range(Int(slots[slot])))
            if found.elementsEqual(text) { return slot }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = [UInt32](repeating: .max, count: slots.count * 4)
        for ordinal in ends.indices {
            let slot = slot(of: arena.span.extracting(range(ordinal)))
            slots[slot] = UInt32(ordinal)
        }
    }

    private mutating func overflow() {
        self = VocabularyBuilder()
        slots = [.max]
        isOverflown = true
    }
}

/// A vocabulary as the writer uses it: from text to code.
struct VocabularyCodes {
    private let builder: VocabularyBuilder
    private let codes: [UInt32]

    init(_ builder: VocabularyBuilder) {
        self.builder = builder
        var codes = [UInt32](repeating: 0, count: builder.count)
        for (code, ordinal) in builder.codeOrder().enumerated() { codes[ordinal] = UInt32(code) }
        self.codes = codes
    }

    func code(of text: Span<UInt8>) -> UInt32? {
        builder.ordinal(of: text).map { codes[$0] }
    }

    /// The bytes of the file's form.
    var encoded: [UInt8] {
        var output: [UInt8] = []
        var texts: [UInt8] = []
        let largest = (0..<builder.count).reduce(0) { max($0, builder.textSize($1)) }
        output.append(littleEndian: UInt32(builder.count))
        output.append(littleEndian: UInt32(largest))
        output.append(littleEndian: UInt32(0))
        for ordinal in builder.codeOrder() {
            texts += builder.text(ordinal)
            output.append(littleEndian: UInt32(texts.count))
        }
        return output + texts
    }
}
