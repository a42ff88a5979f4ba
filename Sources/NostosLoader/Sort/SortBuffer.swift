import Nostos

/// What is sorted in place of an entry: 16 bytes, most comparisons need only the first 8.
struct Reference {
    static let size = 16
    private static let offsetBits = 48

    /// The head of the entry's key.
    let head: UInt64
    /// The generator's ordinal, and below it the entry's offset, which ascends with arrival.
    let rank: UInt64

    init(head: UInt64, rank: UInt64) {
        self.head = head
        self.rank = rank
    }

    init(head: UInt64, generator: Int, offset: Int) {
        self.head = head
        rank = UInt64(generator) << Self.offsetBits | UInt64(offset)
    }

    var offset: Int { Int(rank & (1 << Self.offsetBits - 1)) }
}

/// The entries of one run while they are collected, in arrival order, and then their sorted order.
///
/// Both arrays reserve their whole address range at once, so that neither is ever copied to grow;
/// memory is taken page by page as entries come.
struct SortBuffer: ~Copyable {
    /// Up to this many ascending stretches, and one more, are merged rather than sorted.
    private static let maxDescentCount = 8
    /// How many entries are touched together.
    static let touchCount = 16

    private(set) var bytes: [UInt8] = []
    private(set) var references: [Reference] = []
    private(set) var maxEntrySize = 0
    /// How often an entry came that precedes the one before it.
    private var descentCount = 0
    /// Whether generators came in their order, so that arrival is the order of ranks.
    private var ranksAscend = true
    /// Whether every key is exactly 8 bytes, its head: equal heads are then equal keys.
    private var headsAreKeys = true
    /// How many bytes all keys begin with in common.
    private var sharedSize = 0

    /// A buffer that takes up to `capacity` bytes.
    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
        references.reserveCapacity(
            capacity / (EntryHeader.size + SortLayout.referenceSize) + 1)
    }

    var count: Int { references.count }

    /// Whether the entries came in order, or were put so.
    var isSorted: Bool { descentCount == 0 }

    /// What entries, references and their sorting take.
    var size: Int { bytes.count + references.count * SortLayout.referenceSize }

    /// Appends one whole entry; the caller has checked that it fits.
    mutating func append(_ entry: Span<UInt8>) {
        let offset = bytes.count
        let place = EntryRange(in: entry, at: 0)
        let key = entry.extracting(place.key)
        sharedSize = references.isEmpty ? key.count : key.sharedSize(with: sharedPrefix)
        bytes.append(entry)
        maxEntrySize = max(maxEntrySize, entry.count)
        headsAreKeys = headsAreKeys && key.count == 8
        let reference = Reference(
            head: key.head, generator: place.header.generator, offset: offset)
        if descentCount <= Self.maxDescentCount, let last = references.last {
            if Self.precedes(reference, last, in: bytes.span, headsAreKeys: headsAreKeys) {
                descentCount += 1
            }
        }
        if let last = references.last, last.rank > reference.rank { ranksAscend = false }
        references.append(reference)
    }

    /// Puts the references in order.
    ///
    /// O(n) when the entries came in order or in a few ascending stretches, as from generators that
    /// are each sorted; O(n) passes over the heads' bytes otherwise, and O(m log m) for each m keys
    /// with the same head.
    mutating func sort() {
        guard descentCount > 0 else { return }
        if !headsAreKeys && sharedSize > 0 { moveHeads() }
        if descentCount <= Self.maxDescentCount || !ranksAscend {
            sort(references.indices)
        } else {
            HeadSort.sort(&references)
            if !headsAreKeys { sortEqualHeads() }
        }
        descentCount = 0
    }

    /// Sorts a part of the references by comparing keys.
    private mutating func sort(_ range: Range<Int>) {
        let bytes = bytes
        let headsAreKeys = headsAreKeys
        references[range].sort { left, right in
            Self.precedes(left, right, in: bytes.span, headsAreKeys: headsAreKeys)
        }
    }

    /// Sorts the stretches of equal heads, which stand in the order of arrival.
    private mutating func sortEqualHeads() {
        var start = 0
        while start < references.count {
            let head = references[start].head
            var end = start + 1
            while end < references.count, references[end].head == head { end += 1 }
            if end - start > 1 { sort(start..<end) }
            start = end
        }
    }

    /// What all keys begin with: the start of the first.
    private var sharedPrefix: Span<UInt8> {
        @_lifetime(borrow self) get {
            bytes.span.extracting(EntryHeader.size..<EntryHeader.size + sharedSize)
        }
    }

    /// Takes the heads from behind what all keys have in common: `user-00000017` and its like
    /// would otherwise have one head, and every comparison would wait for two entries.
    private mutating func moveHeads() {
        for index in references.indices {
            let reference = references[index]
            let key = EntryRange(in: bytes.span, at: reference.offset).key
            references[index] = Reference(
                head: bytes.span.extracting(key.lowerBound + sharedSize..<key.upperBound).head,
                rank: reference.rank)
        }
    }

    /// Touches the entries of those ordinals, as far as there are so many.
    ///
    /// Sorted entries lie anywhere in memory. Loads that do not wait for each other overlap their
    /// cache misses, so that touching a batch before it is read costs about one miss, not one each.
    ///
    /// - Returns: a number to keep, so that the loads are not optimised away.
    func touch(_ indices: Range<Int>) -> UInt64 {
        let bytes = bytes.span
        var sum: UInt64 = 0
        for index in indices.clamped(to: references.indices) {
            sum &+= bytes.word(at: references[index].offset)
        }
        return sum
    }

    /// The place in `bytes` of the entry with that ordinal.
    func range(at index: Int) -> EntryRange {
        EntryRange(in: bytes.span, at: references[index].offset)
    }

    /// Empties the buffer and keeps its memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        references.removeAll(keepingCapacity: true)
        (maxEntrySize, descentCount, sharedSize) = (0, 0, 0)
        (ranksAscend, headsAreKeys) = (true, true)
    }

    /// Gives the buffer's memory back.
    mutating func release() {
        self = SortBuffer(capacity: 0)
    }

    @inline(__always)
    private static func precedes(
        _ left: Reference, _ right: Reference, in bytes: Span<UInt8>, headsAreKeys: Bool
    ) -> Bool {
        if left.head != right.head { return left.head < right.head }
        if !headsAreKeys {
            let order = bytes.extracting(EntryRange(in: bytes, at: left.offset).key)
                .compare(bytes.extracting(EntryRange(in: bytes, at: right.offset).key))
            if order != 0 { return order < 0 }
        }
        return left.rank < right.rank
    }
}
