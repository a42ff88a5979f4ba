import Nostos

/// Sorted entries, one after another: by key, then generator, then arrival.
///
/// Not thread-safe. Scratch files and memory go when it is released, also in mid-stream.
public struct MergedEntries: ~Copyable {
    private let buffer: SortBuffer
    private var merge: RunMerge?
    private let runs: [SortedRun]
    /// Whether all entries are in the buffer, where they are read in place.
    private let areInBuffer: Bool
    private var position = 0
    /// The current entry of merged runs: a copy, reused from entry to entry.
    private var copy: [UInt8] = []
    private var current = EntryRange.none
    private(set) var statistics: RowSorter.Statistics

    /// The entries of a sorted buffer.
    init(buffer: consuming SortBuffer, statistics: RowSorter.Statistics) {
        self.buffer = buffer
        (runs, areInBuffer) = ([], true)
        self.statistics = statistics
    }

    /// The entries of merged runs, at least one.
    init(runs: [SortedRun], statistics: RowSorter.Statistics) throws(SortError) {
        buffer = SortBuffer(capacity: 0)
        (self.runs, areInBuffer) = (runs, false)
        let merge = try RunMerge(runs)
        self.statistics = statistics
        self.statistics.peakSize = max(statistics.peakSize, merge.size)
        self.merge = consume merge
    }

    /// How many entries there are in all.
    public var count: Int { statistics.entryCount }

    /// What the current entry lies in.
    private var bytes: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            if areInBuffer { buffer.bytes } else { copy.span }
        }
    }

    /// The ordinal of the current entry's generator.
    public var generator: Int { current.header.generator }

    /// The current entry's key; only after a ``next()`` that returned true, and until the next.
    public var key: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get { bytes.extracting(current.key) }
    }

    /// The current entry's payload; only after a ``next()`` that returned true, and until the next.
    public var payload: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get { bytes.extracting(current.payload) }
    }

    /// Appends the current entry's key.
    func appendKey(to output: inout [UInt8]) { output.append(key) }

    /// Appends the current entry's payload.
    func appendPayload(to output: inout [UInt8]) { output.append(payload) }

    /// Moves to the next entry; false when there is none.
    ///
    /// - Throws: ``SortError``; the entries are then of no more use.
    /// - Complexity: O(1) in memory; else O(log runs) comparisons, and a copy of the entry.
    public mutating func next() throws(SortError) -> Bool {
        guard areInBuffer else { return try nextMerged() }
        guard position < buffer.count else { return false }
        buffer.prefetch(position + SortBuffer.prefetchDistance)
        current = buffer.range(at: position)
        position += 1
        return true
    }

    /// Stands before the first entry again.
    ///
    /// - Throws: ``SortError``, since runs are read anew.
    mutating func rewind() throws(SortError) {
        position = 0
        guard merge != nil else { return }
        // The memory of one merge goes before the next one takes its own.
        merge = nil
        merge = try RunMerge(runs)
    }

    private mutating func nextMerged() throws(SortError) -> Bool {
        guard try merge?.next() == true, let entry = merge?.entry, let block = merge?.bytes else {
            return false
        }
        copy.removeAll(keepingCapacity: true)
        copy.append(block.span.extracting(entry.start..<entry.end))
        current = EntryRange(in: copy.span, at: 0)
        return true
    }
}
