import Nostos

/// The decoder that the readers of several runs share: it turns stored blocks into entries.
struct BlockDecoder: ~Copyable {
    private var stored: [UInt8]

    /// A decoder for blocks with up to `maxBlockSize` bytes of entries.
    init(maxBlockSize: Int) {
        stored = Array(repeating: 0, count: SortedRunBlock.maxStoredSize(blockSize: maxBlockSize))
    }

    /// The memory of the decoder, in bytes.
    var size: Int { stored.count }

    /// Reads the block at `offset` of the run into `target`, which has room for the run's largest
    /// block, and moves `offset` after it; at least one entry's header is there then.
    mutating func read(
        _ block: Int, of run: SortedRun, at offset: inout Int, into target: BlockMemory
    ) throws(SortError) {
        func damaged(_ reason: String) -> SortError {
            .damaged(path: run.storage.path, offset: offset, reason: reason)
        }
        let header = SortedRunBlock.headerSize
        guard run.range.upperBound - offset >= header else { throw damaged("cut off") }
        try run.storage.read(header, at: offset, into: &stored)
        let checksum = stored.span.word(at: 0)
        let sizes = stored.span.word(at: SortedRunBlock.checksumSize)
        let (compressedSize, entriesSize) = (Int(sizes & 0xFFFF_FFFF), Int(sizes >> 32))
        guard compressedSize <= min(stored.count, run.range.upperBound - offset) - header,
            (EntryHeader.size...run.maxBlockSize).contains(entriesSize)
        else { throw damaged("impossible sizes \(compressedSize) and \(entriesSize)") }
        try run.storage.read(header + compressedSize, at: offset, into: &stored)
        let covered = stored.span.extracting(SortedRunBlock.checksumSize..<header + compressedSize)
        let seed = SortedRunBlock.seed(run: run.number, block: block)
        let found = Checksum.hash(covered, seed: seed)
        guard stored.span.word(at: SortedRunBlock.checksumSize) == sizes, found == checksum else {
            throw damaged("checksum \(Checksum.text(found)), stored \(Checksum.text(checksum))")
        }
        let compressed = stored.span.extracting(header..<header + compressedSize)
        guard SortedRunDecompressor.decompress(compressed, into: &target.memory) == entriesSize
        else {
            throw damaged("does not decompress to \(entriesSize) bytes")
        }
        offset += header + compressedSize
    }
}

/// The memory into which one reader's blocks are read.
final class BlockMemory {
    fileprivate(set) var memory: SortMemory<UInt8>

    /// Memory for a block of that size.
    init(capacity: Int) { memory = SortMemory(capacity: capacity) }
}
