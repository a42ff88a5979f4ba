import TestSupport
import Testing

@testable import Nostos

@Suite struct EditDistanceTests {
    private func distance(_ source: String, _ target: String) -> Int {
        editDistance(Array(source.unicodeScalars), Array(target.unicodeScalars))
    }

    @Test func countsInsertionsDeletionsSubstitutionsAndSwaps() {
        #expect(distance("", "") == 0)
        #expect(distance("", "abc") == 3)
        #expect(distance("sql", "sqll") == 1)
        #expect(distance("feilds", "fields") == 1)
        #expect(distance("kitten", "sitting") == 3)
        // A letter between two that were swapped: 2, where the restricted distance says 3.
        #expect(distance("ca", "abc") == 2)
    }

    /// Every pair of words over a, b, c of at most three letters, against breadth-first search over
    /// single edits; paths may pass words of four letters.
    @Test func agreesWithModelOnEverySmallInput() {
        let words = (0...4).flatMap { count in
            (0..<3.power(count)).map { code in
                (0..<count).map { Array("abc")[code / 3.power($0) % 3] }
            }
        }
        for source in words where source.count <= 3 {
            let distances = shortestPaths(from: source, maxCount: 4)
            for target in words where target.count <= 3 {
                let found = distance(String(source), String(target))
                #expect(found == distances[target], "\(String(source)) to \(String(target))")
            }
        }
    }

    private func shortestPaths(from source: [Character], maxCount: Int) -> [[Character]: Int] {
        var distances = [source: 0]
        var queue = [source]
        var next = 0
        while next < queue.count {
            let word = queue[next]
            next += 1
            for neighbour in neighbours(of: word)
            where neighbour.count <= maxCount && distances[neighbour] == nil {
                distances[neighbour] = distances[word, default: 0] + 1
                queue.append(neighbour)
            }
        }
        return distances
    }

    private func neighbours(of word: [Character]) -> [[Character]] {
        var found: [[Character]] = []
        for index in 0...word.count {
            for letter in "abc" {
                found.append(word[..<index] + [letter] + word[index...])
                if index < word.count {
                    found.append(word[..<index] + [letter] + word[(index + 1)...])
                }
            }
            if index < word.count { found.append(Array(word[..<index] + word[(index + 1)...])) }
            if index + 1 < word.count {
                var swapped = word
                swapped.swapAt(index, index + 1)
                found.append(swapped)
            }
        }
        return found
    }

    /// Longer words of few letters, against the definition with every possible swap.
    @Test(arguments: UInt64(0)..<32)
    func agreesWithModelOnRandomWords(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func word() -> [Character] {
            (0..<Int.random(in: 0...12, using: &random)).map { _ in
                "abcd".randomElement(using: &random) ?? "a"
            }
        }
        let (source, target) = (word(), word())
        #expect(distance(String(source), String(target)) == model(source, target))
    }

    private func model(_ source: [Character], _ target: [Character]) -> Int {
        var known: [[Int]: Int] = [:]
        func distance(_ row: Int, _ column: Int) -> Int {
            if row == 0 || column == 0 { return row + column }
            if let found = known[[row, column]] { return found }
            let isEqual = source[row - 1] == target[column - 1]
            var least = min(
                distance(row - 1, column) + 1, distance(row, column - 1) + 1,
                distance(row - 1, column - 1) + (isEqual ? 0 : 1))
            for other in 1..<max(row, 1) {
                for otherColumn in 1..<max(column, 1)
                where source[other - 1] == target[column - 1]
                    && source[row - 1] == target[otherColumn - 1]
                {
                    let between = (row - other - 1) + (column - otherColumn - 1)
                    least = min(least, distance(other - 1, otherColumn - 1) + between + 1)
                }
            }
            known[[row, column]] = least
            return least
        }
        return distance(source.count, target.count)
    }
}

@Suite struct NearestWordTests {
    @Test func theNearestWordWithinTwoEditsIsMeant() {
        #expect(nearestWord(to: "feilds", among: ["job", "fields"]) == "fields")
        #expect(nearestWord(to: "SQL", among: ["sql"]) == "sql")
        #expect(nearestWord(to: "schedule", among: ["job", "fields"]) == nil)
        #expect(nearestWord(to: "lit", among: ["list", "first", "last"]) == "list")
    }

    @Test func aShortWordIsNotMeantByOneThatSharesNothing() {
        #expect(nearestWord(to: "x", among: ["y", "ab"]) == nil)
        #expect(nearestWord(to: "ab", among: ["cd"]) == nil)
        #expect(nearestWord(to: "", among: ["a"]) == nil)
        #expect(nearestWord(to: String(repeating: "a", count: 1_000_000), among: ["a"]) == nil)
    }
}

extension Int {
    fileprivate func power(_ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { product, _ in product * self }
    }
}
