extension Span<UInt8> {
    /// Whether the bytes of `range` are those of `text`.
    @inline(__always)
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && starts(with: text, at: range.lowerBound)
    }

    /// Whether the bytes from `offset` on begin with `text`.
    @inline(__always)
    func starts(with text: StaticString, at offset: Int) -> Bool {
        let size = text.utf8CodeUnitCount
        guard offset >= 0, count - offset >= size else { return false }
        // Unsafe: index is below the count of a literal, whose bytes live for ever, and offset and
        // index inside the span.
        return unsafe withUnsafeBufferPointer { bytes in
            for index in 0..<size {
                guard unsafe bytes[offset + index] == text.utf8Start[index] else { return false }
            }
            return true
        }
    }

    /// Whether the bytes from `offset` on begin with those of `other`.
    @inline(__always)
    func starts(with other: Span<UInt8>, at offset: Int) -> Bool {
        let size = other.count
        guard offset >= 0, count - offset >= size else { return false }
        // Unsafe: below the size in both.
        return unsafe withUnsafeBytes { bytes in
            unsafe other.withUnsafeBytes { other in
                var position = 0
                while size &- position >= 8 {
                    let left = unsafe bytes.loadUnaligned(
                        fromByteOffset: offset &+ position, as: UInt64.self)
                    let right = unsafe other.loadUnaligned(
                        fromByteOffset: position, as: UInt64.self)
                    guard left == right else { return false }
                    position &+= 8
                }
                while position < size {
                    guard unsafe bytes[offset &+ position] == other[position] else { return false }
                    position &+= 1
                }
                return true
            }
        }
    }

    /// Whether the bytes of `range` are those of `text`, letter case aside.
    ///
    /// `text` is lower-case letters, digits and `-`: the fold maps to these only themselves,
    /// upper-case letters, and controls, which no caller's range holds.
    @inline(__always)
    func equals(lowercase text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        // Unsafe: index is below the count of a literal, whose bytes live for ever, and of a part
        // of the span.
        return unsafe extracting(range).withUnsafeBufferPointer { bytes in
            for index in 0..<bytes.count {
                guard unsafe bytes[index] | 0x20 == text.utf8Start[index] else { return false }
            }
            return true
        }
    }

    /// The first place of `byte` in `range`, or the range's end.
    @inline(__always)
    func end(at byte: UInt8, in range: Range<Int>) -> Int {
        var position = range.lowerBound
        let pattern = ByteWord.ones &* UInt64(byte)
        while range.upperBound - position >= 8 {
            let found = ByteWord.zeros(in: word(at: position) ^ pattern)
            if found != 0 { return position + found.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < range.upperBound, self[position] != byte { position += 1 }
        return position
    }

    /// The first place of a control character in `range`, NUL to 0x1F and DEL, or the range's end.
    @inline(__always)
    func endOfText(in range: Range<Int>) -> Int {
        var position = range.lowerBound
        while range.upperBound - position >= 8 {
            let word = word(at: position)
            let found =
                ByteWord.belowSpace(in: word) | ByteWord.zeros(in: word ^ (ByteWord.ones &* 0x7F))
            if found != 0 { return position + found.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < range.upperBound, self[position] >= 0x20, self[position] != 0x7F {
            position += 1
        }
        return position
    }

    /// The 8 bytes from `offset` on, which must be inside, the first one lowest.
    @inline(__always)
    private func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= count - 8)
        // Unsafe: inside the span, by the line before.
        return unsafe withUnsafeBytes {
            unsafe UInt64(
                littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    /// The range without the spaces and tabs at both its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
        while low < high, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
        return low..<high
    }
}

/// Eight bytes at a time (Warren, Hacker's Delight, 2nd edition, 6-1): the top bit of the first
/// matching byte is set, and none below it.
enum ByteWord {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func zeros(in word: UInt64) -> UInt64 { (word &- ones) & ~word & tops }

    @inline(__always)
    static func belowSpace(in word: UInt64) -> UInt64 {
        (word &- 0x2020_2020_2020_2020) & ~word & tops
    }
}
