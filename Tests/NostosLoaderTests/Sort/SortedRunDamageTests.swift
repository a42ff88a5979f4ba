import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct SortedRunDamageTests {
    private let entries = [SortEntry].random(maxCount: 40, seed: 11).modelSorted

    /// A run of several blocks, and its storage.
    private func makeRun(
        _ entries: [SortEntry], number: Int = 3, in storage: MemoryStorage = MemoryStorage()
    ) throws -> (run: SortedRun, storage: MemoryStorage) {
        var writer = SortedRunWriter(
            storage: storage, number: number, blockSize: 100, maxEntrySize: 80)
        for entry in entries {
            var buffer = SortBuffer(capacity: 100)
            buffer.append(
                key: entry.key.span, generator: entry.generator, payload: entry.payload.span)
            try writer.append(buffer.bytes)
        }
        return (try writer.finish(), storage)
    }

    private func read(_ run: SortedRun) throws(SortError) -> [SortEntry] {
        var merge = try SortedRunMerge([run], blocks: [])
        return try remainingEntries(of: &merge)
    }

    @Test func aRunReadsBackAsWritten() throws {
        let (run, storage) = try makeRun(entries)
        #expect(entries.count > 10)
        #expect(run.range == 0..<storage.size)
        #expect(try read(run) == entries)
    }

    /// Every bit of every byte: the only outcomes are the right entries and an error.
    @Test func aFlippedBitIsNeverAWrongEntry() throws {
        let (run, storage) = try makeRun(entries)
        let good = storage.bytes
        for index in good.indices {
            for bit in 0..<8 {
                storage.bytes = good
                storage.bytes[index] ^= 1 << bit
                #expect(throws: SortError.self, "bit \(bit) of byte \(index)") { try read(run) }
            }
        }
    }

    @Test func aRunThatIsCutOffIsAnError() throws {
        let (run, storage) = try makeRun(entries)
        let good = storage.bytes
        for count in 0..<good.count {
            storage.bytes = Array(good[..<count])
            #expect(throws: SortError.self, "\(count) bytes") { try read(run) }
        }
    }

    /// A block whose checksum is right, and whose last entry has less than its sizes say.
    @Test func anEntryThatIsCutOffIsAnError() throws {
        for cut in 1...19 {
            let storage = MemoryStorage()
            var writer = SortedRunWriter(
                storage: storage, number: 1, blockSize: 100, maxEntrySize: 80)
            var buffer = SortBuffer(capacity: 100)
            let key = [UInt8](repeating: 1, count: 8)
            let payload = [UInt8](repeating: 0, count: 20)
            buffer.append(key: key.span, generator: 0, payload: payload.span)
            let entry = buffer.bytes
            try writer.append(entry)
            try writer.append(entry.extracting(..<(entry.count - cut)))
            let run = try writer.finish()
            let error = #expect(throws: SortError.self, "\(cut)") { try read(run) }
            #expect("\(String(describing: error))".contains("an entry is cut off"), "\(cut)")
        }
    }

    /// Every bit of every byte, under a checksum that is right: nothing beyond the block is
    /// touched.
    @Test func aBlockThatDoesNotDecompressIsAnError() throws {
        let (run, storage) = try makeRun([SortEntry([1, 2], 0, Array(repeating: 5, count: 70))])
        let good = storage.bytes
        var refusedCount = 0
        for bit in SortedRunBlock.checksumSize * 8..<good.count * 8 {
            storage.bytes = good
            storage.bytes[bit / 8] ^= 1 << (bit % 8)
            let covered = Array(storage.bytes[SortedRunBlock.checksumSize...])
            let seed = SortedRunBlock.seed(run: run.number, block: 0)
            var checksum: [UInt8] = []
            checksum.append(littleEndian: Checksum.hash(covered.span, seed: seed))
            storage.bytes.replaceSubrange(0..<SortedRunBlock.checksumSize, with: checksum)
            do {
                _ = try read(run)
                #expect(bit >= SortedRunBlock.headerSize * 8, "bit \(bit)")
            } catch {
                if "\(error)".contains("does not decompress") { refusedCount += 1 }
            }
        }
        #expect(refusedCount > 8)
    }

    @Test func aWholeBlockInAnotherPlaceIsAnError() throws {
        let same = Array(repeating: SortEntry([1, 2], 0, Array(repeating: 5, count: 90)), count: 2)
        let (run, storage) = try makeRun(same)
        let half = storage.size / 2
        #expect(storage.size == 2 * half)
        #expect(try read(run) == same)
        storage.bytes.replaceSubrange(0..<half, with: storage.bytes[half...])
        #expect(throws: SortError.self) { try read(run) }
    }

    @Test func aMissingLastBlockIsAnError() throws {
        let same = Array(repeating: SortEntry([1, 2], 0, Array(repeating: 5, count: 90)), count: 2)
        let (run, storage) = try makeRun(same)
        let short = SortedRun(
            storage: storage, range: 0..<storage.size / 2, number: run.number,
            entryCount: run.entryCount, maxBlockSize: run.maxBlockSize,
            maxEntrySize: run.maxEntrySize, headsAreKeys: run.headsAreKeys)
        let expected = SortError.damaged(
            path: storage.path, offset: storage.size / 2,
            reason: "1 entries, 2 were written")
        #expect(throws: expected) { try read(short) }
    }

    @Test func aBlockOfAnotherRunIsAnError() throws {
        let (run, storage) = try makeRun(entries)
        storage.bytes = try makeRun(entries, number: 4).storage.bytes
        #expect(throws: SortError.self) { try read(run) }
    }
}
