/// A growing set of byte strings, each with its ordinal in order of first insertion.
///
/// The strings lie in one arena; an open-addressing table (linear probing, at most half full) of
/// hash tags and ordinals finds them, so that a string that is known costs no allocation and, most
/// often, one comparison.
struct WordSet: Sendable {
    /// What ``insert(_:)`` found.
    struct Place {
        let ordinal: Int
        let isNew: Bool
    }

    private var arena: [UInt8] = []
    private var ends: [Int] = []
    /// The upper half of the hash, then the ordinal.
    private var slots = [UInt64](repeating: Self.emptySlot, count: 64)
    /// Random, so that nobody can prepare strings that all meet in one slot.
    private let seed = UInt64.random(in: .min ... .max)

    private static let emptySlot = UInt64.max

    var count: Int { ends.count }
    /// The size of all strings together, in bytes.
    var size: Int { arena.count }

    /// The ordinal of the string, which is added if it is not there; at most 2^32 - 1 are.
    mutating func insert(_ word: Span<UInt8>) -> Place {
        let hash = Self.hash(word, seed: seed)
        let slot = slot(of: word, hash)
        if slots[slot] != Self.emptySlot {
            return Place(ordinal: Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF), isNew: false)
        }
        let ordinal = ends.count
        precondition(ordinal < Int(UInt32.max))
        slots[slot] = Self.tag(hash) | UInt64(ordinal)
        arena.append(word)
        ends.append(arena.count)
        if ends.count * 2 > slots.count { grow() }
        return Place(ordinal: ordinal, isNew: true)
    }

    /// The ordinal of the string, or nil.
    func ordinal(of word: Span<UInt8>) -> Int? {
        let found = slots[slot(of: word, Self.hash(word, seed: seed))]
        return found == Self.emptySlot ? nil : Int(truncatingIfNeeded: found & 0xFFFF_FFFF)
    }

    /// Calls `body` with the string of that ordinal.
    @inline(__always)
    func withWord<T>(_ ordinal: Int, _ body: (Span<UInt8>) -> T) -> T {
        body(arena.span.extracting(range(ordinal)))
    }

    /// Whether one string precedes another bytewise.
    func precedes(_ left: Int, _ right: Int) -> Bool {
        let arena = arena.span
        return arena.extracting(range(left)).precedes(arena.extracting(range(right)))
    }

    @inline(__always)
    private func range(_ ordinal: Int) -> Range<Int> {
        (ordinal == 0 ? 0 : ends[ordinal - 1])..<ends[ordinal]
    }

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt64 { hash & 0xFFFF_FFFF_0000_0000 }

    /// The slot of the string, or the empty one where it belongs.
    @inline(__always)
    private func slot(of word: Span<UInt8>, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != Self.emptySlot {
            if Self.tag(slots[slot]) == Self.tag(hash) {
                let found = range(Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF))
                if Self.isEqual(arena.span.extracting(found), word) { return slot }
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        var grown = [UInt64](repeating: Self.emptySlot, count: slots.count * 4)
        for ordinal in ends.indices {
            let hash = withWord(ordinal) { Self.hash($0, seed: seed) }
            var slot = Int(truncatingIfNeeded: hash) & (grown.count - 1)
            while grown[slot] != Self.emptySlot { slot = (slot + 1) & (grown.count - 1) }
            grown[slot] = Self.tag(hash) | UInt64(ordinal)
        }
        slots = grown
    }

    /// A hash that costs least for short strings: two loads and one folded 128-bit multiplication
    /// for each 16 bytes up to 32, as wyhash has it (Wang Yi, 2019, public domain); longer ones are
    /// XXH3's.
    @inline(__always)
    static func hash(_ word: Span<UInt8>, seed: UInt64) -> UInt64 {
        let count = word.count
        var state = seed
        var (first, last): (UInt64, UInt64)
        switch count {
        case 33...: return Checksum.hash(word, seed: seed)
        case 8...:
            (first, last) = (word.load(UInt64.self, at: 0), word.load(UInt64.self, at: count - 8))
            if count > 16 {
                let (second, third) = (
                    word.load(UInt64.self, at: 8), word.load(UInt64.self, at: count - 16)
                )
                state ^= fold(second ^ 0x589C_7A9D_B361_4F1B, third ^ seed)
            }
        case 4...:
            first = UInt64(word.load(UInt32.self, at: 0))
            last = UInt64(word.load(UInt32.self, at: count - 4))
        case 1...:
            first = UInt64(word[0]) << 16 | UInt64(word[count / 2]) << 8 | UInt64(word[count - 1])
            last = 0
        default: (first, last) = (0, 0)
        }
        let folded = fold(first ^ 0xA076_1D64_78BD_642F ^ state, last ^ 0xE703_7ED1_A0B4_28DB)
        return fold(folded ^ UInt64(count), 0x8EBC_6AF0_9C88_C6E3 ^ seed)
    }

    /// Whether both hold the same bytes: loads that overlap for up to 32, since a call of `memcmp`
    /// costs as much as all else.
    @inline(__always)
    static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        let count = left.count
        guard count == right.count else { return false }
        func differs(at offset: Int) -> UInt64 {
            left.load(UInt64.self, at: offset) ^ right.load(UInt64.self, at: offset)
        }
        switch count {
        case 33...: return left.elementsEqual(right)
        case 17...:
            return differs(at: 0) | differs(at: 8) | differs(at: count - 16)
                | differs(at: count - 8) == 0
        case 8...: return differs(at: 0) | differs(at: count - 8) == 0
        default:
            for index in 0..<count where left[index] != right[index] { return false }
            return true
        }
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return high ^ low
    }
}
