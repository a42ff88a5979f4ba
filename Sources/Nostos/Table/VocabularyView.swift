/// A vocabulary in a mapped table; see `VocabularyBuilder` for its layout.
struct VocabularyView {
    static let headerSize = 8

    private let count: Int
    private let endsAt: Int
    private let texts: Range<Int>
    /// No word that ``range(of:in:)`` gives is larger: the decoder's memory is counted by it.
    let largestWord: Int

    /// The vocabulary that lies in that range of the file, of which the header is verified.
    init(_ bytes: MappedBytes, _ range: Range<Int>) throws(Damage) {
        guard range.count >= Self.headerSize else {
            throw Damage(offset: range.lowerBound, detail: "a vocabulary of \(range.count) bytes")
        }
        count = Int(bytes.load(UInt32.self, at: range.lowerBound))
        largestWord = Int(bytes.load(UInt32.self, at: range.lowerBound + 4))
        endsAt = range.lowerBound + Self.headerSize
        guard count <= (range.count - Self.headerSize) / 4, largestWord <= range.count else {
            throw Damage(
                offset: range.lowerBound,
                detail: "\(count) words of at most \(largestWord) in \(range.count) bytes")
        }
        texts = endsAt + 4 * count..<range.upperBound
    }

    /// Where the word of that code lies in the file, or nil when there is none.
    @inline(__always)
    func range(of code: UInt64, in bytes: MappedBytes) -> Range<Int>? {
        guard code < UInt64(count) else { return nil }
        let index = Int(code)
        let start = index == 0 ? 0 : Int(bytes.load(UInt32.self, at: endsAt + 4 * index - 4))
        let end = Int(bytes.load(UInt32.self, at: endsAt + 4 * index))
        guard start <= end, end <= texts.count, end - start <= largestWord else { return nil }
        return texts.lowerBound + start..<texts.lowerBound + end
    }
}
