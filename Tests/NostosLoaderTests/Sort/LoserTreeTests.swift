import Testing

@testable import NostosLoader

@Suite struct LoserTreeTests {
    /// Merges sorted lists by the tree; each element is (value, list).
    private func merged(_ lists: [[Int]]) -> [[Int]] {
        var positions = lists.map { _ in 0 }
        func precedes(_ left: Int, _ right: Int) -> Bool {
            let (a, b) = (positions[left], positions[right])
            if a == lists[left].count || b == lists[right].count {
                return a == lists[left].count && b == lists[right].count
                    ? left < right : b == lists[right].count
            }
            return (lists[left][a], left) < (lists[right][b], right)
        }
        var tree = LoserTree(count: lists.count, precedes: precedes)
        var result: [[Int]] = []
        while positions[tree.winner] < lists[tree.winner].count {
            result.append([lists[tree.winner][positions[tree.winner]], tree.winner])
            positions[tree.winner] += 1
            tree.replay(precedes: precedes)
        }
        return result
    }

    private func model(_ lists: [[Int]]) -> [[Int]] {
        lists.enumerated().flatMap { list, values in values.map { [$0, list] } }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test func theSmallestComesFirstAndOfEqualsTheEarlierList() {
        #expect(merged([[2, 5], [1, 5], [3]]) == [[1, 1], [2, 0], [3, 2], [5, 0], [5, 1]])
    }

    /// Every set of 1 to 4 lists, each any of the 8 subsets of 0, 1, 2: every tie, every empty list.
    @Test func agreesWithModelOnEverySmallInput() {
        for count in 1...4 {
            for code in 0..<(1 << (3 * count)) {
                let lists = (0..<count).map { list in
                    (0..<3).filter { (code >> (3 * list + $0)) & 1 == 1 }
                }
                #expect(merged(lists) == model(lists), "\(lists)")
            }
        }
    }

    /// All tree shapes up to 40 leaves, powers of two and not.
    @Test func agreesWithModelForEveryNumberOfLists() {
        for count in 1...40 {
            let lists = (0..<count).map { list in (0..<5).map { $0 * 7 + (list * 5) % 11 } }
            #expect(merged(lists) == model(lists), "\(count) lists")
        }
    }
}
