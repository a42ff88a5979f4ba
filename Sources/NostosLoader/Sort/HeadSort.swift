/// Sorts references by their heads, and those of equal heads by their ranks, in place.
///
/// Where they can be packed, ``PackedSort`` does it, in a third of the time. Else it is a radix
/// sort from the most significant bit on that moves each reference to its bucket by exchanges
/// (P. McIlroy, K. Bostic, M. D. McIlroy, “Engineering Radix Sort”, Computing Systems 6:1, 1993:
/// the American flag). Neither takes a second array, so that as much memory as that is left for
/// entries. Bits that all have in common cost one look; ranks are all different, so that nothing is
/// left to chance.
enum HeadSort {
    /// The most references that are sorted by insertion.
    private static let leafCount = 24

    /// Sorts in place; O(n) for each digit in which heads, or ranks of equal heads, differ.
    static func sort(_ references: inout MutableSpan<Reference>) {
        unsafe references.withUnsafeMutableBufferPointer { references in
            guard unsafe !PackedSort.sort(references) else { return }
            sort(unsafe ReferencePart(references))
        }
    }

    private static func sort(_ part: ReferencePart) {
        guard part.count > leafCount else { return part.insertionSort() }
        guard let digit = part.nextDigit() else { return }
        // Unsafe: all of it is initialised.
        unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: digit.bucketCount) { ends in
            unsafe ends.initialize(repeating: 0)
            var span = unsafe ends.mutableSpan
            part.distribute(by: digit, ends: &span)
            var start = 0
            for bucket in 0..<digit.bucketCount {
                let end = span[bucket]
                if end - start > 1 { sort(part.part(start..<end)) }
                start = end
            }
        }
    }
}
