import Nostos

/// Sorted entries, one after another: by key, then generator, then arrival.
///
/// Not thread-safe. Scratch files and memory go when it is released, also in mid-stream.
public struct MergedEntries: ~Copyable {
    private var merge: RunMerge?
    private let runs: [SortedRun]
    private let blocks: [SortedBlock]
    /// Where the current entry lies: kept by the merge, until it moves on.
    private var window = EntryWindow.none
    private var current = EntryRange.none
    private(set) var statistics: RowSorter.Statistics

    /// The entries of stored runs, and behind them in arrival those of blocks in memory.
    init(
        runs: [SortedRun], blocks: [SortedBlock], statistics: RowSorter.Statistics
    ) throws(SortError) {
        (self.runs, self.blocks, self.statistics) = (runs, blocks, statistics)
        guard !runs.isEmpty || !blocks.isEmpty else { return }
        let merge = try RunMerge(runs, blocks: blocks)
        let size = merge.size + blocks.reduce(0) { $0 + $1.size }
        self.statistics.peakSize = max(statistics.peakSize, size)
        self.merge = consume merge
    }

    /// How many entries there are in all.
    public var count: Int { statistics.entryCount }

    /// The ordinal of the current entry's generator.
    public var generator: Int { current.header.generator }

    /// The current entry's key; only after a ``next()`` that returned true, and until the next.
    public var key: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get { window.bytes.extracting(current.key) }
    }

    /// The current entry's payload; only after a ``next()`` that returned true, and until the next.
    public var payload: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get { window.bytes.extracting(current.payload) }
    }

    /// Begins a record with the current entry's key.
    func beginRecord(on pile: inout RecordPile) { pile.begin(key) }

    /// Appends the current entry's payload.
    func appendPayload(to output: inout [UInt8]) { output.append(payload) }

    /// Moves to the next entry; false when there is none.
    ///
    /// - Throws: ``SortError``; the entries are then of no more use.
    /// - Complexity: O(log n) comparisons of runs and blocks.
    public mutating func next() throws(SortError) -> Bool {
        guard try merge?.next() == true, let entry = merge?.entry, let window = merge?.window else {
            return false
        }
        (current, self.window) = (entry, window)
        return true
    }

    /// Stands before the first entry again.
    ///
    /// - Throws: ``SortError``, since runs are read anew.
    mutating func rewind() throws(SortError) {
        guard merge != nil else { return }
        // The memory of one merge goes before the next one takes its own.
        merge = nil
        merge = try RunMerge(runs, blocks: blocks)
    }
}
