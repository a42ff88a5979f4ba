import Nostos
import SystemPackage

// A run is a sequence of blocks, one after the other:
//
//     OFFSET  SIZE  DESCRIPTION
//          0     8  XXH3-64 of all that follows, seeded with the run's and the block's number
//          8     4  size of the LZ4 block
//         12     4  size of the entries
//         16        an LZ4 block: whole entries, in order
//
// All integers are little-endian. The seed is not stored: a block that was meant for another place
// does not fit its own. Scratch files live as long as their process; the layout has no version.

/// The fixed part of a block.
enum SortedRunBlock {
    static let checksumSize = 8
    static let headerSize = checksumSize + 4 + 4

    /// The seed of a block's checksum.
    static func seed(run: Int, block: Int) -> UInt64 { UInt64(run) << 32 | UInt64(block) }

    /// The most bytes of a block with `blockSize` bytes of entries.
    static func maxStoredSize(blockSize: Int) -> Int {
        headerSize + SortedRunCompressor.maxCompressedSize(of: blockSize)
    }
}

/// A sequence of sorted entries in a storage.
struct SortedRun {
    let storage: any SortedRunStorage
    /// The range of its blocks.
    let range: Range<Int>
    /// Its number, by which its blocks know that they belong to it.
    let number: Int
    let entryCount: Int
    /// The size of the entries of its largest block.
    let maxBlockSize: Int
    let maxEntrySize: Int
    /// Whether every key is exactly 8 bytes: see ``SortBuffer/headsAreKeys``.
    let headsAreKeys: Bool
}

/// Writes one run; its memory is one block and that block compressed.
struct SortedRunWriter: ~Copyable {
    private let storage: any SortedRunStorage
    private let number: Int
    private let start: Int
    private let blockSize: Int
    private var compressor = SortedRunCompressor()
    private var block: [UInt8] = []
    private var stored: [UInt8] = []
    private var blockCount = 0
    private var entryCount = 0
    private var maxBlockSize = 0
    private var maxEntrySize = 0
    private var headsAreKeys = true

    /// A writer of the run with that number, at the storage's end.
    init(storage: any SortedRunStorage, number: Int, blockSize: Int, maxEntrySize: Int) {
        self.storage = storage
        self.number = number
        self.blockSize = blockSize
        start = storage.size
        block.reserveCapacity(blockSize + maxEntrySize)
        stored = Array(
            repeating: 0, count: SortedRunBlock.maxStoredSize(blockSize: blockSize + maxEntrySize))
    }

    /// The memory of the writer.
    var size: Int { block.capacity + stored.count + SortedRunCompressor.size }

    /// Appends a whole entry, which does not sort before the one appended last.
    mutating func append(_ entry: Span<UInt8>) throws(SortError) {
        block.append(entry)
        entryCount += 1
        maxEntrySize = max(maxEntrySize, entry.count)
        headsAreKeys = headsAreKeys && EntryHeader(in: entry, at: 0).keySize == 8
        if block.count >= blockSize { try writeBlock() }
    }

    /// Writes what is left and returns the run.
    mutating func finish() throws(SortError) -> SortedRun {
        if !block.isEmpty { try writeBlock() }
        return SortedRun(
            storage: storage, range: start..<storage.size, number: number,
            entryCount: entryCount, maxBlockSize: maxBlockSize, maxEntrySize: maxEntrySize,
            headsAreKeys: headsAreKeys)
    }

    private mutating func writeBlock() throws(SortError) {
        let header = SortedRunBlock.headerSize
        guard let size = compressor.compress(block, into: &stored, at: header) else {
            preconditionFailure("a block above the bound of its size")
        }
        write(UInt64(size) | UInt64(block.count) << 32, at: SortedRunBlock.checksumSize)
        let seed = SortedRunBlock.seed(run: number, block: blockCount)
        write(
            Checksum.hash(
                stored.span.extracting(SortedRunBlock.checksumSize..<header + size), seed: seed),
            at: 0)
        try storage.append(stored.span.extracting(..<(header + size)))
        blockCount += 1
        maxBlockSize = max(maxBlockSize, block.count)
        block.removeAll(keepingCapacity: true)
    }

    private mutating func write(_ word: UInt64, at offset: Int) {
        for index in 0..<8 {
            stored[offset + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index))
        }
    }
}
