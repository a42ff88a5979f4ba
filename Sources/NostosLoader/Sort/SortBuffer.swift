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
    /// How many entries are touched together.
    static let touchCount = 16

    private(set) var bytes: [UInt8] = []
    private(set) var references: [Reference] = []
    private(set) var maxEntrySize = 0
    private(set) var isSorted = true
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

    /// What entries, references and their sorting take.
    var size: Int { bytes.count + references.count * SortLayout.referenceSize }

    /// Appends one entry; the caller has checked that it fits.
    mutating func append(key: Span<UInt8>, generator: Int, payload: Span<UInt8>) {
        let offset = bytes.count
        sharedSize = references.isEmpty ? key.count : key.sharedSize(with: sharedPrefix)
        let header = EntryHeader(
            keySize: key.count, generator: generator, payloadSize: payload.count)
        // Unsafe: the pointer to the word is used only inside the closure. Byte by byte this
        // append was the dearest part of adding a row.
        unsafe withUnsafeBytes(of: header.word.littleEndian) { word in
            unsafe bytes.append(contentsOf: word)
        }
        bytes.append(key)
        bytes.append(payload)
        maxEntrySize = max(maxEntrySize, header.entrySize)
        headsAreKeys = headsAreKeys && key.count == 8
        let reference = Reference(head: key.head, generator: generator, offset: offset)
        if isSorted, let last = references.last {
            isSorted = !Self.precedes(reference, last, in: bytes.span, headsAreKeys: headsAreKeys)
        }
        references.append(reference)
    }

    /// Puts the references in order.
    ///
    /// O(n) when the entries came in order or in a few ascending
    /// stretches, as from generators that are each sorted; else O(n log n).
    mutating func sort() {
        guard !isSorted else { return }
        if !headsAreKeys && sharedSize > 0 { moveHeads() }
        let bytes = bytes
        let headsAreKeys = headsAreKeys
        references.sort { left, right in
            Self.precedes(left, right, in: bytes.span, headsAreKeys: headsAreKeys)
        }
        isSorted = true
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
        (maxEntrySize, isSorted, headsAreKeys, sharedSize) = (0, true, true, 0)
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
