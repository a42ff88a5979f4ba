import Dispatch
import Nostos
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// A spill while entries go on coming.
@Suite(.timeLimit(.minutes(10))) struct SpillTests {
    /// Some 15,000 bytes of entries, of which half are spilled above 11,000.
    private let layout = SortLayout(memory: 1 << 14, blockSize: 100)

    /// Entries of 20 bytes.
    private func entries(_ count: Int) -> [SortEntry] {
        var random = SplitMix64(seed: 4)
        return (0..<count).map { arrival in
            let key = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
            let number = UInt8(truncatingIfNeeded: arrival)
            return SortEntry(key, 0, [UInt8](repeating: number, count: 8))
        }
    }

    @Test func entriesGoOnComingMeanwhile() throws {
        let gate = Gate()
        let entries = entries(670)
        var sorter = RowSorter(layout: layout) { () throws(SortError) in GatedStorage(gate) }
        for entry in entries { try sorter.add(entry) }
        #expect(sorter.statistics.runCount == 1)
        #expect(!gate.isLate, "all came before anything was written")
        gate.open()
        let merged = try sorter.finish()
        #expect(try remainingEntries(of: merged) == entries.modelSorted)
    }

    /// 25 MB of entries in 16 MiB, while nothing can be written; the accounts hold what is written
    /// too, and a sixteenth is left to others.
    @Test func entriesThatNoLongerFitWait() throws {
        let gate = Gate()
        let layout = try SortLayout(memory: RowSorter.minMemory)
        let payload = [UInt8](repeating: 7, count: 10_000)
        let entries = entries(2500).map { SortEntry($0.key, 0, payload) }
        var sorter = RowSorter(layout: layout) { () throws(SortError) in GatedStorage(gate) }
        let (added, addedBefore) = (Counter(), Counter())
        DispatchQueue(label: "opener").asyncAfter(deadline: .now() + .milliseconds(500)) {
            addedBefore.value = added.value
            gate.open()
        }
        for entry in entries {
            try sorter.add(entry)
            added.value += 1
        }
        let merged = try sorter.finish()
        #expect(!gate.isLate)
        #expect(addedBefore.value * payload.count <= layout.bufferSize(maxEntrySize: 0))
        #expect(merged.statistics.peakSize <= layout.memory / 16 * 15 + 16 << 10)
        #expect(merged.statistics.peakSize > layout.memory / 2)
        #expect(try remainingEntries(of: merged).map(\.key) == entries.modelSorted.map(\.key))
    }

    @Test func aFailureIsToldAtTheEndIfNothingCameBehind() throws {
        let gate = Gate()
        var sorter = RowSorter(layout: layout) { () throws(SortError) in
            GatedStorage(gate, FullStorage())
        }
        for entry in entries(670) { try sorter.add(entry) }
        #expect(sorter.statistics.runCount == 1)
        gate.open()
        do {
            _ = try sorter.finish()
            Issue.record("the spill was not seen to fail")
        } catch {
            #expect(error == .io(operation: "write", path: "full", errno: .noSpace))
        }
    }

    /// Nobody waits for what nobody will read; the storage goes when it is written.
    @Test func aSorterMayBeDroppedMeanwhile() async throws {
        let gate = Gate()
        let storage = Mutex<WeakStorage>(WeakStorage(storage: nil))
        do {
            var sorter = RowSorter(layout: layout) { () throws(SortError) in
                let made = GatedStorage(gate)
                storage.withLock { $0.storage = made }
                return made
            }
            for entry in entries(670) { try sorter.add(entry) }
        }
        #expect(storage.withLock { $0.storage != nil })
        gate.open()
        for _ in 0..<1000 where storage.withLock({ $0.storage != nil }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(storage.withLock { $0.storage == nil })
    }

    /// Entries that are blocks of their own, with nothing in them to compress, behind small ones:
    /// each spill has room for the largest of its own entries.
    @Test func largeEntriesAreSpilledWithSmallOnes() throws {
        var random = SplitMix64(seed: 9)
        let entries = (0..<60).map { arrival in
            let size = arrival % 3 == 0 ? 5 : layout.sortSize - 20
            return SortEntry(
                [UInt8(arrival % 7)], 0, (0..<size).map { _ in UInt8(random.next() & 255) })
        }
        let (sorted, statistics) = try entries.sorted(layout: layout) { () throws(SortError) in
            MemoryStorage()
        }
        #expect(sorted == entries.modelSorted)
        #expect(statistics.runCount > 3)
    }
}

/// A gate that lets nothing through until it is opened, or for so long that a test has failed.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let late = Atomic(false)

    /// Whether somebody gave up waiting.
    var isLate: Bool { late.load(ordering: .relaxed) }

    func open() { semaphore.signal() }

    func pass() {
        if semaphore.wait(timeout: .now() + .seconds(5)) != .success {
            late.store(true, ordering: .relaxed)
        }
        open()
    }
}

/// A number that one thread sets and others read.
private final class Counter: Sendable {
    private let number = Atomic(0)
    var value: Int {
        get { number.load(ordering: .acquiring) }
        set { number.store(newValue, ordering: .releasing) }
    }
}

/// A storage behind a gate.
private final class GatedStorage: SortedRunStorage {
    private let base: any SortedRunStorage
    private let gate: Gate
    var path: FilePath { base.path }
    var size: Int { base.size }

    init(_ gate: Gate, _ base: any SortedRunStorage = MemoryStorage()) {
        (self.gate, self.base) = (gate, base)
    }

    func append(_ bytes: Span<UInt8>) throws(SortError) {
        gate.pass()
        try base.append(bytes)
    }

    func read(_ count: Int, at offset: Int, into target: inout [UInt8]) throws(SortError) {
        try base.read(count, at: offset, into: &target)
    }
}

/// @unchecked: used behind a lock.
private struct WeakStorage: @unchecked Sendable {
    weak var storage: GatedStorage?
}
