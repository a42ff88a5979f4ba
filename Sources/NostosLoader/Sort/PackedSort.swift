/// Sorts references whose heads differ in few bits, as those of numbers do, packed into 8 bytes
/// each: the bits in which heads differ, and below them the entry's offset.
///
/// A radix sort from the least significant digit on (Knuth, The Art of Computer Programming 3,
/// section 5.2.5): no comparison, so no branch that is guessed wrong. The packed references, and
/// those that a pass moves them to, take the halves of the memory that the references had: no other
/// is needed.
@safe struct PackedSort {
    /// The most bits of a digit: with more, the ends of the buckets would not stay in the nearest
    /// cache.
    private static let maxDigitBits = 9
    /// Fewer are sorted faster by others.
    private static let minCount = 256

    private let base: UnsafeMutableRawPointer
    private let count: Int
    /// Bits of what is sorted by, and of the offset below it.
    private let keyBits: Int
    private let offsetBits: Int
    /// The bits that all heads have in common, and those of all ranks above the offset.
    private let commonHead: UInt64
    private let commonRank: UInt64

    /// Sorts in place; false, and nothing was moved, where these are few, of several generators,
    /// not in the order of their offsets, or do not fit.
    ///
    /// - Complexity: O(n) for each 9 bits in which heads differ.
    static func sort(_ references: UnsafeMutableBufferPointer<Reference>) -> Bool {
        guard let sort = unsafe PackedSort(references) else { return false }
        sort.pack()
        sort.unpack(fromSecond: sort.passes())
        return true
    }

    @unsafe private init?(_ references: UnsafeMutableBufferPointer<Reference>) {
        count = references.count
        guard count >= Self.minCount, let base = references.baseAddress else { return nil }
        unsafe self.base = UnsafeMutableRawPointer(base)
        // Unsafe, here and below: all indices are below the count, or twice the count of halves.
        let (first, last) = unsafe (base[0], base[count - 1])
        var differing: UInt64 = 0
        var previous = first.rank
        var isAscending = true
        for index in 1..<count {
            let reference = unsafe base[index]
            differing |= reference.head ^ first.head
            isAscending = isAscending && previous < reference.rank
            previous = reference.rank
        }
        keyBits = 64 - differing.leadingZeroBitCount
        offsetBits = 64 - UInt64(last.offset).leadingZeroBitCount
        let generator = last.rank - UInt64(last.offset)
        // Ranks that ascend from that generator to that generator are all of it.
        guard isAscending, first.rank >= generator, keyBits + offsetBits <= 64 else { return nil }
        commonHead = keyBits == 64 ? 0 : first.head & (~0 << UInt64(keyBits))
        commonRank = generator
    }

    /// The packed reference at a place of the first half of the memory, or after it of the second.
    @inline(__always)
    private subscript(index: Int) -> UInt64 {
        get { unsafe base.load(fromByteOffset: 8 * index, as: UInt64.self) }
        nonmutating set {
            unsafe base.storeBytes(of: newValue, toByteOffset: 8 * index, as: UInt64.self)
        }
    }

    @inline(__always)
    private func reference(_ index: Int) -> Reference {
        unsafe base.load(fromByteOffset: Reference.size * index, as: Reference.self)
    }

    /// Packs from the first on: what is written lies before what is still to be read.
    private func pack() {
        for index in 0..<count {
            let reference = reference(index)
            self[index] =
                (reference.head - commonHead) << UInt64(offsetBits) | UInt64(reference.offset)
        }
    }

    /// Sorts by one digit after another; true when the last pass ended in the second half.
    private func passes() -> Bool {
        let passCount = (keyBits + Self.maxDigitBits - 1) / Self.maxDigitBits
        guard passCount > 0 else { return false }
        let digitBits = (keyBits + passCount - 1) / passCount
        let bucketCount = 1 << digitBits
        var isInSecond = false
        // Unsafe: one for each bucket of all passes, all initialised.
        unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: passCount * bucketCount) {
            all in
            unsafe all.initialize(repeating: 0)
            var sizes = unsafe all.mutableSpan
            countDigits(digitBits, passCount, &sizes)
            for pass in 0..<passCount {
                let from = isInSecond ? count : 0
                move(
                    from: from, to: count - from, shift: UInt64(offsetBits + pass * digitBits),
                    mask: UInt64(bucketCount - 1), &sizes, pass * bucketCount)
                isInSecond.toggle()
            }
        }
        return isInSecond
    }

    /// Counts how many references have each value of each digit.
    private func countDigits(_ bits: Int, _ passCount: Int, _ sizes: inout MutableSpan<Int>) {
        let mask = UInt64(1 << bits - 1)
        for index in 0..<count {
            var rest = self[index] >> UInt64(offsetBits)
            var bucket = 0
            for _ in 0..<passCount {
                sizes[bucket + Int(truncatingIfNeeded: rest & mask)] += 1
                rest >>= UInt64(bits)
                bucket += 1 << bits
            }
        }
    }

    /// Moves all from one half to the other, in the order of the digit at that bit.
    private func move(
        from: Int, to: Int, shift: UInt64, mask: UInt64, _ places: inout MutableSpan<Int>,
        _ firstBucket: Int
    ) {
        var place = to
        for bucket in firstBucket...firstBucket + Int(mask) {
            let size = places[bucket]
            places[bucket] = place
            place += size
        }
        for index in from..<from + count {
            let packed = self[index]
            let bucket = firstBucket + Int(truncatingIfNeeded: packed &>> shift & mask)
            self[places[bucket]] = packed
            places[bucket] += 1
        }
    }

    /// Unpacks the sorted ones: from the last on where they are in the first half, from the first
    /// on where they are in the second, so that none is overwritten before it is read.
    private func unpack(fromSecond: Bool) {
        if fromSecond {
            for index in 0..<count { unpack(self[count + index], to: index) }
        } else {
            for index in (0..<count).reversed() { unpack(self[index], to: index) }
        }
    }

    @inline(__always)
    private func unpack(_ packed: UInt64, to index: Int) {
        let offset = packed & (1 << UInt64(offsetBits) - 1)
        let reference = Reference(
            head: commonHead | packed >> UInt64(offsetBits), rank: commonRank | offset)
        unsafe base.storeBytes(
            of: reference, toByteOffset: Reference.size * index, as: Reference.self)
    }
}
