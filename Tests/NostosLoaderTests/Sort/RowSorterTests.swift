import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct RowSorterTests {
    /// A run of four or five small entries, three runs per merge.
    private let tiny = SortLayout(memory: 1200, blockSize: 40)

    @Test func entriesComeByKeyThenGeneratorThenArrival() throws {
        let entries = [
            SortEntry([2], 0, [1]), SortEntry([1], 1, [2]), SortEntry([1], 0, [3]),
            SortEntry([1], 1, [4]), SortEntry([], 0, []),
        ]
        let expected = [
            SortEntry([], 0, []), SortEntry([1], 0, [3]), SortEntry([1], 1, [2]),
            SortEntry([1], 1, [4]), SortEntry([2], 0, [1]),
        ]
        #expect(try entries.sorted(layout: SortLayout(memory: 1 << 20, blockSize: 100)) == expected)
    }

    @Test func noEntriesGiveNone() throws {
        #expect(try [SortEntry]().sorted(layout: tiny) == [])
    }

    /// Every sequence of up to 4 entries over 3 keys and 2 generators: 1,555 inputs, in memory and
    /// with a run for each entry.
    @Test func agreesWithModelOnEverySmallInput() throws {
        let kinds = [[], [0], [0, 1]].flatMap { key in
            [0, 1].map { SortEntry(key.map(UInt8.init), $0, []) }
        }
        let memory = SortLayout(memory: 1 << 16, blockSize: 64)
        let oneEach = SortLayout(memory: 200, blockSize: 1)
        for count in 0...4 {
            let codes = (0..<count).reduce(1) { product, _ in product * kinds.count }
            for code in 0..<codes {
                var rest = code
                let entries = (0..<count).map { arrival in
                    defer { rest /= kinds.count }
                    let kind = kinds[rest % kinds.count]
                    return SortEntry(kind.key, kind.generator, [UInt8(arrival)])
                }
                #expect(try entries.sorted(layout: memory) == entries.modelSorted)
                #expect(try entries.sorted(layout: oneEach) == entries.modelSorted)
            }
        }
    }

    /// Runs of a few entries, merged in several passes; replay one with its seed.
    @Test(arguments: UInt64(0)..<40)
    func agreesWithModelOnRandomEntries(seed: UInt64) throws {
        let entries = [SortEntry].random(maxCount: 600, seed: seed)
        let (sorted, statistics) = try entries.sorted(layout: tiny) { () throws(SortError) in
            MemoryStorage()
        }
        #expect(sorted == entries.modelSorted)
        #expect(statistics.entryCount == entries.count)
        if entries.count > 200 { #expect(statistics.mergeCount > 3) }
    }

    /// The newest entries stay in memory, where they have room beside the merge of the spilled
    /// ones.
    @Test(arguments: UInt64(0)..<20)
    func agreesWithModelWhereTheLastBlocksAreNotSpilled(seed: UInt64) throws {
        let entries = [SortEntry].random(maxCount: 600, seed: seed)
        var spills: [Bool] = []
        for memory in [3000, 5000, 9000, 15_000] {
            let layout = SortLayout(memory: memory, blockSize: 40)
            let (sorted, statistics) = try entries.sorted(layout: layout) { () throws(SortError) in
                MemoryStorage()
            }
            #expect(sorted == entries.modelSorted)
            spills.append(statistics.runCount > 0)
        }
        if entries.count > 200 { #expect(spills.contains(true)) }
    }

    /// Entries that no buffer takes are blocks of their own, between the others in arrival.
    @Test func largeEntriesKeepTheirPlaceAmongSmallOnes() throws {
        let layout = SortLayout(memory: 1 << 14, blockSize: 100)
        let large = [UInt8](repeating: 7, count: layout.sortSize)
        let entries = (0..<24).map { arrival in
            let payload = (arrival % 5 == 3 ? large : []) + [UInt8(arrival)]
            return SortEntry([UInt8(arrival % 2)], 0, payload)
        }
        #expect(layout.maxEntrySize > large.count + 10)
        #expect(try entries.sorted(layout: layout) == entries.modelSorted)
    }

    @Test(arguments: [200, 400, 5000, 1 << 20])
    func agreesWithModelWhateverTheMemory(memory: Int) throws {
        let entries = [SortEntry].random(maxCount: 900, maxPayloadSize: 12, seed: 7)
        for blockSize in [1, 30, 300] {
            let layout = SortLayout(memory: memory, blockSize: blockSize)
            let needed = entries.map(\.key.count).max()! + 12 + EntryHeader.size
            guard layout.maxEntrySize >= needed else { continue }
            #expect(try entries.sorted(layout: layout) == entries.modelSorted)
        }
    }

    @Test func anEntryAboveItsPartOfTheMemoryIsRefused() throws {
        var sorter = RowSorter(layout: tiny) { () throws(SortError) in MemoryStorage() }
        let payload = [UInt8](repeating: 1, count: 150 - EntryHeader.size - 1)
        try sorter.add(key: [1].span, generator: 0, payload: payload.span)
        #expect(throws: SortError.entryTooLarge(size: 151, limit: 150)) {
            try sorter.add(key: [1, 2].span, generator: 0, payload: payload.span)
        }
        #expect(
            "\(SortError.entryTooLarge(size: 151, limit: 150))"
                == "a row of 151 bytes, the limit for sorting is 150: an eighth of the run's memory, "
                + "and never more than 1 GiB")
    }

    @Test func lessMemoryThanTheMinimumIsRefused() {
        let least = RowSorter.minMemory
        #expect(throws: SortError.tooLittleMemory(given: least - 1, minimum: least)) {
            _ = try RowSorter(directory: "/", memory: least - 1)
        }
    }

    /// However much memory there is: an LZ4 block has less than 2 GiB.
    @Test func theLargestEntryCanBeCompressed() throws {
        let layout = try SortLayout(memory: (1 << 34) - (1 << 27))
        let block = layout.maxBlockSize(maxEntrySize: layout.maxEntrySize)
        #expect(SortedRunCompressor.maxCompressedSize(of: block) > block)
    }

    /// 48 MB of entries in 16 MiB; the accounts hold what is really taken.
    @Test func theMemoryIsNeverExceeded() throws {
        let directory = try TemporaryDirectory()
        var sorter = try RowSorter(directory: directory.path, memory: RowSorter.minMemory)
        var random = SplitMix64(seed: 1)
        var payload = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for index in 0..<480 {
            let bits = random.next()
            payload[index] = UInt8(truncatingIfNeeded: bits)
            let key = (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
            try sorter.add(key: key.span, generator: 0, payload: payload.span)
        }
        var merged = try sorter.finish()
        var count = 0
        while try merged.next() { count += 1 }
        #expect(count == 480)
        #expect(merged.statistics.runCount > 3)
        #expect(merged.statistics.peakSize > RowSorter.minMemory / 2)
        #expect(merged.statistics.peakSize <= RowSorter.minMemory)
    }
}
