/// Reads one run, stored or in memory, and passes its blocks one by one to a stream.
struct SortedRunReader {
    /// An upper bound of a reader and its stream without the block, for the accounts.
    static let size = 256

    /// The entries of a stored run that are not yet in the stream.
    private struct Store {
        let run: SortedRun
        let memory: BlockMemory
        var offset: Int
        var blockCount = 0
    }

    private var store: Store?
    /// The owner of the stream's bytes, for a run in memory.
    private let block: SortedBlock?
    /// Whether the run in memory is in the stream.
    private var hasBegun = false

    /// A reader of a stored run.
    init(_ run: SortedRun) {
        let memory = BlockMemory(capacity: max(run.maxBlockSize, EntryHeader.size))
        store = Store(run: run, memory: memory, offset: run.range.lowerBound)
        block = nil
    }

    /// A reader of a block in memory.
    init(_ block: SortedBlock) { self.block = block }

    /// The reader's own memory.
    var ownSize: Int { store?.memory.memory.capacity ?? 0 }

    /// Moves a stream that is after all its entries to the first one of the next block, or to the
    /// run's end.
    mutating func refill(
        _ stream: inout EntryStream, decoder: inout BlockDecoder?
    ) throws(SortError) {
        guard stream.isAtBlockEnd else { throw damaged("an entry is cut off") }
        guard let window = try nextWindow(stream.entryCount, decoder: &decoder) else {
            return stream.end()
        }
        guard stream.begin(window) else { throw damaged("an entry is cut off") }
    }

    /// Reads the next block; nil where there is none.
    private mutating func nextWindow(
        _ entryCount: Int, decoder: inout BlockDecoder?
    ) throws(SortError) -> EntryWindow? {
        guard var store else {
            defer { hasBegun = true }
            return hasBegun ? nil : block?.window
        }
        guard store.offset < store.run.range.upperBound else {
            guard entryCount == store.run.entryCount else {
                throw damaged("\(entryCount) entries, \(store.run.entryCount) were written")
            }
            return nil
        }
        try decoder?.read(store.blockCount, of: store.run, at: &store.offset, into: store.memory)
        store.blockCount += 1
        self.store = store
        return store.memory.memory.window
    }

    private func damaged(_ reason: String) -> SortError {
        guard let store else { preconditionFailure("\(reason), in memory") }
        return .damaged(path: store.run.storage.path, offset: store.offset, reason: reason)
    }
}
