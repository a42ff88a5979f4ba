extension GroupView {
    /// The range of the row of a key, where keys are numbers; nil when the group has no such key.
    ///
    /// As a view's `lowerBound(number:)` and `row(_:)`, in a third of the instructions: nothing is
    /// worked out that a lookup does not need. `range` lies in the section of groups.
    ///
    /// The search begins with the rows around `share`, where the key is to be expected, so that it
    /// reads two lines of the keys and not four.
    @inline(__always)
    static func row(
        of number: UInt64, first: UInt64, at share: Float, _ bytes: MappedBytes,
        _ range: Range<Int>
    ) throws(Damage) -> Range<Int>? {
        // Unsafe, here and below: at least the footer's bytes can be read behind the group, so the
        // header and 8 bytes from the last key on. Keys end before the rows, which end in range.
        let group = unsafe UnsafeRawPointer(bytes.address(of: range.lowerBound))
        let rowCount = Int(unsafe group.load(as: UInt8.self))
        let sizes = Int(unsafe group.load(fromByteOffset: 1, as: UInt8.self))
        let (keySize, endSize) = (sizes & 15, sizes >> 4)
        let last = rowCount - 1
        let endsAt = GroupBuilder.headerSize + last * keySize
        let rowsAt = endsAt + last * endSize
        let rowsSize = range.count - rowsAt
        guard last >= 0, last == 0 || keySize > 0, keySize <= 8, rowsSize >= 0,
            endSize == 1 || endSize == 2 || endSize == 4
        else { throw Self.damage(range, rowCount: rowCount, sizes: sizes) }

        let keys = unsafe group + (GroupBuilder.headerSize - keySize)
        let mask = UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* keySize)
        let rest = number &- first
        let window = window(at: share, rowCount: rowCount)
        var row = 0
        var length = rowCount
        if window.upperBound < rowCount,
            unsafe Self.key(keys + window.upperBound &* keySize) & mask > rest
        {
            length = window.upperBound
        }
        if window.lowerBound > 0,
            unsafe Self.key(keys + window.lowerBound &* keySize) & mask <= rest
        {
            row = window.lowerBound
            length &-= row
        }
        while length > 1 {
            let half = length >> 1
            let key = unsafe Self.key(keys + (row &+ half) &* keySize) & mask
            row = key <= rest ? row &+ half : row
            length &-= half
        }
        let found = row == 0 ? 0 : unsafe Self.key(keys + row &* keySize) & mask
        guard found == rest else { return nil }
        let ends = EndTable(
            at: range.lowerBound + endsAt, size: endSize, count: rowCount, total: rowsSize)
        let slice = try ends.slice(row, in: bytes)
        let start = range.lowerBound &+ rowsAt
        return start &+ slice.lowerBound..<start &+ slice.upperBound
    }

    /// The rows among which a key is most likely to stand: of random keys, 19 of 20 stray less.
    @inline(__always)
    static func window(at share: Float, rowCount: Int) -> Range<Int> {
        let guess = Int(share * Float(rowCount))
        return max(0, guess - 8)..<min(rowCount, guess + 8)
    }

    @inline(__always)
    private static func key(_ address: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: unsafe address.loadUnaligned(as: UInt64.self))
    }

    @inline(never)
    static func damage(_ range: Range<Int>, rowCount: Int, sizes: Int) -> Damage {
        Damage(
            offset: range.lowerBound,
            detail: "a group of \(range.count) bytes with \(rowCount) rows and sizes \(sizes)")
    }
}
