import TestSupport
import Testing

@testable import NostosLoader

/// That packing is tried where it may be, and where it may not be nothing is moved; what is sorted
/// agrees with the model in `HeadSortTests` too.
@Suite struct PackedSortTests {
    /// Sorts in place; nil where the references were left as they are.
    private func packed(_ references: [Reference]) -> [Reference]? {
        var sorted = references
        let isSorted = unsafe sorted.withUnsafeMutableBufferPointer { unsafe PackedSort.sort($0) }
        if !isSorted { #expect(pairs(sorted) == pairs(references)) }
        return isSorted ? sorted : nil
    }

    private func pairs(_ references: [Reference]) -> [[UInt64]] {
        references.map { [$0.head, $0.rank] }
    }

    private func references(
        _ count: Int, bits: Int, common: UInt64 = 0, generator: Int = 0, stride: Int = 29,
        seed: UInt64 = 1
    ) -> [Reference] {
        var random = SplitMix64(seed: seed)
        var all = (0..<count).map { index in
            Reference(
                head: common | (bits == 0 ? 0 : random.next() >> UInt64(64 - bits)),
                generator: generator, offset: index * stride)
        }
        // So that the heads differ in just that many bits.
        if bits > 0 {
            all[0] = Reference(head: common, rank: all[0].rank)
            all[1] = Reference(head: common | 1 << UInt64(bits - 1), rank: all[1].rank)
        }
        return all
    }

    /// Heads of every width, in one pass and in several, so that they end in either half.
    @Test(arguments: 0...49)
    func headsOfEveryWidthThatFitsAreSorted(bits: Int) throws {
        // 400 offsets up to 399 × 64 have 15 bits.
        let common: UInt64 = 0b101 << 61
        let all = references(400, bits: bits, common: common, generator: 3, stride: 64)
        let found = try #require(packed(all))
        let model = all.sorted { $0.precedes($1) }
        #expect(pairs(found) == pairs(model))
    }

    @Test(arguments: UInt64(0)..<8)
    func manyHeadsAreSorted(seed: UInt64) throws {
        let all = references(50_000, bits: 12 + 3 * Int(seed), seed: seed)
        let found = try #require(packed(all))
        #expect(pairs(found) == pairs(all.sorted { $0.precedes($1) }))
    }

    @Test func headsOfOneBitTooManyAreLeftAlone() {
        #expect(packed(references(400, bits: 49, stride: 64)) != nil)
        #expect(packed(references(400, bits: 50, stride: 64)) == nil)
        #expect(packed(references(400, bits: 64)) == nil)
    }

    @Test func fewAreLeftAlone() {
        #expect(packed(references(255, bits: 10)) == nil)
        #expect(packed(references(256, bits: 10)) != nil)
    }

    /// Of equal heads the offset alone would not tell which comes first.
    @Test func severalGeneratorsOrOffsetsThatFallAreLeftAlone() {
        var all = references(400, bits: 10, generator: 1)
        all[399] = Reference(head: 5, generator: 2, offset: all[399].offset)
        #expect(packed(all) == nil)
        all = references(400, bits: 10, generator: 1)
        all[0] = Reference(head: 5, generator: 0, offset: 0)
        #expect(packed(all) == nil)
        all = references(400, bits: 10)
        all.swapAt(17, 18)
        #expect(packed(all) == nil)
    }
}
