import Nostos

/// Sorted entries, one after another: by key, then generator, then arrival.
///
/// Not thread-safe. Scratch files and memory go when it is released, also in mid-stream.
public struct MergedEntries: ~Copyable {
    private let buffer: SortBuffer
    private var merge: RunMerge?
    private let runs: [SortedRun]
    private var position = 0
    private var touched: UInt64 = 0
    /// The current key, and behind it the payload: reused from entry to entry.
    private var bytes: [UInt8] = []
    private var keySize = 0
    /// The ordinal of the current entry's generator.
    public private(set) var generator = 0
    private(set) var statistics: RowSorter.Statistics

    /// The entries of a sorted buffer.
    init(buffer: consuming SortBuffer, statistics: RowSorter.Statistics) {
        self.buffer = buffer
        runs = []
        self.statistics = statistics
    }

    /// The entries of merged runs, at least one.
    init(runs: [SortedRun], statistics: RowSorter.Statistics) throws(SortError) {
        buffer = SortBuffer(capacity: 0)
        self.runs = runs
        let merge = try RunMerge(runs)
        self.statistics = statistics
        self.statistics.peakSize = max(statistics.peakSize, merge.size)
        self.merge = consume merge
    }

    /// How many entries there are in all.
    public var count: Int { statistics.entryCount }

    /// The current entry's key; only after a ``next()`` that returned true, and until the next.
    public var key: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.span.extracting(..<keySize) }
    }

    /// The current entry's payload; only after a ``next()`` that returned true, and until the next.
    public var payload: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.span.extracting(keySize...) }
    }

    /// Appends the current entry's key.
    func appendKey(to output: inout [UInt8]) { output.append(bytes.span.extracting(..<keySize)) }

    /// Appends the current entry's payload.
    func appendPayload(to output: inout [UInt8]) {
        output.append(bytes.span.extracting(keySize...))
    }

    /// Moves to the next entry; false when there is none.
    ///
    /// - Throws: ``SortError``; the entries are then of no more use.
    /// - Complexity: O(log runs) comparisons, and a copy of the entry.
    public mutating func next() throws(SortError) -> Bool {
        if merge != nil { return try nextMerged() }
        guard position < buffer.count else { return false }
        if position % SortBuffer.touchCount == 0 {
            touched = buffer.touch(position..<position + SortBuffer.touchCount)
        }
        copy(buffer.range(at: position), of: buffer.bytes)
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
        copy(entry, of: block)
        return true
    }

    private mutating func copy(_ entry: EntryRange, of source: [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(source.span.extracting(entry.key.lowerBound..<entry.end))
        keySize = entry.header.keySize
        generator = entry.header.generator
    }
}
