import Nostos

/// What the readers of several runs share: it turns stored blocks into entries.
struct BlockDecoder: ~Copyable {
    private let decompressor = RunDecompressor()
    private var stored: [UInt8]

    /// A decoder for blocks with up to `maxBlockSize` bytes of entries.
    init(maxBlockSize: Int) {
        stored = Array(repeating: 0, count: RunBlock.maxStoredSize(blockSize: maxBlockSize))
    }

    /// What the decoder takes.
    var size: Int { stored.count + decompressor.size }

    /// Reads the block at `offset` of the run into `target`, which has room for the run's largest
    /// block, and moves `offset` behind it; at least one entry's header is there then.
    mutating func read(
        _ block: Int, of run: SortedRun, at offset: inout Int, into target: BlockMemory
    ) throws(SortError) {
        func damaged(_ reason: String) -> SortError {
            .damaged(path: run.storage.path, offset: offset, reason: reason)
        }
        let header = RunBlock.headerSize
        guard run.range.upperBound - offset >= header else { throw damaged("cut off") }
        try run.storage.read(header, at: offset, into: &stored)
        let checksum = stored.span.word(at: 0)
        let sizes = stored.span.word(at: RunBlock.checksumSize)
        let (frameSize, entriesSize) = (Int(sizes & 0xFFFF_FFFF), Int(sizes >> 32))
        guard frameSize <= min(stored.count, run.range.upperBound - offset) - header,
            (EntryHeader.size...run.maxBlockSize).contains(entriesSize)
        else { throw damaged("impossible sizes \(frameSize) and \(entriesSize)") }
        try run.storage.read(header + frameSize, at: offset, into: &stored)
        let covered = stored.span.extracting(RunBlock.checksumSize..<header + frameSize)
        let seed = RunBlock.seed(run: run.number, block: block)
        let found = Checksum.hash(covered, seed: seed)
        guard stored.span.word(at: RunBlock.checksumSize) == sizes, found == checksum else {
            throw damaged("checksum \(Checksum.text(found)), stored \(Checksum.text(checksum))")
        }
        let frame = stored.span.extracting(header..<header + frameSize)
        guard decompressor.decompress(frame, into: &target.memory) == entriesSize else {
            throw damaged("does not decompress to \(entriesSize) bytes")
        }
        offset += header + frameSize
    }
}

/// The memory into which one reader's blocks are read.
final class BlockMemory {
    fileprivate(set) var memory: SortMemory<UInt8>

    /// Memory for a block of that size.
    init(capacity: Int) { memory = SortMemory(capacity: capacity) }
}

/// Reads one run, stored or in memory, from its first entry to its last.
///
/// What it reads is looked at through a window, since asking for the memory's owner with every entry
/// would cost more than all else.
struct RunReader {
    /// An upper bound of a reader without its block, for the accounts.
    static let size = 256
    /// How far ahead of the current entry memory is best asked for, in bytes.
    private static let prefetchDistance = 512

    /// Where the entries are that are not yet in the window, of a stored run.
    private struct Store {
        let run: SortedRun
        let memory: BlockMemory
        var offset: Int
        var blockCount = 0
    }

    private var store: Store?
    /// What keeps the window's bytes of a run in memory.
    private let block: SortedBlock?
    /// The bytes of the current block; meaningful only within `entry`.
    private(set) var window = EntryWindow.none
    /// The current entry; undefined when `isAtEnd`.
    private(set) var entry = EntryRange.none
    /// The head of the current entry's key, from behind what all keys of the merge share.
    private(set) var head: UInt64 = 0
    private(set) var isAtEnd = false
    private var entryCount = 0
    private let sharedSize: Int

    /// A reader that stands on the stored run's first entry, or at the end of an empty run.
    init(_ run: SortedRun, decoder: inout BlockDecoder?) throws(SortError) {
        let memory = BlockMemory(capacity: max(run.maxBlockSize, EntryHeader.size))
        store = Store(run: run, memory: memory, offset: run.range.lowerBound)
        (block, sharedSize) = (nil, 0)
        try load(at: 0, decoder: &decoder)
    }

    /// A reader that stands on the block's first entry; heads are those of what stands behind the
    /// first `sharedSize` bytes of keys.
    init(_ block: SortedBlock, headsFrom sharedSize: Int) {
        (self.block, self.sharedSize) = (block, sharedSize)
        window = block.window
        take(EntryRange(in: window.bytes, at: 0))
    }

    /// What the reader has for itself.
    var ownSize: Int { store?.memory.memory.capacity ?? 0 }

    /// Moves to the next entry, or to the end.
    @inline(__always)
    mutating func advance(decoder: inout BlockDecoder?) throws(SortError) {
        try load(at: entry.end, decoder: &decoder)
    }

    /// Compares the keys of the current entries: below, at or above 0.
    func compareKey(with other: RunReader) -> Int {
        window.bytes.extracting(entry.key).compare(other.window.bytes.extracting(other.entry.key))
    }

    @inline(__always)
    private mutating func load(at start: Int, decoder: inout BlockDecoder?) throws(SortError) {
        var start = start
        if start >= window.count {
            guard try loadBlock(decoder: &decoder) else { return }
            start = 0
        }
        // Checked at the border, also behind a checksum: from here on the ranges are trusted.
        guard window.count - start >= EntryHeader.size else { throw damaged("an entry is cut off") }
        let next = EntryRange(in: window.bytes, at: start)
        guard next.end <= window.count else { throw damaged("an entry is cut off") }
        take(next)
    }

    @inline(__always)
    private mutating func take(_ entry: EntryRange) {
        self.entry = entry
        entryCount += 1
        let key = entry.key.lowerBound + sharedSize..<entry.key.upperBound
        head = window.bytes.extracting(key).head
        window.prefetch(entry.start + Self.prefetchDistance)
    }

    /// Reads the next block; false, and the reader is at its end, where there is none.
    @inline(never)
    private mutating func loadBlock(decoder: inout BlockDecoder?) throws(SortError) -> Bool {
        guard var store else {
            isAtEnd = true
            return false
        }
        guard store.offset < store.run.range.upperBound else {
            guard entryCount == store.run.entryCount else {
                throw damaged("\(entryCount) entries, \(store.run.entryCount) were written")
            }
            isAtEnd = true
            return false
        }
        try decoder?.read(store.blockCount, of: store.run, at: &store.offset, into: store.memory)
        store.blockCount += 1
        window = store.memory.memory.window
        self.store = store
        return true
    }

    private func damaged(_ reason: String) -> SortError {
        guard let store else { preconditionFailure("\(reason), in memory") }
        return .damaged(path: store.run.storage.path, offset: store.offset, reason: reason)
    }
}
