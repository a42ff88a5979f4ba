/// The observed facts about a table's keys: whether they have one ``KeyShape``, the range of their
/// numbers, and the words after them.
///
/// The first keys decide the shape; keys that do not fit it end the profile. Cheap (a parsed number
/// and a word looked up), bounded in memory, and two profiles of parts can be merged.
struct KeyProfile: Sendable {
    /// The keys that decide the shape.
    static let sampleCount = 256
    /// The most words behind the numbers, and their size together, in bytes.
    static let maxWordCount = 1 << 16
    static let maxWordSize = 1 << 20

    /// Whether the key's first column is an int64: its 8 bytes are the number then.
    private let isBinary: Bool
    /// The first keys, until there are enough of them.
    private var sample: [[UInt8]] = []
    private(set) var shape: KeyShape?
    /// The bytes before the number.
    private(set) var prefix: [UInt8] = []
    private(set) var least = UInt64.max
    private(set) var largest = UInt64.min
    /// The rests of all keys.
    private(set) var words = WordSet()
    /// The size of all rests, each as often as it was seen, in bytes.
    private(set) var restSize = 0
    /// Whether keys were seen that have no common shape, or too many words.
    private(set) var isIrregular = false

    init(isBinary: Bool) { self.isBinary = isBinary }

    /// Whether no key was observed.
    var isEmpty: Bool { sample.isEmpty && shape == nil && !isIrregular }

    /// Observes one key, in any order; once or more often.
    mutating func observe(_ key: Span<UInt8>) {
        guard !isIrregular else { return }
        guard let shape else {
            var copy: [UInt8] = []
            copy.append(key)
            sample.append(copy)
            if sample.count == Self.sampleCount { settle() }
            return
        }
        let prefix = prefix
        guard let number = shape.number(in: key), key.hasBytes(prefix.span, at: 0) else {
            return give()
        }
        least = min(least, number)
        largest = max(largest, number)
        let rest = key.extracting(shape.restStart...)
        restSize += rest.count
        guard words.insert(rest).isNew else { return }
        if words.count > Self.maxWordCount || words.size > Self.maxWordSize { give() }
    }

    /// Takes over what another profile of keys of the same schema has observed.
    mutating func merge(_ other: KeyProfile) {
        guard !isIrregular, !other.isIrregular else { return give() }
        guard let shape else {
            // Too few keys here to decide: these with theirs, or theirs alone where they have.
            let mine = sample
            if other.shape != nil { self = other }
            for key in other.shape != nil ? mine : other.sample { observe(key.span) }
            return
        }
        guard let others = other.shape else {
            for key in other.sample { observe(key.span) }
            return
        }
        guard others == shape, other.prefix == prefix else { return give() }
        least = min(least, other.least)
        largest = max(largest, other.largest)
        restSize += other.restSize
        for ordinal in 0..<other.words.count {
            other.words.withWord(ordinal) { _ = words.insert($0) }
        }
        if words.count > Self.maxWordCount || words.size > Self.maxWordSize { give() }
    }

    /// Decides the shape with the keys seen so far, if it is not yet decided.
    mutating func settle() {
        guard shape == nil, !isIrregular, let first = sample.first else { return }
        let sample = sample
        self.sample = []
        guard let shape = isBinary ? KeyShape(prefixSize: 0, digitCount: nil) : Self.shape(sample)
        else { return give() }
        self.shape = shape
        prefix = Array(first.prefix(shape.prefixSize))
        for key in sample { observe(key.span) }
    }

    private mutating func give() {
        self = KeyProfile(isBinary: isBinary)
        isIrregular = true
    }

    /// The shape of keys with a decimal number behind what all share, or nil.
    private static func shape(_ keys: [[UInt8]]) -> KeyShape? {
        func digitCount(_ key: [UInt8], from start: Int) -> Int {
            key[min(start, key.count)...].prefix(while: isDigit).count
        }
        guard let first = keys.first else { return nil }
        let shared = keys.reduce(first.count) { shared, key in
            zip(first.prefix(shared), key).prefix { $0 == $1 }.count
        }
        // Digits that the first keys share belong to the number: later keys may have others.
        var start = shared - first.prefix(shared).reversed().prefix(while: isDigit).count
        var count = keys.reduce(Int.max) { min($0, digitCount($1, from: start)) }
        guard count > 0 else { return nil }
        if count > KeyShape.maxDigitCount {
            // Of a longer number, what all share stays in the prefix as far as that suffices.
            let rest = min(count - KeyShape.maxDigitCount, shared - start)
            start += rest
            count = min(count - rest, KeyShape.maxDigitCount)
        }
        return KeyShape(prefixSize: start, digitCount: count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
