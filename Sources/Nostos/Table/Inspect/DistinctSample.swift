/// Counts how often each of a bounded number of hashes came.
///
/// From that the number of distinct values of a whole table can be estimated, given a sample of it.
///
/// Of all hashes only those are kept whose lowest `level` bits are zero; when there are too many,
/// the level rises: Phillip Gibbons, "Distinct Sampling for Highly-Accurate Answers to Distinct
/// Values Queries and Event Reports" (VLDB 2001). So about a 2^-level-th part of the distinct
/// hashes is there, each with its exact count.
struct DistinctSample {
    private static let slotCount = 1 << 13
    private static let maxCount = 1 << 12

    private var hashes = [UInt64](repeating: 0, count: slotCount)
    private var counts = [UInt32](repeating: 0, count: slotCount)
    private var kept = 0
    private var level: UInt64 = 0
    /// The number of hashes that came.
    private(set) var total = 0

    /// Counts one occurrence.
    @inline(__always)
    mutating func insert(_ hash: UInt64) {
        total += 1
        guard hash & ((1 << level) - 1) == 0 else { return }
        add(hash, 1)
        if kept > Self.maxCount { raiseLevel() }
    }

    private mutating func add(_ hash: UInt64, _ count: UInt32) {
        // The upper bits choose the slot, for the lower ones are all alike.
        var slot = Int(truncatingIfNeeded: hash >> 51)
        while counts[slot] > 0, hashes[slot] != hash { slot = (slot + 1) & (Self.slotCount - 1) }
        if counts[slot] == 0 {
            kept += 1
            hashes[slot] = hash
        }
        counts[slot] = counts[slot] &+ count
    }

    private mutating func raiseLevel() {
        let old = (hashes, counts)
        while kept > Self.maxCount, level < 40 {
            level += 1
            kept = 0
            counts = [UInt32](repeating: 0, count: Self.slotCount)
            for slot in 0..<Self.slotCount
            where old.1[slot] > 0 && old.0[slot] & ((1 << level) - 1) == 0 {
                add(old.0[slot], old.1[slot])
            }
        }
    }

    /// The number of distinct values among the values that came, and whether it is exact.
    var distinct: (count: Int, isExact: Bool) {
        guard level > 0 else { return (kept, true) }
        // Where values seldom repeat, how often those that were kept did says more than how many
        // were kept, which is by chance.
        let size = counts.reduce(0) { $0 + Int($1) }
        return size < 2 * kept ? (total * kept / size, false) : (kept << Int(level), false)
    }

    /// The estimate for a table with `population` values, of which these are a sample.
    ///
    /// The estimator Duj1 of Peter Haas and others, "Sampling-Based Estimation of the Number of
    /// Distinct Values of an Attribute" (VLDB 1995), page 316, which PostgreSQL uses too.
    func estimate(of population: Int) -> Int {
        guard total < population, total > 0 else { return min(distinct.count, max(0, population)) }
        let single = counts.reduce(0) { $0 + ($1 == 1 ? 1 : 0) }
        let (size, found, whole) = (Double(total), Double(distinct.count), Double(population))
        let singles = found * Double(single) / Double(max(1, kept))
        let estimate = size * found / (size - singles + singles * size / whole)
        return Int(min(max(estimate, found), whole))
    }
}
