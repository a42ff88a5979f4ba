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
        guard count - offset >= size else { return false }
        for index in 0..<size {
            // Unsafe: index is below the count of a literal, whose bytes live for ever.
            let expected = unsafe text.utf8Start[index]
            guard self[offset + index] == expected else { return false }
        }
        return true
    }

    /// Whether the bytes of `range` are those of `text`, letter case aside.
    ///
    /// `text` is lower-case letters, digits and `-`: the fold maps to these only themselves,
    /// upper-case letters, and controls, which no caller's range holds.
    @inline(__always)
    func equals(lowercase text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<range.count {
            // Unsafe: index is below the count of a literal, whose bytes live for ever.
            let expected = unsafe text.utf8Start[index]
            guard self[range.lowerBound + index] | 0x20 == expected else { return false }
        }
        return true
    }

    /// The first place of `byte` in `range`, or the range's end.
    @inline(__always)
    func end(at byte: UInt8, in range: Range<Int>) -> Int {
        var position = range.lowerBound
        while position < range.upperBound, self[position] != byte { position += 1 }
        return position
    }

    /// The range without the spaces and tabs at both its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
        while low < high, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
        return low..<high
    }
}
