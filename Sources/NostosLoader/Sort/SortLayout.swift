/// How a sorter divides its memory.
///
/// While entries arrive, the memory holds their bytes, their references, and what the writer of a
/// run will need; while runs are merged, one block per run, and what reading and writing need.
/// Blocks hold whole entries, so all sizes grow with the largest entry seen.
struct SortLayout {
    /// What a production sorter needs for its fixed parts.
    static let minMemory = 16 << 20
    /// More than both zstd contexts take at the level of `RunCompression`; a test measures it.
    static let contextSize = 2 << 20
    /// How many threads write what is in memory: each a run of its own part of the keys.
    static let writerCount = 2

    /// All bytes that the sorter may use.
    let memory: Int
    /// The uncompressed size at which a block of a run is written.
    let blockSize: Int
    /// What the zstd contexts of one reader and one writer take.
    let contextSize: Int
    /// How many runs are written at the same time when the memory is full.
    let writerCount: Int

    /// The layout for production: blocks of 1/512 of the memory, so that some 500 runs of about
    /// the memory's size are merged in one pass.
    init(memory: Int) throws(SortError) {
        guard memory >= Self.minMemory else {
            throw .tooLittleMemory(given: memory, minimum: Self.minMemory)
        }
        self.init(
            memory: memory, blockSize: min(max(memory / 512, 32 << 10), 1 << 20),
            contextSize: Self.contextSize, writerCount: Self.writerCount)
    }

    /// A layout of any size, for tests in which boundaries are common.
    init(memory: Int, blockSize: Int, contextSize: Int = 0, writerCount: Int = 1) {
        self.memory = memory
        self.blockSize = blockSize
        self.contextSize = contextSize
        self.writerCount = writerCount
    }

    /// The largest entry, so that two runs of such entries can still be merged.
    var maxEntrySize: Int { memory / 8 }

    /// The largest block with entries of up to that size.
    func maxBlockSize(maxEntrySize: Int) -> Int {
        blockSize + maxEntrySize
    }

    /// What entries and references may take while a spill of them can still be afforded.
    func bufferSize(maxEntrySize: Int) -> Int {
        memory - writerCount * (contextSize + writerSize(maxEntrySize: maxEntrySize))
    }

    /// How many runs one pass may merge, at least two.
    func fanIn(maxEntrySize: Int) -> Int {
        let block = maxBlockSize(maxEntrySize: maxEntrySize)
        let fixed =
            contextSize + writerSize(maxEntrySize: maxEntrySize)
            + RunBlock.maxStoredSize(blockSize: block) + maxEntrySize
        return max(2, (memory - fixed) / (block + RunReader.size))
    }

    private func writerSize(maxEntrySize: Int) -> Int {
        let block = maxBlockSize(maxEntrySize: maxEntrySize)
        return block + RunBlock.maxStoredSize(blockSize: block)
    }
}
