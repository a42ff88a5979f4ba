/// Some neighbouring references of a buffer.
@safe struct ReferencePart {
    private let base: UnsafeMutablePointer<Reference>
    let count: Int

    /// All references of a buffer, which must outlive the part.
    @unsafe init(_ references: UnsafeMutableBufferPointer<Reference>) {
        guard let base = references.baseAddress else { preconditionFailure("no references") }
        unsafe self.base = base
        count = references.count
    }

    @unsafe private init(_ base: UnsafeMutablePointer<Reference>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    /// A part of this part.
    func part(_ range: Range<Int>) -> ReferencePart {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe ReferencePart(base + range.lowerBound, count: range.count)
    }

    /// Some bits of heads, or of ranks, that stand below bits that all have in common.
    struct Digit {
        fileprivate let isOfRank: Bool
        fileprivate let shift: UInt64
        fileprivate let mask: UInt64

        /// The number of its buckets.
        var bucketCount: Int { Int(mask) + 1 }

        @inline(__always)
        fileprivate func bucket(of reference: Reference) -> Int {
            let word = isOfRank ? reference.rank : reference.head
            return Int(truncatingIfNeeded: word &>> shift & mask)
        }
    }

    /// The highest bits in which the heads differ, or where they do not, the ranks; nil when the
    /// references are in order.
    ///
    /// The number of bits with which a bucket has about eight references, 11 at most: more buckets
    /// would not stay in the nearest caches.
    func nextDigit() -> Digit? {
        guard count > 1 else { return nil }
        // Unsafe, here and below: all indices are below the count.
        let first = unsafe base[0]
        var differing: UInt64 = 0
        for index in 1..<count { differing |= unsafe base[index].head ^ first.head }
        let isOfRank = differing == 0
        if isOfRank {
            var isAscending = true
            for index in 1..<count {
                let rank = unsafe base[index].rank
                differing |= rank ^ first.rank
                isAscending = unsafe isAscending && base[index - 1].rank < rank
            }
            if isAscending { return nil }
        }
        let width = 64 - differing.leadingZeroBitCount
        let bits = min(11, width, max(1, Int.bitWidth - 4 - count.leadingZeroBitCount))
        return Digit(isOfRank: isOfRank, shift: UInt64(width - bits), mask: 1 << UInt64(bits) - 1)
    }

    /// Moves the references into buckets; `ends`, one for each bucket, begin as zeros and become
    /// the ends of the buckets.
    func distribute(by digit: Digit, ends: inout MutableSpan<Int>) {
        for index in 0..<count { unsafe ends[digit.bucket(of: base[index])] += 1 }
        // Unsafe: one for each bucket, all initialised.
        unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: ends.count) { next in
            var start = 0
            for bucket in 0..<ends.count {
                unsafe next.initializeElement(at: bucket, to: start)
                start += ends[bucket]
                ends[bucket] = start
            }
            for bucket in 0..<ends.count {
                while unsafe next[bucket] < ends[bucket] {
                    unsafe place(base[next[bucket]], bucket, digit, next)
                }
            }
        }
    }

    /// Exchanges a reference that stands first in what is left of a bucket for one that belongs
    /// there, through as many buckets as it takes.
    @unsafe @inline(__always)
    private func place(
        _ first: Reference, _ bucket: Int, _ digit: Digit,
        _ next: UnsafeMutableBufferPointer<Int>
    ) {
        var reference = first
        var target = digit.bucket(of: reference)
        while target != bucket {
            let index = unsafe next[target]
            unsafe swap(&base[index], &reference)
            unsafe next[target] = index + 1
            target = digit.bucket(of: reference)
        }
        let index = unsafe next[bucket]
        unsafe base[index] = reference
        unsafe next[bucket] = index + 1
    }

    /// Sorts few references: O(n²).
    func insertionSort() {
        guard count > 1 else { return }
        for index in 1..<count {
            let reference = unsafe base[index]
            var place = index
            while place > 0, unsafe reference.precedes(base[place - 1]) {
                unsafe base[place] = base[place - 1]
                place -= 1
            }
            unsafe base[place] = reference
        }
    }
}
