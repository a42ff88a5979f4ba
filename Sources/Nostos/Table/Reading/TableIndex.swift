/// The index of a mapped table, see `TableIndexBuilder` for its layout.
///
/// Searching reads two or three lines of memory whatever the table's size, and no group.
@safe struct TableIndex {
    private let bytes: MappedBytes
    let form: KeyForm
    let groupCount: Int
    /// The range of the section in the file.
    let range: Range<Int>
    private let groups: Range<Int>
    private let base: UInt64
    private let shift: UInt64
    private let lastBucket: UInt64
    let prefix: Range<Int>
    let directoryAt: Int
    let entriesAt: Int
    let separatorEndsAt: Int
    private let separators: Range<Int>
    // The same places as addresses, for the search.
    private let directory: UnsafeRawPointer
    private let entries: UnsafeRawPointer

    /// Checks the sizes; what stands in the sections is checked where it is used.
    init(_ bytes: MappedBytes, _ footer: TableFooter, _ form: KeyForm) throws(Damage) {
        (self.bytes, self.form, groupCount) = (bytes, form, footer.groupCount)
        groups = footer.range(of: .groups)
        range = footer.range(of: .index)
        guard range.count >= TableIndexBuilder.headerSize else {
            throw Damage(offset: range.lowerBound, detail: "an index of \(range.count) bytes")
        }
        base = bytes.load(UInt64.self, at: range.lowerBound)
        shift = UInt64(bytes.load(UInt8.self, at: range.lowerBound + 8))
        let prefixSize = Int(bytes.load(UInt16.self, at: range.lowerBound + 10))
        let bucketCount = Int(bytes.load(UInt32.self, at: range.lowerBound + 12))
        prefix =
            range.lowerBound + TableIndexBuilder.headerSize..<range.lowerBound
            + TableIndexBuilder.headerSize + prefixSize
        directoryAt = prefix.upperBound
        entriesAt = directoryAt + 4 * (bucketCount + 1)
        let separatorsRange = footer.range(of: .keys)
        separatorEndsAt = separatorsRange.lowerBound
        let textsAt = separatorEndsAt + (form == .bytes ? 8 * groupCount : 0)
        guard shift < 64, form == .bytes || prefixSize == 0, (bucketCount > 0) == (groupCount > 0),
            entriesAt + 8 + 16 * groupCount == range.upperBound,
            textsAt <= separatorsRange.upperBound
        else {
            throw Damage(
                offset: range.lowerBound,
                detail: "an index of \(range.count) bytes for \(groupCount) groups: shift \(shift),"
                    + " \(bucketCount) buckets, a prefix of \(prefixSize) bytes")
        }
        lastBucket = UInt64(max(1, bucketCount) - 1)
        separators = textsAt..<separatorsRange.upperBound
        // Unsafe: both lie in the section, whose size was checked.
        unsafe directory = UnsafeRawPointer(bytes.address(of: directoryAt))
        unsafe entries = UnsafeRawPointer(bytes.address(of: entriesAt))
    }

    /// The first key of that group where keys are numbers; else its head.
    @inline(__always)
    func head(_ group: Int) -> UInt64 {
        precondition(group >= 0 && group < groupCount)
        return word(2 * group + 1)
    }

    /// The range of the group in the file.
    @inline(__always)
    func range(_ group: Int) throws(Damage) -> Range<Int> {
        precondition(group >= 0 && group < groupCount)
        let (start, end) = (word(2 * group), word(2 * group + 2))
        guard start >= UInt64(groups.lowerBound), start <= end, end <= UInt64(groups.upperBound)
        else {
            throw Damage(
                offset: entriesAt + 16 * group, detail: "group \(group) lies at \(start) to \(end)")
        }
        return Int(start)..<Int(end)
    }

    /// One of the 2 × `groupCount` + 1 numbers of the entries.
    @inline(__always)
    private func word(_ index: Int) -> UInt64 {
        // Unsafe: all callers stay below the count of these numbers.
        UInt64(
            littleEndian: unsafe entries.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }

    /// The expected position of a number in a group, 0 to 1: by its distance from the first keys of
    /// this group and the next.
    @inline(__always)
    func share(of number: UInt64, inGroup group: Int) -> Float {
        let first = head(group)
        let last = group + 1 < groupCount ? head(group + 1) : number
        return min(1, Float(number &- first) / Float(max(1, last &- first)))
    }

    /// Asks for the parts of a group that looking for a number at that share will read: the counts,
    /// the keys and the ends around it, and with `row` the row itself.
    ///
    /// All are then fetched at once. A group at full size is assumed: 64 rows, ends of one byte.
    @inline(__always)
    func prefetch(_ range: Range<Int>, ofGroup group: Int, share: Float, row: Bool) {
        let distance = group + 1 < groupCount ? head(group + 1) &- head(group) : .max
        let keySize = (71 - distance.leadingZeroBitCount) / 8
        let window = GroupView.window(at: share, rowCount: 64)
        let endsAt = GroupBuilder.headerSize + 63 * keySize
        let rowsAt = endsAt + 63
        bytes.prefetch(1, at: range.lowerBound)
        guard rowsAt < range.count else {
            return bytes.prefetch(range.count, at: range.lowerBound)
        }
        let keysAt = range.lowerBound + GroupBuilder.headerSize
        bytes.prefetch(
            window.count * keySize, at: keysAt + max(0, window.lowerBound - 1) * keySize)
        bytes.prefetch(window.count, at: range.lowerBound + endsAt + window.lowerBound)
        guard row else { return }
        let place = rowsAt + Int(share * Float(range.count - rowsAt))
        let start = max(rowsAt, place - Self.reach)
        bytes.prefetch(min(range.count, place + Self.reach) - start, at: range.lowerBound + start)
    }

    /// The distance around the guess at which a row is prefetched, in bytes: of 64 rows at random
    /// keys the guess strays by 3 on average.
    private static let reach = 128

    /// The one group that can hold the number; nil when it is less than all keys.
    @inline(__always)
    func group(ofNumber number: UInt64) throws(Damage) -> Int? {
        let count = try groupCount(headsUpTo: number)
        return count > 0 ? count - 1 : nil
    }

    /// The one group that can hold the key; nil when it sorts before all.
    @inline(__always)
    func group(of key: Span<UInt8>) throws(Damage) -> Int? {
        guard groupCount > 0 else { return nil }
        let shared = min(prefix.count, key.count)
        let order = bytes.compare(prefix, with: key.extracting(..<shared))
        if order < 0 { return groupCount - 1 }
        guard order == 0, key.count >= prefix.count else { return nil }
        let rest = key.extracting(shared...)
        let head = rest.head(at: 0)
        let upper = try groupCount(headsUpTo: head)
        guard upper > 0 else { return nil }
        if self.head(upper - 1) < head { return upper - 1 }
        return try group(of: rest, head, before: upper)
    }

    /// The same where the last group before `upper` has the key's head: separators decide.
    @inline(never)
    private func group(
        of rest: Span<UInt8>, _ head: UInt64, before upper: Int
    ) throws(Damage) -> Int? {
        var low = head == 0 ? 0 : try groupCount(headsUpTo: head - 1)
        var high = upper
        while low < high {
            let middle = (low + high) / 2
            if bytes.compare(try separator(middle), with: rest) <= 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low > 0 ? low - 1 : nil
    }

    /// The range in the file of that group's separator, where keys are bytes.
    func separator(_ group: Int) throws(Damage) -> Range<Int> {
        let at = separatorEndsAt + 8 * group
        let start = group == 0 ? 0 : bytes.load(UInt64.self, at: at - 8)
        let end = bytes.load(UInt64.self, at: at)
        guard start <= end, end <= UInt64(separators.count) else {
            throw Damage(offset: at, detail: "separator \(group) lies at \(start) to \(end)")
        }
        return separators.lowerBound + Int(start)..<separators.lowerBound + Int(end)
    }

    /// The number of groups that have a head of at most `head`.
    ///
    /// The search has no branch that depends on a comparison, for none could be predicted.
    @inline(__always)
    private func groupCount(headsUpTo head: UInt64) throws(Damage) -> Int {
        guard groupCount > 0, head >= base else { return 0 }
        let bucket = Int(truncatingIfNeeded: min((head - base) &>> shift, lastBucket))
        // Unsafe: behind each bucket's count stands the next one's.
        let pair = UInt64(
            littleEndian: unsafe directory.loadUnaligned(
                fromByteOffset: 4 * bucket, as: UInt64.self))
        let low = Int(truncatingIfNeeded: pair & 0xFFFF_FFFF)
        let high = Int(truncatingIfNeeded: pair >> 32)
        guard low <= high, high <= groupCount else {
            throw Damage(offset: directoryAt + 4 * bucket, detail: "bucket of \(low) to \(high)")
        }
        var count = low
        var length = high - low
        while length > 0 {
            let half = (length + 1) >> 1
            count = word(2 * (count + half) - 1) <= head ? count + half : count
            length -= half
        }
        return count
    }
}

// @unchecked: the addresses lead into the mapping, which is read-only; who holds an index makes
// sure that it lives.
extension TableIndex: @unchecked Sendable {}
