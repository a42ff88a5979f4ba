// How a table codes its keys as numbers, as it stands in the file; nothing stands there for a table
// whose keys stand as bytes.
//
//     OFFSET  SIZE  DESCRIPTION
//          0     1  number: decimal digits, 1 to 18, or 0 for the 8 bytes of an int64 column
//          1     1  zero
//          2     2  size P of the prefix
//          4     4  size S of what all words share at their beginning
//          8     8  base: the least number
//         16     8  span: the largest number less the base
//         24     4  word count N, 1 to 65,536
//         28     4  size of the largest word
//         32   8×N  the heads: 8 bytes of each word behind what all share, as a big-endian number,
//                   zeros where the word is shorter
//          …   4×N  where each word ends, counted from the first word's first byte
//          …     P  the prefix
//          …     …  the words, ascending bytewise, one after another
//
// A key is the prefix, the number, and one of the words, of which there is often only one: the
// empty one. Its code is
//
//     (number - base) << bits | ordinal of the word      bits: as many as N - 1 has
//
// in 64 bits, and codes are ordered as keys are. See `KeyShape` for the number.

/// The choice of numbers for a table's keys, and the way from a key to its number for the writer.
struct KeyCode: Sendable {
    static let headerSize = 32

    let shape: KeyShape
    let prefix: [UInt8]
    let base: UInt64
    let span: UInt64
    let wordBits: Int
    private let words: WordSet
    /// The words' ordinals in bytewise order.
    private let order: [Int]
    /// The place of each word in that order.
    private let ranks: [UInt32]

    /// The numbers of keys of one int64 column, whatever they are.
    static let int64 = KeyCode(
        shape: KeyShape(prefixSize: 0, digitCount: nil), prefix: [], range: 0...UInt64.max,
        words: emptyWord)

    /// The numbers of a table's keys, or nil where they stand as bytes.
    init?(_ schema: KeySchema, _ profile: TableProfile) {
        if schema.isInt64 {
            self = .int64
        } else {
            guard profile.isExact else { return nil }
            self.init(profile.keys)
        }
    }

    /// The numbers of keys of which all were observed; nil where they have none, or where words
    /// would take more than they save.
    init?(_ profile: KeyProfile) {
        var profile = profile
        profile.settle()
        guard let shape = profile.shape, !profile.isIrregular else { return nil }
        let words = profile.words
        let listSize = words.size + 12 * words.count
        guard words.count == 1 || listSize * 2 <= profile.restSize else { return nil }
        let span = profile.largest - profile.least
        let bits = Self.bits(of: words.count) + (64 - span.leadingZeroBitCount)
        guard bits <= 64 else { return nil }
        self.init(
            shape: shape, prefix: profile.prefix, range: profile.least...profile.largest,
            words: words)
    }

    private init(shape: KeyShape, prefix: [UInt8], range: ClosedRange<UInt64>, words: WordSet) {
        (self.shape, self.prefix, self.words) = (shape, prefix, words)
        base = range.lowerBound
        span = range.upperBound - range.lowerBound
        wordBits = Self.bits(of: words.count)
        order = (0..<words.count).sorted { words.precedes($0, $1) }
        var ranks = [UInt32](repeating: 0, count: words.count)
        for (rank, ordinal) in order.enumerated() { ranks[ordinal] = UInt32(rank) }
        self.ranks = ranks
    }

    /// The number of a key, or nil for a key that was not observed.
    func code(of key: Span<UInt8>) -> UInt64? {
        let prefix = prefix
        guard let number = shape.number(in: key), key.hasBytes(prefix.span, at: 0), number >= base,
            number - base <= span, let word = words.ordinal(of: key.extracting(shape.restStart...))
        else { return nil }
        return (number - base) << UInt64(wordBits) | UInt64(ranks[word])
    }

    /// The bytes of the file's form.
    var encoded: [UInt8] {
        var heads: [UInt8] = []
        var ends: [UInt8] = []
        var texts: [UInt8] = []
        var largest = 0
        let shared = sharedSize
        for ordinal in order {
            words.withWord(ordinal) { word in
                heads.append(littleEndian: word.head(at: shared))
                largest = max(largest, word.count)
                texts.append(word)
            }
            ends.append(littleEndian: UInt32(texts.count))
        }
        var output: [UInt8] = [UInt8(shape.digitCount ?? 0), 0]
        output.append(littleEndian: UInt16(prefix.count))
        output.append(littleEndian: UInt32(shared))
        output.append(littleEndian: base)
        output.append(littleEndian: span)
        output.append(littleEndian: UInt32(order.count))
        output.append(littleEndian: UInt32(largest))
        return output + heads + ends + prefix + texts
    }

    /// The size of the prefix that the first and the last word share, and so all words.
    private var sharedSize: Int {
        guard let first = order.first, let last = order.last else { return 0 }
        return words.withWord(first) { first in
            words.withWord(last) { last in
                (0..<min(first.count, last.count)).first { first[$0] != last[$0] }
                    ?? min(first.count, last.count)
            }
        }
    }

    /// The bits of a word's ordinal.
    static func bits(of wordCount: Int) -> Int {
        Int.bitWidth - (wordCount - 1).leadingZeroBitCount
    }

    private static var emptyWord: WordSet {
        var words = WordSet()
        let empty: [UInt8] = []
        _ = words.insert(empty.span)
        return words
    }
}
