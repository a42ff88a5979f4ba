/// A sample of a field's JSON texts, spread evenly over all of them, of bounded size.
///
/// Keeps every text, then, each time its memory is full, every second one of those it has and half
/// as many of those to come. The same texts give the same sample.
struct TextSample: Sendable {
    /// The most that all fields of a profile keep together, and one of them.
    static let totalSize = 8 << 20
    static let largestSize = 1 << 20
    /// Of a longer text the sample has only the beginning.
    static let largestText = 1 << 13

    private(set) var bytes: [UInt8] = []
    /// The offsets at which the texts end.
    private(set) var ends: [Int] = []
    private var maxSize = 0
    private var stride = 1
    /// Texts that are passed over before the next one is kept.
    private var skipCount = 0

    /// An empty sample of a table with that many fields.
    init(fieldCount: Int) {
        maxSize = min(Self.largestSize, Self.totalSize / max(1, fieldCount))
    }

    var count: Int { ends.count }

    /// Whether the next text is one to keep; to be asked once for each text.
    @inline(__always)
    mutating func takesNext() -> Bool {
        guard skipCount == 0 else {
            skipCount -= 1
            return false
        }
        skipCount = stride - 1
        return true
    }

    /// Keeps a text.
    mutating func append(_ text: Span<UInt8>) {
        let kept = text.extracting(..<min(text.count, Self.largestText))
        if bytes.count + kept.count > maxSize {
            let isOdd = ends.count % 2 == 1
            thin()
            if isOdd {
                // This one goes too; the next to keep comes half a stride earlier.
                skipCount = stride / 2 - 1
                return
            }
        }
        guard bytes.count + kept.count <= maxSize else { return }
        bytes.append(kept)
        ends.append(bytes.count)
    }

    /// Keeps the JSON text of a whole encoded value.
    mutating func append(valueOf value: Span<UInt8>) {
        var position = 0
        // Made where it stays, if it fits; not where its memory would stay too.
        guard value.count <= Self.largestText else {
            var text: [UInt8] = []
            EncodedValue.appendJSON(in: value, at: &position, to: &text)
            return append(text.span)
        }
        let start = bytes.count
        EncodedValue.appendJSON(in: value, at: &position, to: &bytes)
        let end = min(bytes.count, start + Self.largestText)
        if end <= maxSize {
            bytes.removeLast(bytes.count - end)
            ends.append(end)
        } else {
            let text = Array(bytes[start...])
            bytes.removeLast(bytes.count - start)
            append(text.span)
        }
    }

    /// Takes over the sample of more texts, spread as widely as the one that is spread more.
    mutating func merge(_ other: TextSample) {
        var other = other
        while stride < other.stride { thin() }
        while other.stride < stride { other.thin() }
        for index in 0..<other.count {
            let text = other.bytes.span.extracting(other.range(index))
            let oldStride = stride
            append(text)
            // Full, and thinned: so must be what is still to come.
            if stride != oldStride { return merge(other.suffix(from: index + 1)) }
        }
    }

    private func suffix(from first: Int) -> TextSample {
        var suffix = self
        let start = first == 0 ? 0 : ends[first - 1]
        suffix.bytes = Array(bytes[start...])
        suffix.ends = ends[first...].map { $0 - start }
        return suffix
    }

    /// The range in `bytes` of the text of that ordinal.
    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    private mutating func thin() {
        var thinned: [UInt8] = []
        thinned.reserveCapacity(bytes.count)
        var thinnedEnds: [Int] = []
        for index in Swift.stride(from: 0, to: ends.count, by: 2) {
            thinned += bytes[range(index)]
            thinnedEnds.append(thinned.count)
        }
        (bytes, ends) = (thinned, thinnedEnds)
        stride *= 2
        skipCount = stride - 1
    }
}
