import Nostos

/// The place of a value of a set, and enough of the value to distinguish it from most others.
struct SetPlace: BitwiseCopyable {
    /// The place with the smaller head comes first; where both are equal the values decide.
    ///
    /// The number of a text: 1 and its first 7 bytes, with 0 below and the largest number above.
    private let head: UInt64
    private var start: UInt32
    /// The value's size in bytes: twice the largest set is far below 4 GiB.
    private let count: UInt32

    /// Bytes of a short text before its first character.
    private static let textStart = 2
    /// Characters in the head of a short text.
    private static let headSize = 7

    /// The last value of `bytes`, which begins at `start`.
    @inline(__always)
    init(_ start: Int, in bytes: borrowing GrowingMemory<UInt8>) {
        let end = bytes.count
        self.start = UInt32(start)
        count = UInt32(end - start)
        let word = bytes.head(at: start, end: end)
        // Text of less than 128 bytes: tag, size, characters. The order of all other values is not
        // that of their bytes.
        let tag = UInt8(word >> 56)
        if tag == EncodedValue.Tag.string.rawValue {
            let isShort = word >> 48 & 0x80 == 0
            let first = isShort ? Self.textStart : Self.longTextStart(start, in: bytes)
            head = 1 << 56 | bytes.head(at: start + first, end: end) >> 8
        } else {
            head = tag < EncodedValue.Tag.string.rawValue ? 0 : .max
        }
    }

    /// The offset at which the characters of a text begin that is not short.
    @inline(never)
    private static func longTextStart(
        _ start: Int, in bytes: borrowing GrowingMemory<UInt8>
    ) -> Int {
        var position = start + 1
        _ = bytes.span.varint(at: &position)
        return position - start
    }

    var size: Int { Int(count) }
    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }

    /// Sets the value's place.
    mutating func move(to start: Int) { self.start = UInt32(start) }

    /// Whether both are the same value.
    @inline(__always)
    func isSame(_ other: SetPlace, in bytes: borrowing GrowingMemory<UInt8>) -> Bool {
        guard head == other.head, count == other.count else { return false }
        let span = bytes.span
        return span.extracting(range).elementsEqual(span.extracting(other.range))
    }

    /// Whether the value comes before the other, by `EncodedValue.precedes`.
    @inline(__always)
    func precedes(_ other: SetPlace, in bytes: borrowing GrowingMemory<UInt8>) -> Bool {
        head != other.head ? head < other.head : precedesBehindHead(other, in: bytes)
    }

    private func precedesBehindHead(
        _ other: SetPlace, in bytes: borrowing GrowingMemory<UInt8>
    ) -> Bool {
        let isShortText = head >> 56 == 1 && count < 128 && other.count < 128
        guard isShortText else {
            let span = bytes.span
            return EncodedValue.precedes(
                span.extracting(range), span.extracting(other.range))
        }
        // Eight characters at a time, zeros after the end; of those that differ in nothing else the
        // shorter one precedes.
        var offset = Self.textStart + Self.headSize
        while offset < max(size, other.size) {
            let left = bytes.head(at: Int(start) + offset, end: range.upperBound)
            let right = bytes.head(at: Int(other.start) + offset, end: other.range.upperBound)
            if left != right { return left < right }
            offset += 8
        }
        return count < other.count
    }
}
