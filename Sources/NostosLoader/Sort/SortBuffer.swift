import Nostos

/// A stand-in for an entry while it is sorted: 16 bytes, of which most comparisons need only the
/// first 8.
struct Reference: BitwiseCopyable {
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

    /// Whether the head comes first, or of equal heads the rank.
    @inline(__always)
    func precedes(_ other: Reference) -> Bool {
        head != other.head ? head < other.head : rank < other.rank
    }
}

/// Some entries while they are collected, in arrival order, and then their sorted order.
///
/// Both parts have all their memory from the start, and keep it, so that neither is ever copied to
/// grow.
struct SortBuffer: ~Copyable {
    /// The distance ahead of those being read at which the memory of sorted entries is prefetched.
    static let prefetchDistance = 16

    private var memory: SortMemory<UInt8>
    private var references: SortMemory<Reference>
    private(set) var maxEntrySize = 0
    /// Whether no entry came that precedes the one before it.
    private(set) var isSorted = true
    /// Whether the sorted order is that in which the entries lie.
    private(set) var isInPlace = true
    private var last: Reference?
    /// The average size of an entry, from its first byte to its last.
    private var meanReach = 0
    /// Whether every key is exactly 8 bytes, its head: equal heads are then equal keys.
    private(set) var headsAreKeys = true
    /// The number of bytes with which all keys begin.
    private var sharedSize = 0

    /// A buffer that takes up to `capacity` bytes.
    init(capacity: Int) {
        memory = SortMemory(capacity: capacity)
        references = SortMemory(capacity: capacity / (EntryHeader.size + Reference.size) + 1)
    }

    var count: Int { references.count }
    /// The memory of the entries, without references.
    var byteCount: Int { memory.count }

    /// The entries, one after the other in the order of arrival.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get { memory.span }
    }

    /// The memory of entries and references, and of their sorting.
    var size: Int { memory.count + references.count * referenceSize }

    /// The memory of one reference and its sorting: the standard library's Timsort, which sorts
    /// those of equal heads, has a second array of half the elements.
    var referenceSize: Int { headsAreKeys ? Reference.size : Reference.size * 3 / 2 }

    /// Appends one whole entry; the caller has checked that it fits.
    @inline(__always)
    mutating func append(_ entry: Span<UInt8>) {
        let offset = memory.count
        let place = EntryRange(in: entry, at: 0)
        let head: UInt64
        if headsAreKeys && place.header.keySize == 8 {
            head = entry.word(at: EntryHeader.size).byteSwapped
        } else {
            head = headOfUneven(entry.extracting(place.key))
        }
        memory.append(entry)
        maxEntrySize = max(maxEntrySize, entry.count)
        let reference = Reference(
            head: head, generator: place.header.generator, offset: offset)
        if isSorted, let last, !follows(last, reference) { isSorted = false }
        last = reference
        references.append(reference)
    }

    /// The head of a key that is not of 8 bytes, or comes after one that is not.
    @inline(never)
    private mutating func headOfUneven(_ key: Span<UInt8>) -> UInt64 {
        if headsAreKeys, references.count > 0 { sharedSize = sharedSizeOfAll }
        sharedSize = references.count == 0 ? key.count : key.sharedSize(with: sharedPrefix)
        headsAreKeys = false
        return key.head
    }

    /// The size of the common prefix of keys that were all of 8 bytes.
    private var sharedSizeOfAll: Int {
        let references = references.span
        var differing: UInt64 = 0
        for index in references.indices { differing |= references[index].head ^ references[0].head }
        return differing.leadingZeroBitCount / 8
    }

    /// Whether an entry that comes after another one does not precede it.
    @inline(__always)
    private func follows(_ previous: Reference, _ reference: Reference) -> Bool {
        if previous.head != reference.head { return previous.head < reference.head }
        return headsAreKeys
            ? previous.rank < reference.rank : !Self.precedes(reference, previous, in: memory.span)
    }

    /// Puts the references in order.
    ///
    /// O(1) when the entries came in order; O(n) passes over the heads' bits otherwise, and
    /// O(m log m) for each m keys with the same head.
    mutating func sort() {
        meanReach = max(0, memory.count / max(1, count) - 1)
        guard !isSorted else { return }
        isInPlace = false
        if !headsAreKeys && sharedSize > 0 {
            Self.moveHeads(&references, behind: sharedSize, memory)
        }
        Self.sortHeads(&references)
        if !headsAreKeys { Self.sortEqualHeads(&references, memory) }
        isSorted = true
    }

    private static func sortHeads(_ memory: inout SortMemory<Reference>) {
        var references = memory.mutableSpan
        HeadSort.sort(&references)
    }

    /// Sorts the stretches of equal heads by their keys.
    private static func sortEqualHeads(
        _ memory: inout SortMemory<Reference>, _ entries: borrowing SortMemory<UInt8>
    ) {
        let bytes = entries.span
        var references = memory.mutableSpan
        var start = 0
        while start < references.count {
            let head = references[start].head
            var end = start + 1
            while end < references.count, references[end].head == head { end += 1 }
            if end - start > 1 {
                references.sort(start..<end) { precedes($0, $1, in: bytes) }
            }
            start = end
        }
    }

    /// The prefix of all keys: the start of the first.
    private var sharedPrefix: Span<UInt8> {
        @_lifetime(borrow self) get {
            memory.span.extracting(EntryHeader.size..<EntryHeader.size + sharedSize)
        }
    }

    /// Takes the heads from after the common prefix of all keys: keys such as `user-00000017` would
    /// otherwise have one head, and every comparison would wait for two entries.
    private static func moveHeads(
        _ memory: inout SortMemory<Reference>, behind sharedSize: Int,
        _ entries: borrowing SortMemory<UInt8>
    ) {
        let bytes = entries.span
        var references = memory.mutableSpan
        for index in references.indices {
            let reference = references[index]
            let key = EntryRange(in: bytes, at: reference.offset).key
            references[index] = Reference(
                head: bytes.extracting(key.lowerBound + sharedSize..<key.upperBound).head,
                rank: reference.rank)
        }
    }

    /// Asks for the memory of the entry with that ordinal, if there is one, which will be read
    /// soon.
    ///
    /// Sorted entries lie anywhere, nearly half of them across two cache lines. Reading that waits
    /// for none of them overlaps their misses.
    @inline(__always)
    func prefetch(_ index: Int) {
        guard index < references.count else { return }
        let offset = references.span[index].offset
        memory.prefetch(offset)
        memory.prefetch(offset + meanReach)
    }

    /// The place in `bytes` of the entry with that ordinal.
    @inline(__always)
    func range(at index: Int) -> EntryRange {
        EntryRange(in: memory.span, at: references.span[index].offset)
    }

    /// Empties the buffer; its memory stays.
    mutating func removeAll() {
        memory.removeAll()
        references.removeAll()
        (maxEntrySize, sharedSize, last) = (0, 0, nil)
        (isSorted, isInPlace, headsAreKeys) = (true, true, true)
    }

    /// Frees the buffer's memory.
    mutating func release() {
        self = SortBuffer(capacity: 0)
    }

    private static func precedes(
        _ left: Reference, _ right: Reference, in bytes: Span<UInt8>
    ) -> Bool {
        if left.head != right.head { return left.head < right.head }
        let order = bytes.extracting(EntryRange(in: bytes, at: left.offset).key)
            .compare(bytes.extracting(EntryRange(in: bytes, at: right.offset).key))
        return order != 0 ? order < 0 : left.rank < right.rank
    }
}
