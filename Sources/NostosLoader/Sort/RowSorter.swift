import Dispatch
import Nostos
public import SystemPackage

/// Sorts entries by key, then generator, then arrival, in bounded memory.
///
/// Entries are collected in memory and sorted there. When they do not fit, sorted runs are spilled
/// to scratch files, compressed and checksummed, and merged at the end (Knuth, The Art of Computer
/// Programming 3, section 5.4). Scratch files have no name, so that nothing is left behind however
/// the sorter ends.
///
/// Not thread-safe; it has threads of its own for sorting, and for writing a run each of one part of
/// the keys.
public struct RowSorter: ~Copyable {
    /// The least memory, in bytes.
    public static let minMemory = SortLayout.minMemory

    private let layout: SortLayout
    private let makeStorage: () throws(SortError) -> any RunStorage
    private var buffer: SortBuffer
    /// Where runs are spilled: one for each thread that writes them.
    private var storages: [any RunStorage] = []
    private var runs: [SortedRun] = []
    /// What the entries in memory may take before they are spilled.
    private var limit: Int
    private(set) var statistics = Statistics()

    /// What a sorter has done.
    struct Statistics: Equatable {
        /// Entries added.
        var entryCount = 0
        /// Runs written, those of merge passes included.
        var runCount = 0
        /// Merges before the last one.
        var mergeCount = 0
        /// The most memory that buffers and zstd took at one time, in bytes.
        var peakSize = 0
    }

    /// A sorter that uses at most `memory` bytes and spills to that directory.
    ///
    /// - Throws: ``SortError/tooLittleMemory(given:minimum:)`` below ``minMemory``.
    public init(directory: FilePath, memory: Int) throws(SortError) {
        self.init(layout: try SortLayout(memory: memory)) { () throws(SortError) in
            try RunFile(in: directory)
        }
    }

    /// A sorter over any storage: one is made for the spilled runs, and one for each merge pass.
    init(layout: SortLayout, makeStorage: @escaping () throws(SortError) -> any RunStorage) {
        self.layout = layout
        self.makeStorage = makeStorage
        limit = layout.bufferSize(maxEntrySize: 0)
        // One entry must fit, whatever writing it takes.
        buffer = SortBuffer(capacity: max(limit, layout.maxEntrySize))
    }

    /// Adds one entry.
    ///
    /// - Parameters:
    ///   - key: up to `KeySchema.maxSize` bytes in their order-preserving form.
    ///   - generator: the ordinal of the generator, 0 to 65,535.
    ///   - payload: any bytes.
    /// - Throws: ``SortError``; the sorter is then of no more use.
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
    /// - Throws: ``SortError``; the sorter is then of no more use.
    @inline(__always)
    mutating func add(entry: Span<UInt8>) throws(SortError) {
        let size = entry.count
        if size > buffer.maxEntrySize {
            guard size <= layout.maxEntrySize else {
                throw .entryTooLarge(size: size, limit: layout.maxEntrySize)
            }
            limit = layout.bufferSize(maxEntrySize: size)
        }
        if buffer.size + size + buffer.referenceSize > limit, buffer.count > 0 {
            try spill()
            limit = layout.bufferSize(maxEntrySize: size)
        }
        buffer.append(entry)
        statistics.entryCount += 1
    }

    /// Ends the adding and returns all entries in order.
    ///
    /// - Throws: ``SortError``.
    /// - Complexity: O(n log n).
    public consuming func finish() throws(SortError) -> MergedEntries {
        if runs.isEmpty {
            statistics.peakSize = buffer.size
            buffer.sort()
            return MergedEntries(buffer: buffer, statistics: statistics)
        }
        if buffer.count > 0 { try spill() }
        buffer.release()
        storages = []
        try mergeUntilOnePassIsLeft()
        return try MergedEntries(runs: runs, statistics: statistics)
    }

    /// Sorts what is in memory and writes it: as many runs as there are writers, one behind the
    /// other in the order of keys, at the same time.
    private mutating func spill() throws(SortError) {
        buffer.sort()
        let partCount = min(layout.writerCount, buffer.count)
        while storages.count < partCount { storages.append(try makeStorage()) }
        let count = buffer.count
        let jobs = (0..<partCount).map { part in
            SpillJob(
                writer: makeWriter(storages[part], maxEntrySize: buffer.maxEntrySize),
                range: count * part / partCount..<count * (part + 1) / partCount)
        }
        SharedSortBuffer.with(&buffer) { shared in
            DispatchQueue.concurrentPerform(iterations: partCount) { part in
                shared.read { jobs[part].run($0) }
            }
        }
        let writersSize = jobs.reduce(0) { $0 + $1.writerSize }
        for job in jobs { runs.append(try job.result.get()) }
        statistics.peakSize = max(statistics.peakSize, buffer.size + writersSize)
        buffer.removeAll()
    }

    /// Merges neighbouring runs into longer ones until one merge can take all that are left.
    ///
    /// Only neighbours, so that arrival order is kept, and only as many as it takes: for one run
    /// too many, two runs are merged. Each pass goes from the first run to the last into a storage
    /// of its own; that of an earlier pass goes with its last run.
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
        _ runs: ArraySlice<SortedRun>, into target: any RunStorage
    ) throws(SortError) -> SortedRun {
        let maxEntrySize = runs.map(\.maxEntrySize).max() ?? 0
        var merge = try RunMerge(runs)
        var writer = makeWriter(target, maxEntrySize: maxEntrySize)
        while try merge.next() {
            let entry = merge.entry
            try writer.append(merge.bytes.span.extracting(entry.start..<entry.end))
        }
        let run = try writer.finish()
        statistics.mergeCount += 1
        statistics.peakSize = max(statistics.peakSize, merge.size + writer.size)
        return run
    }

    private mutating func makeWriter(
        _ storage: any RunStorage, maxEntrySize: Int
    ) -> RunWriter {
        defer { statistics.runCount += 1 }
        return RunWriter(
            storage: storage, number: statistics.runCount, blockSize: layout.blockSize,
            maxEntrySize: maxEntrySize)
    }
}
