import TestSupport
import Testing

@testable import NostosLoader

@Suite struct SortedBlockTests {
    /// A block of entries that come in that order.
    private func block(_ entries: [SortEntry]) -> SortedBlock {
        var buffer = SortBuffer(capacity: 1 << 16)
        for entry in entries {
            buffer.append(
                key: entry.key.span, generator: entry.generator, payload: entry.payload.span)
        }
        buffer.sort()
        return SortedBlock(buffer)
    }

    private func merged(_ blocks: [SortedBlock]) throws -> [SortEntry] {
        var merge = try SortedRunMerge([], blocks: blocks)
        let result = try remainingEntries(of: &merge)
        #expect(try !merge.next(), "at the end it stays there")
        return result
    }

    @Test func aBlockHasItsEntriesInOrder() throws {
        let block = block([
            SortEntry([2], 0, [1]), SortEntry([1, 9], 1, []), SortEntry([1], 1, [2]),
        ])
        #expect(
            try merged([block]) == [
                SortEntry([1], 1, [2]), SortEntry([1, 9], 1, []), SortEntry([2], 0, [1]),
            ])
        #expect(block.entryCount == 3)
        #expect(block.size == 3 * EntryHeader.size + 4 + 2)
        #expect(!block.headsAreKeys)
    }

    @Test func whatAllKeysShareIsFoundByTheFirstAndTheLast() {
        let start = Array("user-profile-".utf8)
        #expect(block([SortEntry(start + [2], 0, []), SortEntry(start, 0, [])]).sharedSize == 13)
        #expect(block([SortEntry([], 0, []), SortEntry([1], 0, [])]).sharedSize == 0)
        let blocks = [
            block([SortEntry(start + [1, 1], 0, []), SortEntry(start + [1, 2], 0, [])]),
            block([SortEntry(start + [1], 0, []), SortEntry(start + [1, 2], 0, [])]),
            block([SortEntry(start + [3], 0, [])]),
        ]
        #expect(blocks.map(\.sharedSize) == [14, 14, 14])
        #expect(blocks.sharedKeySize == 13)
        #expect(blocks[..<2].sharedKeySize == 14)
        #expect([SortedBlock]().sharedKeySize == 0)
    }

    /// The least and the largest keys of 8 bytes are no end of anything.
    @Test func keysOfAllOnesAreNotTheEnd() throws {
        let ones = [UInt8](repeating: 255, count: 8)
        let entries = [
            SortEntry(ones, 65_535, [1]), SortEntry(ones, 0, [2]),
            SortEntry([UInt8](repeating: 0, count: 8), 65_535, [3]),
        ]
        let blocks = entries.map { block([$0]) } + [block(entries)]
        for block in blocks { #expect(block.headsAreKeys) }
        #expect(try merged(blocks) == (entries + entries).modelSorted)
    }

    /// Keys of exactly 8 bytes, of up to 12 and with a long common start, in up to 12 blocks;
    /// replay one with its seed.
    @Test(arguments: UInt64(0)..<60)
    func agreesWithModelOnRandomBlocks(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let start = [[], [], Array("user-profile-".utf8)][Int(seed % 3)]
        let sizes = seed % 3 == 0 ? 8...8 : 0...12
        let lists = (0..<Int.random(in: 1...12, using: &random)).map { list in
            (0..<Int.random(in: 1...80, using: &random)).map { index in
                let key = (0..<Int.random(in: sizes, using: &random)).map { _ in
                    UInt8.random(in: 0...1, using: &random) &* 255
                }
                let generator = Int.random(in: 0...2, using: &random)
                return SortEntry(start + key, generator, [UInt8(list), UInt8(index)])
            }
        }
        #expect(try merged(lists.map(block)) == lists.flatMap { $0 }.modelSorted)
    }
}
