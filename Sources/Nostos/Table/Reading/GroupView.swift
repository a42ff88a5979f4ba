/// A group of a mapped table, see `GroupBuilder` for its layout; checked against its bounds.
struct GroupView {
    private let bytes: MappedBytes
    private let start: Int
    let form: KeyForm
    /// The first key where keys are numbers.
    private let first: UInt64
    /// For keys that are numbers: the size of one less the first, the first's offset, and their
    /// bits.
    private let keySize: Int
    private let keysAt: Int
    private let keyMask: UInt64
    /// For keys that are bytes: the shared prefix and the ends of the suffixes.
    let prefix: Range<Int>
    let suffixEnds: EndTable
    let rowEnds: EndTable
    private let rowsAt: Int

    var rowCount: Int { rowEnds.count }

    /// The view of the group in `range`, whose first key is `first` where keys are numbers.
    @inline(__always)
    init(
        _ bytes: MappedBytes, _ range: Range<Int>, _ form: KeyForm, first: UInt64
    ) throws(Damage) {
        (self.bytes, self.form, self.first) = (bytes, form, first)
        start = range.lowerBound
        // A table's footer follows its groups: headers may be read before they are checked.
        let rowCount = Int(bytes.load(UInt8.self, at: start))
        let flags = bytes.load(UInt8.self, at: start + 1)
        keySize = Int(flags & 15)
        let rowEndSize = Int(flags >> 4)
        var position = start + GroupBuilder.headerSize
        guard rowCount > 0, rowEndSize == 1 || rowEndSize == 2 || rowEndSize == 4 else {
            throw Damage(
                offset: start, detail: "a group of \(rowCount) rows, ends of \(rowEndSize) bytes")
        }
        var suffixesSize = 0
        var prefixSize = 0
        switch form {
        case .numbers:
            guard rowCount == 1 || (1...8).contains(keySize) else {
                throw Damage(offset: start, detail: "keys of \(keySize) bytes")
            }
        case .bytes:
            guard keySize == 1 || keySize == 2 || keySize == 4 else {
                throw Damage(offset: start, detail: "ends of keys of \(keySize) bytes")
            }
            prefixSize = Int(bytes.load(UInt16.self, at: position))
            suffixesSize = Int(bytes.load(UInt32.self, at: position + 2))
            position += 6
        }
        keysAt = position
        keyMask = keySize == 0 ? 0 : UInt64.max >> UInt64(64 - 8 * min(keySize, 8))
        let rowEndsAt = position + (rowCount - 1) * keySize
        let prefixAt = rowEndsAt + (rowCount - 1) * rowEndSize
        prefix = prefixAt..<prefixAt + prefixSize
        rowsAt = prefix.upperBound + suffixesSize
        let rowsSize = range.upperBound - rowsAt
        guard rowsSize >= 0 else {
            throw Damage(
                offset: start,
                detail: "\(rowsAt - start) bytes of keys in a group of \(range.count) bytes")
        }
        suffixEnds = EndTable(
            at: position, size: form == .bytes ? keySize : 4, count: rowCount, total: suffixesSize)
        rowEnds = EndTable(at: rowEndsAt, size: rowEndSize, count: rowCount, total: rowsSize)
    }

    /// The range of the group's counts and sizes in the file.
    var counts: Range<Int> { start..<keysAt }

    /// The range of the key of any row but the first in the file, where keys are numbers.
    func keyRange(_ index: Int) -> Range<Int> {
        keysAt + (index - 1) * keySize..<keysAt + index * keySize
    }

    /// The range of the row of that ordinal in the file.
    @inline(__always)
    func row(_ index: Int) throws(Damage) -> Range<Int> {
        let slice = try rowEnds.slice(index, in: bytes)
        return rowsAt + slice.lowerBound..<rowsAt + slice.upperBound
    }

    /// The range of that row's key in the file, without the shared prefix, where keys are bytes.
    @inline(__always)
    func suffix(_ index: Int) throws(Damage) -> Range<Int> {
        let slice = try suffixEnds.slice(index, in: bytes)
        return prefix.upperBound + slice.lowerBound..<prefix.upperBound + slice.upperBound
    }

    /// Appends the key of that row, where keys are bytes.
    func appendKey(_ index: Int, to key: inout [UInt8]) throws(Damage) {
        bytes.append(prefix, to: &key)
        bytes.append(try suffix(index), to: &key)
    }

    /// The first row whose key does not sort before `key`, and whether it is equal, where keys are
    /// bytes.
    ///
    /// The row's ordinal is `rowCount` when every key sorts before. O(log rows) comparisons.
    @inline(__always)
    func lowerBound(_ key: Span<UInt8>) throws(Damage) -> (index: Int, isEqual: Bool) {
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

    /// The same where keys are numbers.
    ///
    /// The search has no branch that depends on a comparison, because no such branch could be
    /// predicted.
    @inline(__always)
    func lowerBound(number key: UInt64) -> (index: Int, isEqual: Bool) {
        guard key >= first else { return (0, false) }
        let rest = key - first
        var base = 0
        var length = rowCount
        while length > 1 {
            let half = length / 2
            base = self.rest(at: base + half) <= rest ? base + half : base
            length -= half
        }
        let found = base == 0 ? 0 : self.rest(at: base)
        return (found < rest ? base + 1 : base, found == rest)
    }

    /// The key of that row, where keys are numbers.
    func number(_ index: Int) -> UInt64 { index == 0 ? first : first &+ rest(at: index) }

    /// The key of a row but the first, less the first.
    ///
    /// Reads 8 bytes from the key's first byte on; a table's footer follows its last group.
    @inline(__always)
    private func rest(at index: Int) -> UInt64 {
        bytes.load(UInt64.self, at: keysAt + (index - 1) * keySize) & keyMask
    }
}
