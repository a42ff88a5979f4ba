import TestSupport
import Testing

@testable import NostosLoader

@Suite struct LoserTreeTests {
    /// A list's first value that is left, or none, and the list's ordinal.
    private struct Contestant: BitwiseCopyable {
        var value: Int?
        let list: Int

        func precedes(_ other: Contestant) -> Bool {
            (value ?? .max, list) < (other.value ?? .max, other.list)
        }
    }

    /// Merges sorted lists by the tree; each element is (value, list).
    private func merged(_ lists: [[Int]]) -> [[Int]] {
        var rests = lists.map { $0[...] }
        func contestant(_ list: Int) -> Contestant {
            Contestant(value: rests[list].first, list: list)
        }
        let context: Void = ()
        var tree = LoserTree(lists.indices.map(contestant), in: context) { left, right, _ in
            left.precedes(right)
        }
        var result: [[Int]] = []
        while let value = tree.winner.value {
            let list = tree.winner.list
            result.append([value, list])
            rests[list].removeFirst()
            tree.replay(contestant(list), at: list, in: context) { left, right, _ in
                left.precedes(right)
            }
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

    /// Every set of 1 to 4 lists, each any of the 8 subsets of 0, 1, 2: every tie, every empty
    /// list.
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

    /// The way without a branch gives what comparisons give, for numbers of all sizes up to the
    /// largest, of which many are equal above their lowest bits.
    @Test(arguments: UInt64(0)..<40)
    func numbersAgreeWithModel(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let lists = (0...Int(seed)).map { list -> [Int128] in
            (0..<Int.random(in: 0...20, using: &random)).map { _ in
                let uppers = [0, 1, 1 << 62, Int64.max - 1]
                let upper = Int128(uppers.randomElement(using: &random) ?? 0)
                let lower = UInt64.random(in: 0...3, using: &random) << 62
                return upper << 64 | Int128(lower) | Int128(list)
            }.sorted()
        }
        var rests = lists.map { $0[...] }
        let context: Void = ()
        var tree = LoserTree(rests.map { $0.first ?? .max }, in: context) { left, right, _ in
            left < right
        }
        var result: [Int128] = []
        while tree.winner != .max {
            let list = Int(tree.winner & 0xFF)
            result.append(rests[list].removeFirst())
            tree.replay(rests[list].first ?? .max, at: list)
        }
        #expect(result == lists.joined().sorted())
    }
}
