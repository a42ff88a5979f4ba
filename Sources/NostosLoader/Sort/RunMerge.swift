import Nostos

/// Several runs as one sequence of entries in order: a k-way merge.
///
/// Of entries with equal key and generator, those of earlier runs come first.
struct RunMerge: ~Copyable {
    private var readers: [RunReader] = []
    private var tree: LoserTree
    private var decoder: BlockDecoder
    private var hasStarted = false

    /// A merge of at least one run.
    init(_ runs: some Collection<SortedRun>) throws(SortError) {
        decoder = BlockDecoder(maxBlockSize: runs.map(\.maxBlockSize).max() ?? 0)
        readers.reserveCapacity(runs.count)
        for run in runs { readers.append(try RunReader(run, decoder: &decoder)) }
        let readers = readers
        tree = LoserTree(count: readers.count) { Self.precedes($0, $1, of: readers) }
    }

    /// What the merge takes.
    var size: Int {
        decoder.size + readers.reduce(0) { $0 + $1.blockCapacity + RunReader.size }
    }

    /// Moves to the next entry; false when there is none.
    mutating func next() throws(SortError) -> Bool {
        if hasStarted {
            try readers[tree.winner].advance(decoder: &decoder)
            let readers = readers
            tree.replay { Self.precedes($0, $1, of: readers) }
        }
        hasStarted = true
        return !readers[tree.winner].isAtEnd
    }

    /// The current entry's place in `bytes`.
    var entry: EntryRange { readers[tree.winner].entry }

    /// The bytes in which the current entry lies.
    var bytes: [UInt8] { readers[tree.winner].block }

    @inline(__always)
    private static func precedes(_ left: Int, _ right: Int, of readers: [RunReader]) -> Bool {
        let (leftEnd, rightEnd) = (readers[left].isAtEnd, readers[right].isAtEnd)
        if leftEnd || rightEnd { return leftEnd == rightEnd ? left < right : rightEnd }
        let (leftHead, rightHead) = (readers[left].head, readers[right].head)
        if leftHead != rightHead { return leftHead < rightHead }
        let order = readers[left].compareEntry(with: readers[right])
        return order == 0 ? left < right : order < 0
    }
}
