// Where each of R things ends that stand one after another, together T bytes: R − 1 ends, for the
// last one is T. Each has the least of these sizes that holds all of its table:
//
//     1 byte     the deviation, −128 to 127, from where the end would be if all had the same size:
//                (i + 1) × ⌊256 T / R⌋ / 256, rounded down
//     2, 4 bytes the end itself
//
// Rows of one table have much the same size, so that a byte nearly always does: 64 rows whose sizes
// vary by 8 bytes (standard deviation) stray by 32 bytes in the middle of their group.

/// Writes tables of ends.
enum EndTableBuilder {
    /// The least size that holds all ends, which ascend; the last one is the total.
    static func size(of ends: [Int]) -> Int {
        let total = ends.last ?? 0
        let step = EndTable.step(total: total, count: ends.count)
        let isNear = ends.enumerated().allSatisfy { index, end in
            Int8(exactly: end - EndTable.mean(index, step: step)) != nil
        }
        return isNear ? 1 : total <= Int(UInt16.max) ? 2 : 4
    }

    /// Appends all ends but the last.
    static func append(_ ends: [Int], size: Int, to output: inout [UInt8]) {
        let step = EndTable.step(total: ends.last ?? 0, count: ends.count)
        for (index, end) in ends.dropLast().enumerated() {
            switch size {
            case 1:
                let deviation = Int8(truncatingIfNeeded: end - EndTable.mean(index, step: step))
                output.append(UInt8(bitPattern: deviation))
            case 2: output.append(littleEndian: UInt16(end))
            default: output.append(littleEndian: UInt32(end))
            }
        }
    }
}

/// A table of ends in a mapped file.
struct EndTable {
    private let start: Int
    private let size: Int
    let count: Int
    /// The size of all together.
    let total: Int
    private let step: Int

    /// `count` is at least 1, `size` is 1, 2 or 4, and `total` at most 4 GiB.
    @inline(__always)
    init(at start: Int, size: Int, count: Int, total: Int) {
        (self.start, self.size, self.count, self.total) = (start, size, count, total)
        step = size == 1 ? Self.step(total: total, count: count) : 0
    }

    @inline(__always)
    static func step(total: Int, count: Int) -> Int {
        // A division by a constant where it can be one: 64 rows are the rule.
        count == 64 ? total << 2 : (total << 8) / max(1, count)
    }

    @inline(__always)
    static func mean(_ index: Int, step: Int) -> Int { ((index + 1) &* step) >> 8 }

    /// The bytes of the table itself.
    var range: Range<Int> { start..<start + (count - 1) * size }

    /// The range of the item of that ordinal, counted from the first.
    @inline(__always)
    func slice(_ index: Int, in bytes: MappedBytes) throws(Damage) -> Range<Int> {
        let from = index == 0 ? 0 : end(index - 1, in: bytes)
        let to = index == count - 1 ? total : end(index, in: bytes)
        guard 0 <= from, from <= to, to <= total else {
            throw Damage(offset: start, detail: "ends \(from) and \(to) of \(total)")
        }
        return from..<to
    }

    @inline(__always)
    private func end(_ index: Int, in bytes: MappedBytes) -> Int {
        switch size {
        case 1:
            let deviation = Int8(bitPattern: bytes.load(UInt8.self, at: start + index))
            return Self.mean(index, step: step) + Int(deviation)
        case 2: return Int(bytes.load(UInt16.self, at: start + 2 * index))
        default: return Int(bytes.load(UInt32.self, at: start + 4 * index))
        }
    }
}
