/// Sorts references by their heads, in time that does not depend on how they lie: a radix sort from
/// the least significant byte on (Knuth, The Art of Computer Programming 3, section 5.2.5).
///
/// Stable: of equal heads the one that came first stays first. Bytes that all heads have in common
/// cost one look; int64 keys below 2^32 take four passes.
enum HeadSort {
    /// Sorts in place, with a second array of the same size meanwhile.
    ///
    /// O(n) for each byte in which heads differ.
    static func sort(_ references: inout [Reference]) {
        let counts = counted(references)
        var target = [Reference](
            repeating: Reference(head: 0, rank: 0), count: references.count)
        for byte in 0..<8 {
            let buckets = counts[byte * 256..<(byte + 1) * 256]
            guard !buckets.contains(references.count) else { continue }
            var places = [Int](repeating: 0, count: 256)
            var start = 0
            for (value, count) in buckets.enumerated() {
                places[value] = start
                start += count
            }
            scatter(references, byte, &places, to: &target)
            swap(&references, &target)
        }
    }

    /// How often each value of each byte occurs, bytes from the least significant on.
    private static func counted(_ references: [Reference]) -> [Int] {
        var counts = [Int](repeating: 0, count: 8 * 256)
        for reference in references {
            var head = reference.head
            for byte in 0..<8 {
                counts[byte << 8 | Int(truncatingIfNeeded: head & 0xFF)] += 1
                head >>= 8
            }
        }
        return counts
    }

    private static func scatter(
        _ references: [Reference], _ byte: Int, _ places: inout [Int],
        to target: inout [Reference]
    ) {
        var places = places.mutableSpan
        var target = target.mutableSpan
        let shift = UInt64(8 * byte)
        for reference in references {
            let value = Int(truncatingIfNeeded: reference.head >> shift & 0xFF)
            target[places[value]] = reference
            places[value] += 1
        }
    }
}
