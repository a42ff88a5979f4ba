// A group, first byte to last:
//
//     OFFSET  SIZE   DESCRIPTION
//          0     1   row count R, 1 to 255
//          1     1   offset size W: 2 or 4 bytes
//          2     2   size P of the prefix that all keys of the group share
//          4   R×W   where each row's key suffix ends, counted from the first suffix;
//                    left out when all keys of the table have 8 bytes (one int64 column)
//          …   R×W   where each row ends, counted from the first row
//          …     P   the prefix
//          …     …   the suffixes, one after another, in key order
//          …     …   the rows, one after another
//
// Keys ascend strictly, within a group and from group to group.

/// Collects the rows of one group and gives its bytes.
struct GroupBuilder {
    static let headerSize = 4
    static let maxRowCount = 255

    private let hasFixedKeys: Bool
    private var keys: [UInt8] = []
    private var keyEnds: [Int] = []
    private(set) var rows: [UInt8] = []
    private var rowEnds: [Int] = []

    init(hasFixedKeys: Bool) { self.hasFixedKeys = hasFixedKeys }

    var rowCount: Int { rowEnds.count }
    /// The size of keys and rows so far, in bytes.
    var size: Int { keys.count + rows.count }

    /// The last key appended; empty before the first.
    var lastKey: ArraySlice<UInt8> {
        keys[(keyEnds.count < 2 ? 0 : keyEnds[keyEnds.count - 2])...]
    }

    /// Appends a key that sorts after all before, and lets `encode` append its row.
    mutating func append<E: Error>(
        key: Span<UInt8>, _ encode: (inout [UInt8]) throws(E) -> Void
    ) throws(E) {
        let start = rows.count
        do throws(E) {
            try encode(&rows)
        } catch {
            rows.removeLast(rows.count - start)
            throw error
        }
        keys.append(key)
        keyEnds.append(keys.count)
        rowEnds.append(rows.count)
    }

    /// The first 8 bytes of the first key as a number, zeros where it is shorter.
    var head: UInt64 { GroupBuilder.head(of: keys.span.extracting(..<(keyEnds.first ?? 0))) }

    /// The first 8 bytes of a key as a big-endian number: ordered as the keys are.
    static func head(of key: Span<UInt8>) -> UInt64 {
        var head: UInt64 = 0
        for index in 0..<8 { head = head << 8 | (index < key.count ? UInt64(key[index]) : 0) }
        return head
    }

    /// The group's bytes; the builder is then empty.
    mutating func finish() -> [UInt8] {
        let prefix = sharedPrefix()
        let isWide = max(keys.count, rows.count) > Int(UInt16.max)
        var output: [UInt8] = []
        output.reserveCapacity(keys.count + rows.count + 8 * rowCount + Self.headerSize)
        output.append(UInt8(rowCount))
        output.append(isWide ? 4 : 2)
        output.append(littleEndian: UInt16(prefix))
        func append(offset: Int) {
            if isWide {
                output.append(littleEndian: UInt32(offset))
            } else {
                output.append(littleEndian: UInt16(offset))
            }
        }
        if !hasFixedKeys {
            for (index, end) in keyEnds.enumerated() { append(offset: end - (index + 1) * prefix) }
        }
        for end in rowEnds { append(offset: end) }
        output += keys[..<prefix]
        var start = 0
        for end in keyEnds {
            output += keys[(start + prefix)..<end]
            start = end
        }
        output += rows
        removeAll()
        return output
    }

    /// Keys ascend, so what the first and the last share, all share.
    private func sharedPrefix() -> Int {
        let first = keys[..<(keyEnds.first ?? 0)]
        return zip(first, lastKey).prefix { $0 == $1 }.count
    }

    private mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        rowEnds.removeAll(keepingCapacity: true)
    }
}
