import Synchronization

/// Checks the pages of a mapped table against their sums, each on its first touch.
///
/// One bit a page remembers that it was good. Two threads may check a page at once and both set
/// its bit: the bytes are immutable, so the bits need no order among themselves (relaxed).
@safe final class PageVerifier {
    private let file: MappedFile
    private let footer: TableFooter
    private let pageBits: BitSet
    private let sumPageBits: BitSet
    /// Of a careful verifier, the one that remembers; its own bits are never set.
    private let original: PageVerifier?

    init(file: MappedFile, footer: TableFooter) {
        self.file = file
        self.footer = footer
        pageBits = BitSet(count: footer.range(of: .pageSums).count / 8)
        sumPageBits = BitSet(count: footer.range(of: .sumsOfSums).count / 8)
        original = nil
    }

    /// A verifier of the same pages that looks at every touch whether they were lost meanwhile.
    init(carefulAs original: PageVerifier) {
        (file, footer, self.original) = (original.file, original.footer, original)
        pageBits = BitSet(count: footer.range(of: .pageSums).count / 8)
        sumPageBits = BitSet(count: 0)
    }

    /// Whether it is one that remembers nothing.
    var isCareful: Bool { original != nil }

    /// Verifies every page again when it is touched next.
    func forgetAll() {
        pageBits.removeAll()
        sumPageBits.removeAll()
    }

    /// Checks the sums of sums against the footer: once, at open.
    ///
    /// O(file size / 2 Mi).
    func verifyRoot() throws(Damage) {
        let range = footer.range(of: .sumsOfSums)
        let actual = file.bytes.withSpan(range) { Checksum.hash($0, seed: footer.seed) }
        guard actual == footer.rootSum else {
            throw Damage(offset: range.lowerBound, actual: actual, stored: footer.rootSum)
        }
    }

    /// The pages that were good; for use while this object lives.
    var goodPages: BitSet.View { pageBits.view }

    /// Checks that the bytes of the range, all before the page sums, have their sums.
    @inline(__always)
    func verify(_ range: Range<Int>) throws(Damage) {
        guard !range.isEmpty else { return }
        if let original {
            guard !file.isLost(range) else { throw Damage(lostIn: range, file) }
            return try original.verify(range)
        }
        let last = (range.upperBound - 1) / TableFormat.pageSize
        for page in range.lowerBound / TableFormat.pageSize...last where !pageBits.contains(page) {
            try verify(page: page)
        }
    }

    /// Checks one page even when it was good before: the disk may have changed its mind since.
    @inline(never)
    func verify(page: Int) throws(Damage) {
        let sums = footer.range(of: .pageSums)
        let sumPage = page * 8 / TableFormat.pageSize
        if !sumPageBits.contains(sumPage) { try verify(sumPage: sumPage) }
        let start = page * TableFormat.pageSize
        let end = min(start + TableFormat.pageSize, sums.lowerBound)
        try check(start..<end, seed: footer.seed ^ UInt64(page), sumAt: sums.lowerBound + page * 8)
        pageBits.insert(page)
    }

    private func verify(sumPage: Int) throws(Damage) {
        let sums = footer.range(of: .pageSums)
        let start = sums.lowerBound + sumPage * TableFormat.pageSize
        let end = min(start + TableFormat.pageSize, sums.upperBound)
        try check(
            start..<end, seed: footer.seed ^ ~UInt64(sumPage),
            sumAt: footer.range(of: .sumsOfSums).lowerBound + sumPage * 8)
        sumPageBits.insert(sumPage)
    }

    private func check(_ range: Range<Int>, seed: UInt64, sumAt: Int) throws(Damage) {
        let actual = file.bytes.withSpan(range) { Checksum.hash($0, seed: seed) }
        let stored: UInt64 = file.bytes.load(UInt64.self, at: sumAt)
        guard actual == stored else {
            throw Damage(offset: range.lowerBound, actual: actual, stored: stored)
        }
    }
}

extension Damage {
    /// A page whose bytes do not have their sum.
    fileprivate init(offset: Int, actual: UInt64, stored: UInt64) {
        self.init(
            offset: offset,
            detail: "checksum \(Checksum.text(actual)), stored \(Checksum.text(stored))")
    }

    /// The first of the range's pages that could not be read.
    init(lostIn range: Range<Int>, _ file: MappedFile) {
        let size = TableFormat.pageSize
        let first = range.lowerBound / size * size
        let pages = stride(from: first, to: range.upperBound, by: size)
        self.init(
            offset: pages.first { file.isLost($0..<$0 + size) } ?? first,
            detail: "cannot be read: the file was cut short, or its disk fails")
    }
}

/// A fixed set of small numbers that threads read and add to without locks.
@safe final class BitSet {
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let wordCount: Int

    init(count: Int) {
        wordCount = (count + 63) / 64
        unsafe words = .allocate(capacity: max(1, wordCount))
        for index in 0..<wordCount { unsafe (words + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe words.deinitialize(count: wordCount)
        unsafe words.deallocate()
    }

    @inline(__always)
    func contains(_ member: Int) -> Bool { view.contains(member) }

    func insert(_ member: Int) {
        precondition(member >= 0 && member / 64 < wordCount)
        // Unsafe: as above.
        unsafe words[member / 64].bitwiseOr(1 << UInt64(member % 64), ordering: .relaxed)
    }

    func removeAll() {
        for index in 0..<wordCount { unsafe words[index].store(0, ordering: .relaxed) }
    }
}

extension BitSet {
    /// The members, as plain data that lookups read without counting references.
    ///
    /// Does not keep the set alive.
    @safe struct View {
        fileprivate let words: UnsafeMutablePointer<Atomic<UInt64>>
        fileprivate let wordCount: Int

        @inline(__always)
        func contains(_ member: Int) -> Bool {
            precondition(member >= 0 && member / 64 < wordCount)
            // Unsafe: inside the allocation, by the precondition.
            let word = unsafe words[member / 64].load(ordering: .relaxed)
            return word >> UInt64(member % 64) & 1 == 1
        }
    }

    var view: View { unsafe View(words: words, wordCount: wordCount) }
}

// @unchecked: as of the set; the holder of a view keeps the set alive.
extension BitSet.View: @unchecked Sendable {}
// @unchecked: all that is stored is atomic or immutable.
extension BitSet: @unchecked Sendable {}
extension PageVerifier: Sendable {}
