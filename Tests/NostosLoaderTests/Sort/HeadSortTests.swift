import TestSupport
import Testing

@testable import NostosLoader

@Suite struct HeadSortTests {
    private func sorted(_ heads: [UInt64]) -> [Reference] {
        var references = heads.enumerated().map { Reference(head: $1, rank: UInt64($0)) }
        var span = references.mutableSpan
        HeadSort.sort(&span)
        return references
    }

    /// Every sequence of up to 5 of 3 heads that differ in the first and the last byte.
    @Test func agreesWithAStableSortOnEverySmallInput() {
        let kinds: [UInt64] = [0, 1, 1 << 63]
        for count in 0...5 {
            for code in 0..<(0..<count).reduce(1, { product, _ in product * 3 }) {
                var rest = code
                let heads = (0..<count).map { _ in
                    defer { rest /= 3 }
                    return kinds[rest % 3]
                }
                check(heads)
            }
        }
    }

    @Test(arguments: UInt64(0)..<12)
    func agreesWithAStableSortOnRandomHeads(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // Some bytes vary, some are the same in all.
        let mask = random.next() & random.next()
        check((0..<3000).map { _ in random.next() & (seed == 0 ? 0 : mask) | 1 << 40 })
    }

    /// So many that there are several digits; some heads are the same, some differ in their last
    /// bits.
    @Test(arguments: [UInt64(1), 1 << 10, 1 << 20, .max])
    func agreesWithAStableSortOnManyHeads(kinds: UInt64) {
        var random = SplitMix64(seed: kinds)
        check((0..<100_000).map { _ in 1 << 60 | random.next() % kinds })
    }

    /// Half of all heads are one and the same: their ranks are in order again afterwards.
    @Test func manyEqualHeadsAreInTheOrderOfTheirRanks() {
        var random = SplitMix64(seed: 3)
        check((0..<100_000).map { _ in random.next() % 2 == 0 ? 77 : random.next() })
    }

    private func check(_ heads: [UInt64]) {
        let model = heads.enumerated().sorted {
            $0.element != $1.element ? $0.element < $1.element : $0.offset < $1.offset
        }
        let found = sorted(heads)
        #expect(found.map(\.head) == model.map(\.element))
        #expect(found.map(\.rank) == model.map { UInt64($0.offset) })
    }

    /// Keys of a few bytes, many alike in their first eight, of two generators, in the generators'
    /// order or not.
    @Test(arguments: UInt64(0)..<12)
    func aBufferOfKeysInNoOrderAgreesWithTheModel(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let start = seed % 3 == 0 ? Array("user-profile-".utf8) : []
        let entries = (0..<400).map { arrival in
            let key = (0..<Int.random(in: 6...10, using: &random)).map { _ in
                UInt8.random(in: 0...1, using: &random)
            }
            return SortEntry(
                start + key, seed % 2 == 0 ? arrival / 200 : arrival % 2,
                [UInt8(arrival & 0xFF), UInt8(arrival >> 8)])
        }
        var buffer = SortBuffer(capacity: 1 << 16)
        for entry in entries {
            buffer.append(
                key: entry.key.span, generator: entry.generator, payload: entry.payload.span)
        }
        buffer.sort()
        let found = (0..<buffer.count).map { index in
            let place = buffer.range(at: index)
            return SortEntry(
                bytes(of: buffer.bytes.extracting(place.key)), place.header.generator,
                bytes(of: buffer.bytes.extracting(place.payload)))
        }
        #expect(found == entries.modelSorted)
    }
}
