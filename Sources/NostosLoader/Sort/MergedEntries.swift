import Nostos

/// Sorted entries, one after another: by key, then generator, then arrival.
///
/// Not thread-safe. Scratch files and memory go when it is released, also in mid-stream.
public struct MergedEntries: ~Copyable {
    private var merge: SortedRunMerge
    private let runs: [SortedRun]
    private let blocks: [SortedBlock]
    private(set) var statistics: RowSorter.Statistics

    /// The entries of stored runs, and after them, in order of arrival, those of blocks in memory.
    init(
        runs: [SortedRun], blocks: [SortedBlock], statistics: RowSorter.Statistics
    ) throws(SortError) {
        (self.runs, self.blocks, self.statistics) = (runs, blocks, statistics)
        merge = try SortedRunMerge(runs, blocks: blocks)
        let size = merge.size + blocks.reduce(0) { $0 + $1.size }
        self.statistics.peakSize = max(statistics.peakSize, size)
    }

    /// The number of entries in all.
    public var count: Int { statistics.entryCount }

    /// The ordinal of the current entry's generator.
    public var generator: Int { merge.entry.header.generator }

    /// The current entry's key; only after a ``next()`` that returned true, and until the next.
    public var key: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.extracting(merge.entry.key) }
    }

    /// The current entry's payload; only after a ``next()`` that returned true, and until the next.
    public var payload: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.extracting(payloadRange) }
    }

    /// The bytes in which the current entry lies, and others.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            merge.windowBytes
        }
    }

    /// The range in ``bytes`` of the current entry's key.
    var keyRange: Range<Int> { merge.entry.key }

    /// The range in ``bytes`` of the current entry's payload.
    var payloadRange: Range<Int> { merge.entry.payload }

    /// Part of the current entry's key: equal keys have equal heads, and the other way around where
    /// ``headsAreKeys``.
    var head: UInt64 { merge.head }
    var headsAreKeys: Bool { merge.headsAreKeys }

    /// Moves to the next entry; false when there is none.
    ///
    /// - Throws: ``SortError``; the entries cannot be used afterwards.
    /// - Complexity: O(log n) comparisons of runs and blocks.
    public mutating func next() throws(SortError) -> Bool { try merge.next() }

    /// Stands before the first entry again.
    ///
    /// - Throws: ``SortError``, since runs are read anew.
    mutating func rewind() throws(SortError) {
        // The memory of one merge is freed before the next one takes its own.
        merge = try SortedRunMerge([], blocks: [])
        merge = try SortedRunMerge(runs, blocks: blocks)
    }
}
