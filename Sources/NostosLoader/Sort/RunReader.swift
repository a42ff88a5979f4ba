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

    /// Reads the block at `offset` of the run into `target`, which has the size of the run's
    /// largest block, and moves `offset` behind it.
    ///
    /// - Returns: how many bytes of entries there are; at least one entry's header.
    mutating func read(
        _ block: Int, of run: SortedRun, at offset: inout Int, into target: inout [UInt8]
    ) throws(SortError) -> Int {
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
        guard decompressor.decompress(frame, into: &target) == entriesSize else {
            throw damaged("does not decompress to \(entriesSize) bytes")
        }
        offset += header + frameSize
        return entriesSize
    }
}

/// Reads one run from its first entry to its last; its memory is one block.
struct RunReader {
    /// An upper bound of a reader without its block, for the accounts.
    static let size = 256

    private let run: SortedRun
    private var offset: Int
    private var blockCount = 0
    private var entryCount = 0
    private var limit = 0
    /// The current block; its bytes are meaningful only within `entry`.
    private(set) var block: [UInt8]
    /// The current entry; undefined when `isAtEnd`.
    private(set) var entry = EntryRange.none
    /// The head of the current entry's key.
    private(set) var head: UInt64 = 0
    private(set) var isAtEnd = false

    /// A reader that stands on the run's first entry, or at the end of an empty run.
    init(_ run: SortedRun, decoder: inout BlockDecoder) throws(SortError) {
        self.run = run
        offset = run.range.lowerBound
        block = Array(repeating: 0, count: max(run.maxBlockSize, EntryHeader.size))
        try load(at: 0, decoder: &decoder)
    }

    /// What the block takes.
    var blockCapacity: Int { block.count }

    /// Moves to the next entry, or to the end.
    mutating func advance(decoder: inout BlockDecoder) throws(SortError) {
        try load(at: entry.end, decoder: &decoder)
    }

    /// Compares the current entries by key, then by generator: below, at or above 0.
    func compareEntry(with other: RunReader) -> Int {
        let order = block.span.extracting(entry.key)
            .compare(other.block.span.extracting(other.entry.key))
        return order != 0 ? order : entry.header.generator - other.entry.header.generator
    }

    private mutating func load(at start: Int, decoder: inout BlockDecoder) throws(SortError) {
        var start = start
        if start >= limit {
            guard offset < run.range.upperBound else { return try end() }
            limit = try decoder.read(blockCount, of: run, at: &offset, into: &block)
            blockCount += 1
            start = 0
        }
        // Checked at the border, also behind a checksum: from here on the ranges are trusted.
        guard limit - start >= EntryHeader.size else { throw damaged("an entry is cut off") }
        entry = EntryRange(in: block.span, at: start)
        guard entry.end <= limit else { throw damaged("an entry is cut off") }
        head = block.span.extracting(entry.key).head
        entryCount += 1
    }

    private mutating func end() throws(SortError) {
        guard entryCount == run.entryCount else {
            throw damaged("\(entryCount) entries, \(run.entryCount) were written")
        }
        isAtEnd = true
    }

    private func damaged(_ reason: String) -> SortError {
        .damaged(path: run.storage.path, offset: offset, reason: reason)
    }
}
