// A group, first byte to last, where keys are numbers (see `KeyForm`):
//
//     OFFSET   SIZE      DESCRIPTION
//          0   1         row count R, 1 to 255
//          1   1         bits 0–3: key size K, 0 to 8; bits 4–7: size W of a row's end, 1, 2 or 4
//          …   (R−1)×K   the keys but the first, which stands in the index: each less the first
//          …   (R−1)×W   where rows end, see `EndTable`
//          …   …         the rows, one after another
//
// Where keys are bytes:
//
//          0   1         row count R
//          1   1         bits 0–3: size S of a suffix's end, 1, 2 or 4; bits 4–7 as above
//          …   2         size P of the prefix that all keys of the group share
//          …   4         size of all suffixes
//          …   (R−1)×S   where key suffixes end, see `EndTable`
//          …   (R−1)×W   where rows end
//          …   P         the prefix
//          …   …         the suffixes, one after another, in key order
//          …   …         the rows, one after another
//
// Keys ascend strictly, within a group and from group to group.

/// Collects the rows of one group and gives its bytes.
struct GroupBuilder {
    static let headerSize = 2
    static let maxRowCount = 255

    private let form: KeyForm
    private var numbers: [UInt64] = []
    private var keys: [UInt8] = []
    private var keyEnds: [Int] = []
    private(set) var rows: [UInt8] = []
    private var rowEnds: [Int] = []
    /// The size of the keys and of the rows in all finished groups, in bytes.
    private(set) var finishedKeySize = 0
    private(set) var finishedRowSize = 0

    init(form: KeyForm) { self.form = form }

    var rowCount: Int { rowEnds.count }
    /// The size of keys and rows so far, in bytes.
    var size: Int { keys.count + 8 * numbers.count + rows.count }

    /// Appends a row, and takes its key, which sorts after all before.
    ///
    /// Of `key` and `number` the one of the builder's form counts.
    mutating func append(key: Span<UInt8>, number: UInt64, row: Span<UInt8>) {
        rows.append(row)
        switch form {
        case .numbers: numbers.append(number)
        case .bytes:
            keys.append(key)
            keyEnds.append(keys.count)
        }
        rowEnds.append(rows.count)
    }

    /// Appends the group's bytes to `output`; the builder is then empty.
    mutating func finish(into output: inout [UInt8]) {
        output.append(UInt8(rowCount))
        let rowEndSize = EndTableBuilder.size(of: rowEnds)
        let flags = UInt8(rowEndSize) << 4
        switch form {
        case .numbers: appendNumbers(flags, rowEndSize, to: &output)
        case .bytes: appendKeys(flags, rowEndSize, to: &output)
        }
        output += rows
        finishedRowSize += rows.count
        removeAll()
    }

    private mutating func appendNumbers(
        _ flags: UInt8, _ rowEndSize: Int, to output: inout [UInt8]
    ) {
        let first = numbers.first ?? 0
        let widest = (numbers.last ?? 0) - first
        let keySize = (64 - widest.leadingZeroBitCount + 7) / 8
        output.append(flags | UInt8(keySize))
        finishedKeySize += keySize * (numbers.count - 1)
        for number in numbers.dropFirst() {
            var rest = number - first
            for _ in 0..<keySize {
                output.append(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
            }
        }
        EndTableBuilder.append(rowEnds, size: rowEndSize, to: &output)
    }

    private mutating func appendKeys(
        _ flags: UInt8, _ rowEndSize: Int, to output: inout [UInt8]
    ) {
        let prefix = sharedPrefix()
        let suffixEnds = keyEnds.enumerated().map { $1 - ($0 + 1) * prefix }
        let suffixEndSize = EndTableBuilder.size(of: suffixEnds)
        output.append(flags | UInt8(suffixEndSize))
        output.append(littleEndian: UInt16(prefix))
        output.append(littleEndian: UInt32(suffixEnds.last ?? 0))
        EndTableBuilder.append(suffixEnds, size: suffixEndSize, to: &output)
        EndTableBuilder.append(rowEnds, size: rowEndSize, to: &output)
        let suffixSize = suffixEnds.last ?? 0
        finishedKeySize += prefix + suffixSize + suffixEndSize * (suffixEnds.count - 1)
        output += keys[..<prefix]
        var start = 0
        for end in keyEnds {
            output += keys[(start + prefix)..<end]
            start = end
        }
    }

    /// Keys ascend, so all share the prefix that the first and the last share.
    private func sharedPrefix() -> Int {
        let first = keys[..<(keyEnds.first ?? 0)]
        let last = keys[(keyEnds.count < 2 ? 0 : keyEnds[keyEnds.count - 2])...]
        return zip(first, last).prefix { $0 == $1 }.count
    }

    private mutating func removeAll() {
        numbers.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        rowEnds.removeAll(keepingCapacity: true)
    }
}
