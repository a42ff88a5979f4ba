import Nostos

/// The merge's cursor over one run: the current entry and its comparison key.
///
/// Reads one entry ahead: the comparison key of the next one is there when the tree asks for it,
/// and no comparison waits for memory. It reads through a window, since a reference to the memory's
/// owner for every entry would cost more than all else.
struct EntryStream: BitwiseCopyable {
    /// The distance ahead of the next entry at which memory is prefetched, in bytes: the lines
    /// prefetched for dozens of streams must stay in the nearest cache until they are read.
    private static let prefetchDistance = 192

    /// The bytes of the current block; meaningful only within entries.
    private(set) var window = EntryWindow.none
    /// The current entry; undefined at the end.
    private(set) var entry = EntryRange.none
    /// The current entry as a number.
    private(set) var contestant = Int128.ended
    /// The entry after the current one, if the block has it whole.
    private var next: EntryRange?
    private var nextContestant = Int128.ended
    /// Entries that were current so far, the current one as well.
    private(set) var entryCount = 0
    private let ordinal: Int
    /// The size of the prefix that all keys share; the head of a key is the bytes after it.
    private let sharedSize: Int

    /// A stream without entries, that of the reader with that ordinal.
    init(_ ordinal: Int, headsFrom sharedSize: Int) {
        (self.ordinal, self.sharedSize) = (ordinal, sharedSize)
    }

    /// Whether the current entry is the block's last, or there was no block yet.
    var isAtBlockEnd: Bool { entryCount == 0 || entry.end == window.count }

    /// Moves to the next entry of the block; false, and nothing was done, where there is none.
    @inline(__always)
    mutating func advance() -> Bool {
        guard let next else { return false }
        (entry, contestant) = (next, nextContestant)
        entryCount += 1
        look(at: next.end)
        return true
    }

    /// Moves to the first entry of a block; false where there is none.
    mutating func begin(_ window: EntryWindow) -> Bool {
        self.window = window
        look(at: 0)
        return advance()
    }

    /// Moves after all entries.
    mutating func end() { contestant = .ended }

    /// Reads the entry that comes next.
    @inline(__always)
    private mutating func look(at start: Int) {
        // Checked at the border, although the checksum was right: from here on the ranges are
        // trusted.
        let bytes = window.bytes
        next = nil
        guard bytes.count - start >= EntryHeader.size else { return }
        let entry = EntryRange(in: bytes, at: start)
        guard entry.end <= bytes.count else { return }
        let key = entry.key.lowerBound + sharedSize..<entry.key.upperBound
        nextContestant = Int128(
            head: bytes.extracting(key).head, generator: entry.header.generator, ordinal)
        next = entry
        window.prefetch(start + Self.prefetchDistance)
    }

    /// Compares the keys of the current entries: below, at or above 0.
    func compareKey(with other: EntryStream) -> Int {
        window.bytes.extracting(entry.key).compare(other.window.bytes.extracting(other.entry.key))
    }
}

// A contestant: the head of the current entry's key, its generator, the ordinal of the stream, in
// 64, 16 and 32 bits. Of entries whose heads are their keys the smallest number is the first.
extension Int128 {
    /// The value that sorts after all entries.
    static var ended: Int128 { .max }

    @inline(__always)
    fileprivate init(head: UInt64, generator: Int, _ ordinal: Int) {
        self = Int128(head) &<< 48 | Int128(UInt64(generator) << 32 | UInt64(ordinal))
    }

    /// The head of the entry's key.
    @inline(__always)
    var head: UInt64 { UInt64(truncatingIfNeeded: self &>> 48) }
    /// The stream's ordinal; no stream has that of what has ended.
    @inline(__always)
    var ordinal: Int { Int(truncatingIfNeeded: self & 0xFFFF_FFFF) }
    @inline(__always)
    var isEnded: Bool { ordinal == Self.ended.ordinal }
}
