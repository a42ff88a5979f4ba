import Testing

@testable import NostosLoader

@Suite struct SortBufferTests {
    /// The payloads in the buffer's order, and whether it found itself sorted before.
    private func sorted(_ entries: [SortEntry]) -> (wasSorted: Bool, payloads: [UInt8]) {
        var buffer = SortBuffer(capacity: 1 << 16)
        for entry in entries {
            buffer.append(
                key: entry.key.span, generator: entry.generator, payload: entry.payload.span)
        }
        let wasSorted = buffer.isSorted
        buffer.sort()
        let payloads = (0..<buffer.count).map {
            buffer.bytes[buffer.range(at: $0).payload.lowerBound]
        }
        return (wasSorted, payloads)
    }

    @Test func entriesInOrderAreFoundSorted() {
        let result = sorted([
            SortEntry([1], 0, [0]), SortEntry([1], 0, [1]), SortEntry([1], 2, [2]),
            SortEntry([1, 0], 0, [3]), SortEntry([2], 0, [4]),
        ])
        #expect(result.wasSorted)
        #expect(result.payloads == [0, 1, 2, 3, 4])
    }

    @Test func aKeyIsNotConfusedWithItsZeroPaddedHead() {
        let result = sorted([
            SortEntry([5, 0, 0, 0, 0, 0, 0, 0], 0, [0]), SortEntry([5, 0], 0, [1]),
            SortEntry([5], 0, [2]), SortEntry([5, 0, 0, 0, 0, 0, 0, 0, 0], 0, [3]),
        ])
        #expect(!result.wasSorted)
        #expect(result.payloads == [2, 1, 0, 3])
    }

    @Test func keysWithALongCommonStartAreInOrder() {
        let start = Array("user-profile-".utf8)
        let result = sorted([
            SortEntry(start + [0], 0, [0]), SortEntry(start + [0, 0], 0, [1]),
            SortEntry(start, 1, [2]), SortEntry(start + [9, 1, 1, 1, 1, 1, 1, 1, 2], 0, [3]),
            SortEntry(start + [9, 1, 1, 1, 1, 1, 1, 1, 1], 0, [4]), SortEntry(start, 0, [5]),
        ])
        #expect(result.payloads == [5, 2, 0, 1, 4, 3])
    }

    @Test func equalKeysOfEightBytesGoByGeneratorAndThenArrival() {
        let key: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let result = sorted([
            SortEntry(key, 3, [0]), SortEntry(key, 65_535, [1]), SortEntry(key, 0, [2]),
            SortEntry(key, 3, [3]), SortEntry(key, 0, [4]),
        ])
        #expect(result.payloads == [2, 4, 0, 3, 1])
    }

    /// Every pair out of all spans of up to 2 bytes in 0…2, and longer ones around word bounds.
    @Test func comparingAgreesWithTheStandardLibrary() {
        var spans: [[UInt8]] = [[]]
        for a in UInt8(0)...2 { spans += [[a]] + (UInt8(0)...2).map { [a, $0] } }
        for count in 7...17 {
            for last in [UInt8(0), 1, 128, 255] {
                spans.append(Array(repeating: 7, count: count) + [last])
                spans.append(Array(repeating: 7, count: count) + [last, 9])
            }
        }
        for left in spans {
            for right in spans {
                let order = left.span.compare(right.span)
                #expect((order < 0) == left.lexicographicallyPrecedes(right), "\(left) \(right)")
                #expect((order == 0) == (left == right))
                let shared = zip(left, right).prefix { $0 == $1 }.count
                let found = left.span.sharedSize(with: right.span)
                #expect(found == shared, "\(left) \(right)")
                if left.span.head != right.span.head {
                    #expect((left.span.head < right.span.head) == (order < 0))
                }
            }
        }
    }
}
