/// The division of a sorter's memory.
///
/// While entries arrive, the memory holds those that are not yet sorted with their references, the
/// sorted ones in blocks, and what the writer of runs will need; while runs are merged, one block
/// per run, and what reading and writing need. Stored blocks hold whole entries, so all sizes grow
/// with the largest entry seen.
struct SortLayout {
    /// The memory that a production sorter needs for its fixed parts.
    static let minMemory = 16 << 20
    /// The largest entry that the runs' compression and their format allow.
    private static let entryLimit = 1 << 30

    /// The size of a cache that two processors share: less than most have.
    private static let cacheSize = 4 << 20

    /// All bytes that the sorter may use.
    let memory: Int
    /// The uncompressed size at which a block of a run is written.
    let blockSize: Int
    /// The memory for compressing a run beside its block.
    let compressorSize: Int

    /// The layout for production: blocks of 1/512 of the memory, so that some 500 runs of about a
    /// third of the memory's size are merged in one pass.
    init(memory: Int) throws(SortError) {
        guard memory >= Self.minMemory else {
            throw .tooLittleMemory(given: memory, minimum: Self.minMemory)
        }
        self.init(
            memory: memory, blockSize: min(max(memory / 512, 32 << 10), 1 << 20),
            compressorSize: SortedRunCompressor.size)
    }

    /// A layout of any size, for tests in which boundaries are common.
    init(memory: Int, blockSize: Int, compressorSize: Int = 0) {
        self.memory = memory
        self.blockSize = blockSize
        self.compressorSize = compressorSize
    }

    /// The largest entry, so that two runs of such entries can still be merged.
    var maxEntrySize: Int { min(memory / 8, Self.entryLimit) }

    /// The memory that entries and their references may take until they are sorted.
    ///
    /// The size at which a block lies in the nearest caches while it is sorted, unless there would
    /// be too many blocks to be merged at once; and a small part of all memory, since the entries
    /// move into a block of their own.
    var sortSize: Int {
        let all = bufferSize(maxEntrySize: 0)
        return max(1, min(all / 8, max(Self.cacheSize, all / 256)))
    }

    /// The largest block with entries of up to that size.
    func maxBlockSize(maxEntrySize: Int) -> Int {
        blockSize + maxEntrySize
    }

    /// The memory that entries and references may take while a spill of them can still be afforded;
    /// a sixteenth of the memory is for the profile of the values meanwhile.
    func bufferSize(maxEntrySize: Int) -> Int {
        memory / 16 * 15 - writerSize(maxEntrySize: maxEntrySize)
    }

    /// The number of runs that one pass may merge, at least two.
    func fanIn(maxEntrySize: Int) -> Int {
        let block = maxBlockSize(maxEntrySize: maxEntrySize)
        let fixed =
            writerSize(maxEntrySize: maxEntrySize) + SortedRunBlock.maxStoredSize(blockSize: block)
            + maxEntrySize
        return max(2, (memory - fixed) / (block + SortedRunReader.size))
    }

    /// The memory for merging these runs, or none.
    func mergeSize(of runs: some Collection<SortedRun>) -> Int {
        guard let maxBlockSize = runs.map(\.maxBlockSize).max() else { return 0 }
        return SortedRunBlock.maxStoredSize(blockSize: maxBlockSize)
            + runs.reduce(0) { $0 + $1.maxBlockSize + SortedRunReader.size }
    }

    /// The memory that sorted entries may take while they are merged: the rest is for the records
    /// made of them.
    var mergeLimit: Int { memory / 8 * 7 }

    private func writerSize(maxEntrySize: Int) -> Int {
        let block = maxBlockSize(maxEntrySize: maxEntrySize)
        return compressorSize + block + SortedRunBlock.maxStoredSize(blockSize: block)
    }
}
