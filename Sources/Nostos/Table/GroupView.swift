/// Bytes that passed their checksum and still make no sense: written by a broken or hostile hand.
struct Damage: Error {
    let offset: Int
    let detail: String
}

/// A group of a mapped table, see `GroupBuilder` for its layout; checked against its bounds.
struct GroupView {
    private let bytes: MappedBytes
    let rowCount: Int
    private let offsetSize: Int
    private let prefix: Range<Int>
    /// Where the offsets of the key suffixes begin; nil when all suffixes have `suffixSize` bytes.
    private let keyEndsAt: Int?
    private let suffixSize: Int
    private let rowEndsAt: Int
    private let suffixes: Range<Int>
    private let rows: Range<Int>
    /// Where keys have 8 bytes: the shared prefix as the high bytes of a number.
    private let prefixNumber: UInt64

    init(_ bytes: MappedBytes, _ range: Range<Int>, hasFixedKeys: Bool) throws(Damage) {
        self.bytes = bytes
        guard range.count >= GroupBuilder.headerSize else {
            throw Damage(offset: range.lowerBound, detail: "a group of \(range.count) bytes")
        }
        rowCount = Int(bytes.load(UInt8.self, at: range.lowerBound))
        offsetSize = Int(bytes.load(UInt8.self, at: range.lowerBound + 1))
        let prefixSize = Int(bytes.load(UInt16.self, at: range.lowerBound + 2))
        let offsetsAt = range.lowerBound + GroupBuilder.headerSize
        keyEndsAt = hasFixedKeys ? nil : offsetsAt
        rowEndsAt = offsetsAt + (hasFixedKeys ? 0 : rowCount * offsetSize)
        let prefixAt = rowEndsAt + rowCount * offsetSize
        prefix = prefixAt..<prefixAt + prefixSize
        suffixSize = 8 - prefixSize
        guard rowCount > 0, offsetSize == 2 || offsetSize == 4,
            prefix.upperBound <= range.upperBound,
            !hasFixedKeys || suffixSize >= 0
        else {
            throw Damage(
                offset: range.lowerBound,
                detail:
                    "a group of \(rowCount) rows, offset size \(offsetSize), prefix \(prefixSize)")
        }
        let suffixesSize =
            hasFixedKeys
            ? rowCount * suffixSize
            : Self.offset(bytes, at: offsetsAt + (rowCount - 1) * offsetSize, size: offsetSize)
        suffixes = prefix.upperBound..<prefix.upperBound + suffixesSize
        let rowsSize = Self.offset(
            bytes, at: rowEndsAt + (rowCount - 1) * offsetSize, size: offsetSize)
        guard suffixes.upperBound + rowsSize == range.upperBound else {
            throw Damage(
                offset: range.lowerBound,
                detail: "\(suffixesSize) bytes of keys and \(rowsSize) of rows in a group of "
                    + "\(range.count) bytes")
        }
        rows = suffixes.upperBound..<range.upperBound
        if hasFixedKeys, prefixSize > 0 {
            let tail = bytes.load(UInt64.self, at: prefix.upperBound - 8).byteSwapped
            prefixNumber = tail << UInt64(8 * (8 - prefixSize))
        } else {
            prefixNumber = 0
        }
    }

    /// Where the group's counts, offsets and shared prefix lie in the file.
    var head: Range<Int> {
        let offsetsAt = keyEndsAt ?? rowEndsAt
        return offsetsAt - GroupBuilder.headerSize..<prefix.upperBound
    }

    /// Where the row of that ordinal lies in the file.
    @inline(__always)
    func row(_ index: Int) throws(Damage) -> Range<Int> {
        try Self.slice(bytes, rows, endsAt: rowEndsAt, size: offsetSize, index)
    }

    /// Where the part of the key of that row behind the shared prefix lies in the file.
    @inline(__always)
    func suffix(_ index: Int) throws(Damage) -> Range<Int> {
        guard let keyEndsAt else {
            let start = suffixes.lowerBound + index * suffixSize
            return start..<start + suffixSize
        }
        return try Self.slice(bytes, suffixes, endsAt: keyEndsAt, size: offsetSize, index)
    }

    /// Appends the key of that row.
    func appendKey(_ index: Int, to key: inout [UInt8]) throws(Damage) {
        bytes.append(prefix, to: &key)
        bytes.append(try suffix(index), to: &key)
    }

    /// The first row whose key does not sort before `key`, and whether it is equal.
    ///
    /// The row's ordinal is `rowCount` when every key sorts before. O(log rows) comparisons.
    @inline(__always)
    func lowerBound(_ key: Span<UInt8>) throws(Damage) -> (index: Int, isEqual: Bool) {
        if keyEndsAt == nil, key.count == 8 {
            return lowerBound(number: GroupBuilder.head(of: key))
        }
        let shared = min(prefix.count, key.count)
        let order = bytes.compare(prefix, with: key.extracting(..<shared))
        if key.count < prefix.count, order >= 0 { return (0, false) }
        guard order == 0 else { return (order < 0 ? rowCount : 0, false) }
        let rest = key.extracting(shared...)
        var low = 0
        var high = rowCount
        var isEqual = false
        while low < high {
            let middle = (low + high) / 2
            let order = bytes.compare(try suffix(middle), with: rest)
            if order < 0 {
                low = middle + 1
            } else {
                high = middle
                isEqual = isEqual || order == 0
            }
        }
        return (low, isEqual)
    }

    /// The same where all keys have 8 bytes: they compare as big-endian numbers, each read at once.
    ///
    /// The search has no branch that depends on a comparison, for none could be predicted.
    @inline(__always)
    private func lowerBound(number key: UInt64) -> (index: Int, isEqual: Bool) {
        guard suffixSize > 0 else {
            let only = number(at: 0)
            return (only < key ? rowCount : 0, only == key)
        }
        var base = 0
        var length = rowCount
        while length > 1 {
            let half = length / 2
            base = number(at: base + half) <= key ? base + half : base
            length -= half
        }
        let found = number(at: base)
        return (found < key ? base + 1 : base, found == key)
    }

    /// The 8-byte key of that row as a big-endian number: the shared prefix, then the suffix.
    ///
    /// The 8 bytes that end where the suffix ends begin within the file: a group has a header.
    @inline(__always)
    private func number(at index: Int) -> UInt64 {
        let end = suffixes.lowerBound + (index + 1) * suffixSize
        let tail = bytes.load(UInt64.self, at: end - 8).byteSwapped
        guard suffixSize < 8 else { return tail }
        let mask = (UInt64(1) << UInt64(8 * suffixSize)) - 1
        return prefixNumber | (tail & mask)
    }

    @inline(__always)
    private static func slice(
        _ bytes: MappedBytes, _ area: Range<Int>, endsAt: Int, size: Int, _ index: Int
    ) throws(Damage) -> Range<Int> {
        let start = index == 0 ? 0 : offset(bytes, at: endsAt + (index - 1) * size, size: size)
        let end = offset(bytes, at: endsAt + index * size, size: size)
        guard start <= end, end <= area.count else {
            throw Damage(offset: endsAt, detail: "offsets \(start) and \(end) of \(area.count)")
        }
        return area.lowerBound + start..<area.lowerBound + end
    }

    @inline(__always)
    private static func offset(_ bytes: MappedBytes, at offset: Int, size: Int) -> Int {
        size == 2
            ? Int(bytes.load(UInt16.self, at: offset)) : Int(bytes.load(UInt32.self, at: offset))
    }
}
