// The index section, first byte to last: where each group lies, and what key its search begins
// with.
//
//     OFFSET  SIZE   DESCRIPTION
//          0     8   base: the least head
//          8     1   shift
//          9     1   zero
//         10     2   size P of what all keys of the table begin with; 0 where keys are numbers
//         12     4   bucket count B; 0 in a table without groups
//         16     P   what all keys of the table begin with
//          …   4(B+1)  directory: how many groups stand before each bucket, then how many there are
//          …     8   where the first group begins, counted from the start of the file
//          …  16 a group:
//                 8  head
//                 8  where the group ends
//
// A head is a group's first key where keys are numbers. Where they are bytes it is the first 8
// bytes of the group's separator, big-endian as a number, zeros where it is shorter. A separator is
// the shortest text that sorts after the last key of the group before, and not after the first key
// of its own; what all keys of the table begin with is left out.
//
// A head lies in the bucket (head − base) >> shift. A search thus reads two neighbours of the
// directory and the few heads between. Measured in C++ over the heads of 5 million keys in groups
// of 64, alone and with a miss of all caches after each search, which the next one waits for, in
// ns:
//
//     heads                          this directory   binary search   static B-tree of 16
//     uniform numbers                      5 /  33        27 / 126          31 / 197
//     numbers in 50 clusters              20 /  85        25 / 114          31 / 194
//     12 random digits as text            18 /  87        27 / 129          31 / 201
//     texts that mostly begin alike       25 / 108        24 / 115          31 / 196
//
// Where keys are bytes the keys section decides among groups of equal heads:
//
//     8 a group    where its separator ends, counted from the first
//     …            the separators, one after another

/// Collects where groups lie and gives the index section, and the separators.
struct TableIndexBuilder {
    static let headerSize = 16

    private let form: KeyForm
    /// First keys where keys are numbers.
    private var numbers: [UInt64] = []
    /// Separators, with what all keys of the table begin with.
    private var separators: [UInt8] = []
    private var separatorEnds: [Int] = []
    private var firstKey: [UInt8] = []
    /// The offsets at which groups end.
    private var ends: [Int] = []

    init(form: KeyForm) { self.form = form }

    var groupCount: Int { ends.count }

    /// Takes the first key of the next group, and the last key of the group before.
    ///
    /// Of `key` and `number` the one of the table's form counts.
    mutating func beginGroup(key: Span<UInt8>, number: UInt64, after lastKey: Span<UInt8>) {
        guard form == .bytes else { return numbers.append(number) }
        if separatorEnds.isEmpty {
            firstKey.append(key)
            separators.append(key)
        } else {
            var shared = 0
            while shared < lastKey.count, lastKey[shared] == key[shared] { shared += 1 }
            separators.append(key.extracting(...shared))
        }
        separatorEnds.append(separators.count)
    }

    /// Takes where the group begun last ends.
    mutating func endGroup(at end: Int) { ends.append(end) }

    /// The sections of a table whose last key is `lastKey`.
    func encoded(lastKey: Span<UInt8>) -> (index: [UInt8], separators: [UInt8]) {
        var prefixSize = 0
        while form == .bytes, prefixSize < min(firstKey.count, lastKey.count),
            firstKey[prefixSize] == lastKey[prefixSize]
        { prefixSize += 1 }
        var texts: [UInt8] = []
        var textEnds: [UInt8] = []
        var heads = numbers
        var start = 0
        for end in separatorEnds {
            let text = separators[(start + prefixSize)..<end]
            start = end
            texts += text
            textEnds.append(littleEndian: UInt64(texts.count))
            let copy = Array(text.prefix(8))
            heads.append(copy.span.head(at: 0))
        }
        return (index(heads, prefix: firstKey[..<prefixSize]), textEnds + texts)
    }

    private func index(_ heads: [UInt64], prefix: ArraySlice<UInt8>) -> [UInt8] {
        let base = heads.first ?? 0
        let range = (heads.last ?? 0) - base
        // As many buckets as there are groups, or down to half of that.
        let bits = Int.bitWidth - 1 - max(1, heads.count).leadingZeroBitCount
        let shift = max(0, 64 - range.leadingZeroBitCount - bits)
        let bucketCount = heads.isEmpty ? 0 : Int(range >> UInt64(shift)) + 1
        var output: [UInt8] = []
        output.reserveCapacity(Self.headerSize + 20 * heads.count)
        output.append(littleEndian: base)
        output.append(UInt8(shift))
        output.append(0)
        output.append(littleEndian: UInt16(prefix.count))
        output.append(littleEndian: UInt32(bucketCount))
        output += prefix
        var group = 0
        for bucket in 0..<bucketCount {
            while (heads[group] - base) >> UInt64(shift) < UInt64(bucket) { group += 1 }
            output.append(littleEndian: UInt32(group))
        }
        output.append(littleEndian: UInt32(heads.count))
        output.append(littleEndian: UInt64(TableFormat.headerSize))
        for (head, end) in zip(heads, ends) {
            output.append(littleEndian: head)
            output.append(littleEndian: UInt64(end))
        }
        return output
    }
}
