/// Reads one run, stored or in memory: gives its blocks one by one to a stream.
struct RunReader {
    /// An upper bound of a reader and its stream without the block, for the accounts.
    static let size = 512

    /// The blocks of a stored run.
    private let blocks: RunBlocks?
    /// What keeps the stream's bytes of a run in memory.
    private let block: SortedBlock?
    /// Whether the run in memory is in the stream.
    private var hasBegun = false

    /// A reader of a stored run.
    init(_ blocks: RunBlocks) {
        self.blocks = blocks
        block = nil
    }

    /// A reader of a block in memory.
    init(_ block: SortedBlock) {
        self.block = block
        blocks = nil
    }

    /// What the reader has for itself.
    var ownSize: Int { blocks?.size ?? 0 }

    /// Moves a stream that is behind the entries it has to the first one of the next block, or to
    /// the run's end.
    mutating func refill(_ stream: inout EntryStream) throws(SortError) {
        guard stream.isAtBlockEnd else { throw damaged("an entry is cut off") }
        guard let window = try nextWindow(stream.entryCount) else { return stream.end() }
        guard stream.begin(window) else { throw damaged("an entry is cut off") }
    }

    /// Reads the next block; nil where there is none.
    private mutating func nextWindow(_ entryCount: Int) throws(SortError) -> EntryWindow? {
        guard let blocks else {
            defer { hasBegun = true }
            return hasBegun ? nil : block?.window
        }
        if let window = try blocks.nextWindow() { return window }
        guard entryCount == blocks.run.entryCount else {
            throw damaged("\(entryCount) entries, \(blocks.run.entryCount) were written")
        }
        return nil
    }

    private func damaged(_ reason: String) -> SortError {
        guard let blocks else { preconditionFailure("\(reason), in memory") }
        return .damaged(path: blocks.run.storage.path, offset: blocks.position, reason: reason)
    }
}
