import Nostos

/// Several runs, stored ones and blocks in memory, as one sequence of entries in order: a k-way
/// merge.
///
/// Entries of equal key and generator come in the order of their runs, and those of blocks after
/// those of stored runs.
struct SortedRunMerge: ~Copyable {
    private var readers: [SortedRunReader] = []
    private var streams: SortMemory<EntryStream>
    private var tree: LoserTree<Int128>
    /// The decoder of stored runs; none without them.
    private var decoder: BlockDecoder?
    /// Whether all keys are exactly 8 bytes, so that equal heads are equal keys.
    let headsAreKeys: Bool
    private var hasStarted = false
    /// The current entry's place in `window`.
    private(set) var entry = EntryRange.none
    /// The bytes in which the current entry lies; good until the next ``next()``, while the merge
    /// is there.
    private(set) var window = EntryWindow.none
    /// The head of the current entry's key: the bytes after the prefix that all keys share.
    private(set) var head: UInt64 = 0

    /// A merge of any number of runs and blocks.
    init(
        _ runs: some Collection<SortedRun>, blocks: some Collection<SortedBlock>
    ) throws(SortError) {
        decoder = runs.map(\.maxBlockSize).max().map { BlockDecoder(maxBlockSize: $0) }
        headsAreKeys =
            runs.allSatisfy(\.headsAreKeys) && blocks.allSatisfy(\.headsAreKeys)
        // Where they are not, heads after the prefix that all keys share distinguish more of them.
        let sharedSize = headsAreKeys || !runs.isEmpty ? 0 : blocks.sharedKeySize
        readers.reserveCapacity(runs.count + blocks.count)
        for run in runs { readers.append(SortedRunReader(run)) }
        for block in blocks { readers.append(SortedRunReader(block)) }
        streams = SortMemory(capacity: readers.count)
        var contestants: [Int128] = []
        for ordinal in readers.indices {
            var stream = EntryStream(ordinal, headsFrom: sharedSize)
            try readers[ordinal].refill(&stream, decoder: &decoder)
            streams.append(stream)
            contestants.append(stream.contestant)
        }
        let decoderSize = decoder?.size ?? 0
        size = decoderSize + readers.reduce(0) { $0 + $1.ownSize + SortedRunReader.size }
        tree = LoserTree(
            contestants.isEmpty ? [.ended] : contestants, in: streams, precedes: Self.precedes)
    }

    /// The memory of the merge beside the blocks.
    let size: Int

    /// Moves to the next entry; false when there is none.
    @inline(__always)
    mutating func next() throws(SortError) -> Bool {
        if hasStarted {
            let winner = tree.winner
            guard !winner.isEnded else { return false }
            let ordinal = winner.ordinal
            let contestant = try advance(ordinal)
            if headsAreKeys {
                tree.replay(contestant, at: ordinal)
            } else {
                tree.replay(contestant, at: ordinal, in: streams, precedes: Self.precedes)
            }
        }
        hasStarted = true
        let winner = tree.winner
        guard !winner.isEnded else { return false }
        let stream = streams.span[winner.ordinal]
        (entry, window) = (stream.entry, stream.window)
        head = winner.head
        return true
    }

    /// Moves a stream to its next entry, which is given as a number.
    @inline(__always)
    private mutating func advance(_ ordinal: Int) throws(SortError) -> Int128 {
        if !Self.advance(ordinal, of: &streams) { try refill(ordinal) }
        return streams.span[ordinal].contestant
    }

    @inline(__always)
    private static func advance(
        _ ordinal: Int, of memory: inout SortMemory<EntryStream>
    ) -> Bool {
        var streams = memory.mutableSpan
        return streams[ordinal].advance()
    }

    @inline(never)
    private mutating func refill(_ ordinal: Int) throws(SortError) {
        var stream = streams.span[ordinal]
        try readers[ordinal].refill(&stream, decoder: &decoder)
        var all = streams.mutableSpan
        all[ordinal] = stream
    }

    /// The bytes in which the current entry lies, and others.
    var windowBytes: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            // Unsafe: the merge keeps what its window shows until it moves on.
            unsafe _overrideLifetime(window.bytes, borrowing: self)
        }
    }

    /// The current entry.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            windowBytes.extracting(entry.start..<entry.end)
        }
    }

    /// Numbers decide which comes first but for those of equal heads, whose keys must be compared.
    @inline(__always)
    private static func precedes(
        _ left: Int128, _ right: Int128, in memory: borrowing SortMemory<EntryStream>
    ) -> Bool {
        guard left.head == right.head, !left.isEnded, !right.isEnded else { return left < right }
        let streams = memory.span
        let order = streams[left.ordinal].compareKey(with: streams[right.ordinal])
        return order == 0 ? left < right : order < 0
    }
}
