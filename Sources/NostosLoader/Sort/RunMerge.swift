import Nostos

/// Several runs, stored ones and blocks in memory, as one sequence of entries in order: a k-way
/// merge.
///
/// Of entries with equal key and generator, those of earlier runs come first, and those of blocks
/// behind those of stored runs.
struct RunMerge: ~Copyable {
    private var readers: [RunReader] = []
    private var tree: LoserTree<UInt128>
    /// What stored runs are read by; none without them.
    private var decoder: BlockDecoder?
    private let headsAreKeys: Bool
    private var hasStarted = false

    /// A merge of at least one run or block.
    init(
        _ runs: some Collection<SortedRun>, blocks: some Collection<SortedBlock>
    ) throws(SortError) {
        decoder = runs.map(\.maxBlockSize).max().map { BlockDecoder(maxBlockSize: $0) }
        headsAreKeys =
            runs.allSatisfy(\.headsAreKeys) && blocks.allSatisfy(\.headsAreKeys)
        // Where they are not, heads from behind what all keys share tell more of them apart.
        let sharedSize = headsAreKeys || !runs.isEmpty ? 0 : blocks.sharedKeySize
        readers.reserveCapacity(runs.count + blocks.count)
        for run in runs { readers.append(try RunReader(run, decoder: &decoder)) }
        for block in blocks { readers.append(RunReader(block, headsFrom: sharedSize)) }
        let decoderSize = decoder?.size ?? 0
        size = decoderSize + readers.reduce(0) { $0 + $1.ownSize + RunReader.size }
        let all = readers
        tree = LoserTree(all.indices.map { all[$0].contestant($0) }) {
            Self.precedes($0, $1, of: all)
        }
    }

    /// What the merge takes beside the blocks.
    let size: Int

    /// Moves to the next entry; false when there is none.
    @inline(__always)
    mutating func next() throws(SortError) -> Bool {
        if hasStarted {
            guard tree.winner != .ended else { return false }
            let ordinal = tree.winner.ordinal
            try readers[ordinal].advance(decoder: &decoder)
            let contestant = readers[ordinal].contestant(ordinal)
            if headsAreKeys {
                tree.replay(contestant, at: ordinal, precedes: <)
            } else {
                let all = readers
                tree.replay(contestant, at: ordinal) { Self.precedes($0, $1, of: all) }
            }
        }
        hasStarted = true
        return tree.winner != .ended
    }

    /// The current entry.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            let entry = entry
            let bytes = unsafe _overrideLifetime(window.bytes, borrowing: self)
            return bytes.extracting(entry.start..<entry.end)
        }
    }

    /// The current entry's place in `window`.
    var entry: EntryRange { readers[tree.winner.ordinal].entry }

    /// The bytes in which the current entry lies; good until the next ``next()``, while the merge
    /// is there.
    var window: EntryWindow { readers[tree.winner.ordinal].window }

    /// Numbers tell which comes first but for those of equal heads, whose keys must be looked at.
    @inline(__always)
    private static func precedes(
        _ left: UInt128, _ right: UInt128, of readers: [RunReader]
    ) -> Bool {
        guard left.head == right.head, left != .ended, right != .ended else { return left < right }
        let order = readers[left.ordinal].compareKey(with: readers[right.ordinal])
        return order == 0 ? left < right : order < 0
    }
}

// A contestant: the head of the current entry's key, its generator, the ordinal of the reader. Of
// entries whose heads are their keys the smallest number is the first.
extension UInt128 {
    /// What comes behind all entries.
    fileprivate static var ended: UInt128 { .max }

    fileprivate var head: UInt64 { UInt64(truncatingIfNeeded: self >> 64) }
    fileprivate var ordinal: Int { Int(truncatingIfNeeded: self & 0xFFFF_FFFF) }
}

extension RunReader {
    /// The current entry as a number.
    @inline(__always)
    fileprivate func contestant(_ ordinal: Int) -> UInt128 {
        if isAtEnd { return .ended }
        let tie = UInt64(entry.header.generator) << 32 | UInt64(ordinal)
        return UInt128(head) << 64 | UInt128(tie)
    }
}
