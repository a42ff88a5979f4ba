/// A growing set of byte strings, each with its ordinal in order of first insertion.
///
/// The strings lie in one arena; an open-addressing table (linear probing, at most half full) of
/// ``WordSlot``s finds them, so that a string that is known costs no allocation and, most often,
/// one look.
struct WordSet: Sendable {
    /// The result of ``insert(_:)``.
    struct Place {
        let ordinal: Int
        let isNew: Bool
    }

    private var arena: [UInt8] = []
    private var ends: [Int] = []
    /// Each word's slot has its ordinal.
    private var slots = [WordSlot](repeating: .empty, count: 64)
    /// Random, so that nobody can prepare strings that all meet in one slot.
    private let seed = UInt64.random(in: .min ... .max)

    var count: Int { ends.count }
    /// The size of all strings together, in bytes.
    var size: Int { arena.count }

    /// The ordinal of the string, which is added if it is not there; at most 2^32 - 1 are.
    mutating func insert(_ word: Span<UInt8>) -> Place { insert(word, hash: hash(word)) }

    /// The string's hash in this set and in copies of it.
    @inline(__always)
    func hash(_ word: Span<UInt8>) -> UInt64 { WordKey(word).hash(word, seed: seed) }

    /// Asks for the memory of the slot where a string with that hash would be, which will be looked
    /// for soon.
    @inline(__always)
    func prefetch(hash: UInt64) {
        let slots = slots.span
        Prefetch.element(Int(truncatingIfNeeded: hash) & (slots.count - 1), of: slots)
    }

    /// As ``insert(_:)``, of a string with that hash.
    @inline(__always)
    mutating func insert(_ word: Span<UInt8>, hash: UInt64) -> Place {
        let key = WordKey(word)
        let slot = slot(of: word, key, hash)
        let found = slots[slot]
        if !found.isEmpty { return Place(ordinal: Int(found.number), isNew: false) }
        return Place(ordinal: add(word, key, in: slot), isNew: true)
    }

    /// Adds a string that is not there; gives its ordinal.
    @inline(never)
    private mutating func add(_ word: Span<UInt8>, _ key: WordKey, in slot: Int) -> Int {
        let ordinal = ends.count
        precondition(ordinal < Int(UInt32.max))
        slots[slot] = WordSlot(key: key, number: UInt32(ordinal))
        arena.append(word)
        ends.append(arena.count)
        if ends.count * 2 > slots.count { grow() }
        return ordinal
    }

    /// The ordinal of the string, or nil.
    func ordinal(of word: Span<UInt8>) -> Int? {
        let found = slots[slot(of: word, WordKey(word), hash(word))]
        return found.isEmpty ? nil : Int(found.number)
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

    /// The slot of the string, or the empty one where it belongs.
    @inline(__always)
    private func slot(of word: Span<UInt8>, _ key: WordKey, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let found = slots[slot]
            if found.isEmpty || found.key == key && (key.isWhole || isWord(found.number, word)) {
                return slot
            }
            slot = (slot + 1) & mask
        }
    }

    /// Whether the string of that ordinal is that one.
    @inline(never)
    private func isWord(_ ordinal: UInt32, _ word: Span<UInt8>) -> Bool {
        withWord(Int(ordinal)) { $0.elementsEqual(word) }
    }

    private mutating func grow() {
        var grown = [WordSlot](repeating: .empty, count: slots.count * 2)
        for ordinal in ends.indices {
            let (key, hash) = withWord(ordinal) { (WordKey($0), self.hash($0)) }
            var slot = Int(truncatingIfNeeded: hash) & (grown.count - 1)
            while !grown[slot].isEmpty { slot = (slot + 1) & (grown.count - 1) }
            grown[slot] = WordSlot(key: key, number: UInt32(ordinal))
        }
        slots = grown
    }
}
