/// A byte string as two words and its size: all of a short one, of a longer one what tells it from
/// most others.
///
/// Tables of words hold these in their slots, so that a short word, as nearly all are, is found by
/// one look at one place.
struct WordKey: Equatable, BitwiseCopyable {
    /// Strings of up to so many bytes are whole.
    static let wholeSize = 16

    /// The first and the last eight bytes, which may overlap; less of shorter strings.
    let first: UInt64
    let last: UInt64
    /// The size in bytes.
    let size: UInt32

    /// Whether equal keys are equal strings.
    @inline(__always)
    var isWhole: Bool { size <= Self.wholeSize }

    @inline(__always)
    init(_ word: Span<UInt8>) {
        let count = word.count
        size = UInt32(count)
        switch count {
        case 8...:
            first = word.load(UInt64.self, at: 0)
            last = word.load(UInt64.self, at: count - 8)
        case 4...:
            first = UInt64(word.load(UInt32.self, at: 0))
            last = UInt64(word.load(UInt32.self, at: count - 4))
        case 1...:
            first = UInt64(word[0]) << 16 | UInt64(word[count / 2]) << 8 | UInt64(word[count - 1])
            last = 0
        default: (first, last) = (0, 0)
        }
    }

    /// A hash of the string whose key this is, that costs least for short ones: one folded 128-bit
    /// multiplication for each 16 bytes up to 32 and one more, as wyhash has it (Wang Yi, 2019,
    /// public domain); longer ones are XXH3's.
    @inline(__always)
    func hash(_ word: Span<UInt8>, seed: UInt64) -> UInt64 {
        var state = seed
        if !isWhole {
            if word.count > 32 { return Checksum.hash(word, seed: seed) }
            let second = word.load(UInt64.self, at: 8)
            let third = word.load(UInt64.self, at: word.count - 16)
            state ^= Self.fold(second ^ 0x589C_7A9D_B361_4F1B, third ^ seed)
        }
        let folded = Self.fold(first ^ 0xA076_1D64_78BD_642F ^ state, last ^ 0xE703_7ED1_A0B4_28DB)
        return Self.fold(folded ^ UInt64(size), 0x8EBC_6AF0_9C88_C6E3 ^ seed)
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return high ^ low
    }
}

/// A place in an open-addressing table of words: a word's key and a number of whoever has the
/// table, or nothing.
struct WordSlot: BitwiseCopyable {
    /// The number of a slot without a word.
    private static let noNumber = UInt32.max

    let key: WordKey
    /// Below 2^32 - 1.
    let number: UInt32

    /// A slot without a word.
    static var empty: WordSlot { WordSlot(key: WordKey([UInt8]().span), number: noNumber) }

    @inline(__always)
    var isEmpty: Bool { number == Self.noNumber }
}
