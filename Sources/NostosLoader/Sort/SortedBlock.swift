import Nostos

/// Entries in order, in memory: a run that was not written.
///
/// As soon as some megabytes of entries have come they are sorted, while they still lie in the
/// nearest caches, and moved into a block. Merging blocks reads each of them from its start to its
/// end: no entry waits for memory, as all would if references to hundreds of megabytes were sorted
/// (C. Nyberg et al., “AlphaSort: A Cache-Sensitive Parallel External Sort”, VLDB Journal 4, 1995).
final class SortedBlock: Sendable {
    private let memory: SortMemory<UInt8>
    let entryCount: Int
    let maxEntrySize: Int
    /// Whether every key is exactly 8 bytes: see ``SortBuffer/headsAreKeys``.
    let headsAreKeys: Bool
    /// The number of bytes with which all keys begin.
    let sharedSize: Int

    /// The entries of a sorted buffer, which has one at least.
    ///
    /// - Complexity: O(bytes).
    init(_ buffer: borrowing SortBuffer) {
        var memory = SortMemory<UInt8>(capacity: buffer.byteCount, isFilledAtOnce: true)
        var lastKey = 0..<0
        if buffer.isInPlace {
            memory.append(buffer.bytes)
            lastKey = buffer.range(at: buffer.count - 1).key
        } else {
            let bytes = buffer.bytes
            for index in 0..<buffer.count {
                buffer.prefetch(index + SortBuffer.prefetchDistance)
                let entry = buffer.range(at: index)
                lastKey =
                    memory.count + entry.key.lowerBound - entry.start..<memory.count
                    + entry.key.upperBound - entry.start
                memory.append(bytes.extracting(entry.start..<entry.end))
            }
        }
        sharedSize = Self.sharedSize(memory.span, lastKey)
        self.memory = memory
        (entryCount, maxEntrySize) = (buffer.count, buffer.maxEntrySize)
        headsAreKeys = buffer.headsAreKeys
    }

    /// A block of one entry.
    init(_ entry: Span<UInt8>) {
        var memory = SortMemory<UInt8>(capacity: entry.count)
        memory.append(entry)
        let key = EntryRange(in: memory.span, at: 0).key
        (entryCount, maxEntrySize) = (1, entry.count)
        (headsAreKeys, sharedSize) = (key.count == 8, key.count)
        self.memory = memory
    }

    /// The memory of the entries.
    var size: Int { memory.count }

    /// The entries, for a reader that has the block as well.
    var window: EntryWindow { memory.window }

    /// The range in the entries of the prefix with which all keys begin.
    fileprivate var sharedPrefix: Range<Int> {
        EntryHeader.size..<EntryHeader.size + sharedSize
    }

    /// The prefix that all entries share: entries are in order, so it is the prefix that the first
    /// and the last key share.
    private static func sharedSize(_ entries: Span<UInt8>, _ lastKey: Range<Int>) -> Int {
        let first = EntryRange(in: entries, at: 0).key
        return entries.extracting(first).sharedSize(with: entries.extracting(lastKey))
    }
}

extension Collection<SortedBlock> {
    /// The number of bytes with which all keys of all blocks begin.
    var sharedKeySize: Int {
        guard let first else { return 0 }
        let firstWindow = first.window
        let prefix = firstWindow.bytes.extracting(first.sharedPrefix)
        var shared = prefix.count
        for block in self {
            let window = block.window
            let other = window.bytes.extracting(block.sharedPrefix)
            shared = Swift.min(shared, other.sharedSize(with: prefix))
        }
        return shared
    }
}
