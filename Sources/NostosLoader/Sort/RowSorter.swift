import Nostos
public import SystemPackage

/// Sorts entries by key, then generator, then arrival, in bounded memory.
///
/// A few megabytes of entries at a time are sorted in memory into a block (see ``SortedBlock``),
/// and the blocks are merged at the end. Before they no longer fit, the older half of them is
/// spilled as sorted runs to scratch files, compressed and checksummed (Knuth, The Art of Computer
/// Programming 3, section 5.4), while entries go on coming. Scratch files have no name, so that
/// nothing remains however the sorter ends.
///
/// Not thread-safe; it has a thread of its own for writing runs.
public struct RowSorter: ~Copyable {
    /// The least memory, in bytes.
    public static let minMemory = SortLayout.minMemory

    private let layout: SortLayout
    private let makeStorage: () throws(SortError) -> any SortedRunStorage
    /// The newest entries, in no order.
    private var buffer: SortBuffer
    /// The entries before those, in the order of arrival, each block sorted.
    private var blocks: [SortedBlock] = []
    private var blocksSize = 0
    /// The entries before those, on their way to the disk.
    private var spill: Spill?
    private let sortSize: Int
    /// The storage to which runs are spilled, from the first spill on.
    private var storage: (any SortedRunStorage)?
    private var runs: [SortedRun] = []
    /// The limit for the entries in memory, those on their way to the disk too, and for the largest
    /// of them.
    private var limit: Int
    private var maxEntrySize = 0
    private(set) var statistics = Statistics()

    /// The statistics of a sorter.
    struct Statistics: Equatable {
        /// Entries added.
        var entryCount = 0
        /// Runs begun, those of merge passes included.
        var runCount = 0
        /// Merges before the last one.
        var mergeCount = 0
        /// The most memory that was taken at one time, in bytes.
        var peakSize = 0
    }

    /// A sorter that uses at most `memory` bytes and spills to that directory.
    ///
    /// - Throws: ``SortError/tooLittleMemory(given:minimum:)`` below ``minMemory``.
    public init(directory: FilePath, memory: Int) throws(SortError) {
        self.init(layout: try SortLayout(memory: memory)) { () throws(SortError) in
            try SortedRunFile(in: directory)
        }
    }

    /// A sorter over any storage: one is made for what is spilled, and one for each merge pass;
    /// none is written by two threads, nor while it is read.
    init(layout: SortLayout, makeStorage: @escaping () throws(SortError) -> any SortedRunStorage) {
        self.layout = layout
        self.makeStorage = makeStorage
        limit = layout.bufferSize(maxEntrySize: 0)
        sortSize = layout.sortSize
        buffer = SortBuffer(capacity: sortSize)
    }

    /// Adds one entry.
    ///
    /// - Parameters:
    ///   - key: up to `KeySchema.maxSize` bytes in their order-preserving form.
    ///   - generator: the ordinal of the generator, 0 to 65,535.
    ///   - payload: any bytes.
    /// - Throws: ``SortError``; the sorter cannot be used afterwards.
    public mutating func add(
        key: Span<UInt8>, generator: Int, payload: Span<UInt8>
    ) throws(SortError) {
        var entry: [UInt8] = []
        let header = EntryHeader(
            keySize: key.count, generator: generator, payloadSize: payload.count)
        entry.append(littleEndian: header.word)
        entry.append(key)
        entry.append(payload)
        try add(entry: entry.span)
    }

    /// Adds one whole entry.
    ///
    /// - Throws: ``SortError``; the sorter cannot be used afterwards.
    @inline(__always)
    mutating func add(entry: Span<UInt8>) throws(SortError) {
        let size = entry.count
        if size > maxEntrySize || buffer.size + buffer.referenceSize + size > sortSize {
            guard try !place(entry) else { return }
        }
        buffer.append(entry)
        statistics.entryCount += 1
    }

    /// Makes room for an entry that is larger than all before it, or for which there is no room
    /// beside them; true when it has become a block of its own.
    @inline(never)
    private mutating func place(_ entry: Span<UInt8>) throws(SortError) -> Bool {
        let size = entry.count
        guard size <= layout.maxEntrySize else {
            throw .entryTooLarge(size: size, limit: layout.maxEntrySize)
        }
        if buffer.size + buffer.referenceSize + size > sortSize { try makeBlock() }
        if size > maxEntrySize {
            try makeRoom(for: 0, below: layout.bufferSize(maxEntrySize: size))
            raise(maxEntrySize: size)
        }
        guard size + buffer.referenceSize > sortSize else { return false }
        try makeRoom(for: size, below: limit)
        try keep(SortedBlock(entry))
        statistics.entryCount += 1
        return true
    }

    /// Sorts the entries that came last into a block.
    private mutating func makeBlock() throws(SortError) {
        guard buffer.count > 0 else { return }
        buffer.sort()
        try makeRoom(for: buffer.byteCount, below: limit)
        try keep(SortedBlock(buffer))
        buffer.removeAll()
    }

    /// The memory of entries and references now.
    private var size: Int { (spill?.size ?? 0) + blocksSize + buffer.size }

    /// Waits for what is being spilled where a block of that size would be too much, and spills the
    /// others too where it still is.
    private mutating func makeRoom(for blockSize: Int, below limit: Int) throws(SortError) {
        if size + blockSize > limit { try awaitSpill() }
        if size + blockSize > limit { try spillAll() }
    }

    /// Adds a block to those in memory, and begins to spill the older half when they take three
    /// quarters of it: the last quarter is for what comes meanwhile.
    ///
    /// Less at a time would be more runs, which cost more in the end than is kept from the disk.
    private mutating func keep(_ block: SortedBlock) throws(SortError) {
        blocks.append(block)
        blocksSize += block.size
        raise(maxEntrySize: block.maxEntrySize)
        note(size)
        if let spill, spill.isDone { try awaitSpill() }
        if spill == nil, size > limit / 4 * 3 { try beginSpill((blocks.count + 1) / 2) }
    }

    private mutating func raise(maxEntrySize size: Int) {
        guard size > maxEntrySize else { return }
        (maxEntrySize, limit) = (size, layout.bufferSize(maxEntrySize: size))
    }

    /// Notes what is held, to which a spill's writer will be added.
    private mutating func note(_ size: Int) {
        spill?.peakSize.raise(to: size)
        statistics.peakSize.raise(to: size)
    }

    /// Ends the adding and returns all entries in order.
    ///
    /// - Throws: ``SortError``.
    /// - Complexity: O(n log n).
    public consuming func finish() throws(SortError) -> MergedEntries {
        try makeBlock()
        buffer.release()
        try awaitSpill()
        // What is in memory stays there, unless merging the runs, or what is done with the entries
        // meanwhile, takes the room.
        let fanIn = layout.fanIn(maxEntrySize: runs.map(\.maxEntrySize).max() ?? 0)
        let isFull = blocksSize + layout.mergeSize(of: runs) > layout.mergeLimit
        if !runs.isEmpty, isFull || runs.count > fanIn { try spillAll() }
        storage = nil
        try mergeUntilOnePassIsLeft()
        return try MergedEntries(runs: runs, blocks: blocks, statistics: statistics)
    }

    /// Begins to write the oldest blocks as a run.
    private mutating func beginSpill(_ count: Int) throws(SortError) {
        let spilled = Array(blocks[..<count])
        let maxEntrySize = spilled.map(\.maxEntrySize).max() ?? 0
        let writer = makeWriter(try spillStorage(), maxEntrySize: maxEntrySize)
        let spill = Spill(spilled, writer: writer, peakSize: size)
        self.spill = spill
        blocks.removeFirst(count)
        blocksSize -= spill.size
    }

    private mutating func spillStorage() throws(SortError) -> any SortedRunStorage {
        if let storage { return storage }
        let made = try makeStorage()
        storage = made
        return made
    }

    /// Waits for the spill, if there is one.
    private mutating func awaitSpill() throws(SortError) {
        guard let spill else { return }
        runs.append(try spill.wait())
        self.spill = nil
        statistics.peakSize.raise(to: spill.peakSize)
        maxEntrySize = blocks.reduce(buffer.maxEntrySize) { max($0, $1.maxEntrySize) }
        limit = layout.bufferSize(maxEntrySize: maxEntrySize)
    }

    /// Writes all blocks in memory.
    private mutating func spillAll() throws(SortError) {
        guard !blocks.isEmpty else { return }
        try beginSpill(blocks.count)
        try awaitSpill()
    }

    /// Merges neighbouring runs into longer ones until one merge can take all that are left.
    ///
    /// Only neighbours are merged, so that arrival order is kept, and only the needed number: for
    /// one run too many, two runs are merged. Each pass goes from the first run to the last into a
    /// storage of its own; the storage of an earlier pass is freed with its last run.
    private mutating func mergeUntilOnePassIsLeft() throws(SortError) {
        let fanIn = layout.fanIn(maxEntrySize: runs.map(\.maxEntrySize).max() ?? 0)
        while runs.count > fanIn {
            let target = try makeStorage()
            var start = 0
            while runs.count > fanIn, start + 1 < runs.count {
                let count = min(fanIn, runs.count - fanIn + 1, runs.count - start)
                let merged = try merge(runs[start..<start + count], into: target)
                runs.replaceSubrange(start..<start + count, with: [merged])
                start += 1
            }
        }
    }

    private mutating func merge(
        _ runs: ArraySlice<SortedRun>, into target: any SortedRunStorage
    ) throws(SortError) -> SortedRun {
        let maxEntrySize = runs.map(\.maxEntrySize).max() ?? 0
        var writer = makeWriter(target, maxEntrySize: maxEntrySize)
        var merge = try SortedRunMerge(runs, blocks: [])
        while try merge.next() { try writer.append(merge.bytes) }
        let run = try writer.finish()
        statistics.mergeCount += 1
        statistics.peakSize.raise(to: merge.size + writer.size)
        return run
    }

    private mutating func makeWriter(
        _ storage: any SortedRunStorage, maxEntrySize: Int
    ) -> SortedRunWriter {
        defer { statistics.runCount += 1 }
        return SortedRunWriter(
            storage: storage, number: statistics.runCount, blockSize: layout.blockSize,
            maxEntrySize: maxEntrySize)
    }
}

extension Int {
    /// Becomes the other number if that is larger.
    fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}
