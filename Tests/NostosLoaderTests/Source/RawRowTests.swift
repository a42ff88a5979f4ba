import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct RawRowTests {
    /// Every length around the pieces in which text is copied, with and without a byte above 127 at
    /// each place: taken exactly when it is ASCII, and then as an array would have it.
    @Test func textIsTakenWhenItIsASCIIAndShort() throws {
        for size in 0...140 {
            let text = (0..<size).map { UInt8(32 + $0 % 90) }
            var expected: [UInt8] = []
            try EncodedValue.append(string: text.span, to: &expected)
            #expect(row { $0.append(ascii: text.span) } == (size < 128 ? expected : nil))
            for place in text.indices where size < 20 {
                var other = text
                other[place] = 0xC3
                #expect(row { $0.append(ascii: other.span) } == nil, "\(size), \(place)")
            }
        }
    }

    @Test func valuesAreAsAnArrayHasThem() {
        for value in [Int64.min, -1, 0, 1, 255, 256, Int64.max] {
            var expected: [UInt8] = []
            EncodedValue.append(int64: value, to: &expected)
            #expect(
                row {
                    $0.append(int64: value)
                    return true
                } == expected)
        }
    }

    /// Rows of random values, some of them large, one after another into the same row: each time
    /// it has these values and no others.
    @Test(arguments: UInt64(0)..<8)
    func aRowIsReplacedWhateverSizeTheLastOneHad(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var raw = RawRow(columnCount: 3)
        var row = Row()
        for _ in 0..<60 {
            var (bytes, ends): ([UInt8], [Int]) = ([], [])
            raw.removeAll()
            for _ in 0..<3 {
                let size = random.next() % 8 == 0 ? 5000 : Int(random.next() % 4)
                let value = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
                raw.append(encoded: value.span)
                raw.endColumn()
                bytes += value
                ends.append(bytes.count)
            }
            raw.move(to: &row)
            #expect(row.bytes == bytes)
            #expect(row.ends == ends)
        }
    }

    /// The bytes of one value, or nil when it was not taken; then nothing is left of it.
    private func row(_ append: (inout RawRow) -> Bool) -> [UInt8]? {
        var raw = RawRow(columnCount: 1)
        var row = Row()
        let isTaken = append(&raw)
        raw.endColumn()
        raw.move(to: &row)
        #expect(isTaken || row.bytes.isEmpty)
        return isTaken ? row.bytes : nil
    }
}
