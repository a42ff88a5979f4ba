/// A vocabulary in a mapped table; see `VocabularyBuilder` for its layout.
///
/// Does not keep the mapping alive.
@safe struct VocabularyView {
    static let headerSize = 8

    let count: Int
    /// No word is larger, once ``validate()`` has passed.
    let largestWord: Int
    /// The offsets at which the words begin, and the end of the last one: 4 bytes each.
    let ends: UnsafePointer<UInt8>
    /// The first word's first byte.
    let words: UnsafePointer<UInt8>
    /// From the first word's first byte to the last one's last.
    let wordsSize: Int
    private let offset: Int

    /// The vocabulary that lies in that range of the file, of which the header is verified.
    init(_ bytes: MappedBytes, _ range: Range<Int>) throws(Damage) {
        guard range.count >= Self.headerSize + 4 else {
            throw Damage(offset: range.lowerBound, detail: "a vocabulary of \(range.count) bytes")
        }
        count = Int(bytes.load(UInt32.self, at: range.lowerBound))
        largestWord = Int(bytes.load(UInt32.self, at: range.lowerBound + 4))
        offset = range.lowerBound
        let endsAt = range.lowerBound + Self.headerSize
        let most = (range.count - Self.headerSize - 4) / 4
        guard count <= most, largestWord <= VocabularyBuilder.maxSize else {
            throw Damage(
                offset: range.lowerBound,
                detail: "\(count) words of at most \(largestWord) in \(range.count) bytes")
        }
        // Unsafe: both lie inside the range, by the guard.
        unsafe ends = bytes.address(of: endsAt)
        unsafe words = bytes.address(of: endsAt + 4 * (count + 1))
        wordsSize = range.upperBound - endsAt - 4 * (count + 1)
    }

    /// Makes sure that every word lies inside and none is larger than the header says.
    ///
    /// After that, any code below ``count`` may be used unchecked.
    func validate() throws(Damage) {
        var start = end(0)
        var largest = 0
        guard start == 0 else { throw Damage(offset: offset, detail: "word 0 begins at \(start)") }
        for index in 0..<count {
            let end = end(index + 1)
            guard start <= end, end <= wordsSize else {
                throw Damage(
                    offset: offset, detail: "word \(index) lies at \(start) to \(end)")
            }
            largest = max(largest, end - start)
            start = end
        }
        guard largest <= largestWord else {
            throw Damage(
                offset: offset, detail: "a word of \(largest) bytes, at most \(largestWord)")
        }
    }

    private func end(_ index: Int) -> Int {
        // Unsafe: `count` + 1 ends lie there, by the initialiser.
        Int(
            unsafe UnsafeRawPointer(ends).loadUnaligned(
                fromByteOffset: 4 * index, as: UInt32.self
            ).littleEndian)
    }
}
