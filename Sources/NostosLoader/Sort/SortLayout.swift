/// How a sorter divides its memory.
///
/// While entries arrive, the memory holds their bytes, their references, and what the writer of a
/// run will need; while runs are merged, one block per run, and what reading and writing need.
/// Blocks hold whole entries, so all sizes grow with the largest entry seen.
struct SortLayout {
    /// What a production sorter needs for its fixed parts.
    static let minMemory = 16 << 20
    /// An entry's reference, and the place where sorting puts it: ``HeadSort`` has a second array;
    /// the standard library's Timsort has one of half the elements.
    static let referenceSize = 2 * Reference.size
    /// More than both zstd contexts take at the level of `RunCompression`; a test measures it.
    static let contextSize = 2 << 20

    /// All bytes that the sorter may use.
    let memory: Int
    /// The uncompressed size at which a block of a run is written.
    let blockSize: Int
    /// What the zstd contexts take.
    let contextSize: Int

    /// The layout for production: blocks of 1/512 of the memory, so that some 500 runs of about
    /// the memory's size are merged in one pass.
    init(memory: Int) throws(SortError) {
        guard memory >= Self.minMemory else {
            throw .tooLittleMemory(given: memory, minimum: Self.minMemory)
        }
        self.init(
            memory: memory, blockSize: min(max(memory / 512, 32 << 10), 1 << 20),
            contextSize: Self.contextSize)
    }

    /// A layout of any size, for tests in which boundaries are common.
    init(memory: Int, blockSize: Int, contextSize: Int = 0) {
        self.memory = memory
        self.blockSize = blockSize
        self.contextSize = contextSize
    }

    /// The largest entry, so that two runs of such entries can still be merged.
    var maxEntrySize: Int { memory / 8 }

    /// The largest block with entries of up to that size.
    func maxBlockSize(maxEntrySize: Int) -> Int {
        blockSize + maxEntrySize
    }

    /// What entries and references may take while a spill of them can still be afforded.
    func bufferSize(maxEntrySize: Int) -> Int {
        memory - contextSize - writerSize(maxEntrySize: maxEntrySize)
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
