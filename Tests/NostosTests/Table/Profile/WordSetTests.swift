import TestSupport
import Testing

@testable import Nostos

@Suite struct WordSetTests {
    /// Inserts the words, twice each, and asks for all of them and for others.
    private func check(_ words: [[UInt8]], others: [[UInt8]] = []) {
        var set = WordSet()
        var model: [[UInt8]: Int] = [:]
        for word in words + words {
            let place = set.insert(word.span)
            #expect(place.isNew == (model[word] == nil))
            #expect(place.ordinal == model[word] ?? model.count)
            model[word] = place.ordinal
        }
        #expect(set.count == model.count)
        #expect(set.size == model.keys.reduce(0) { $0 + $1.count })
        for (word, ordinal) in model {
            #expect(set.ordinal(of: word.span) == ordinal)
            #expect(set.withWord(ordinal) { $0.elementsEqual(word.span) })
        }
        for word in others where model[word] == nil {
            #expect(set.ordinal(of: word.span) == nil)
        }
    }

    /// Every word of up to 8 letters of two, and the empty one.
    @Test func agreesWithADictionaryOnEverySmallWord() {
        var words: [[UInt8]] = [[]]
        var last = words
        for _ in 0..<8 {
            last = last.flatMap { word in [word + [0], word + [255]] }
            words += last
        }
        check(words)
        check(words.filter { $0.count % 2 == 0 }, others: words)
    }

    /// Words that begin and end alike and differ in one byte, of every size up to 80 at every
    /// place.
    @Test func wordsThatDifferInOneByteAreTwo() {
        for size in 1...80 {
            let same = [UInt8](repeating: 7, count: size)
            let words = (0..<size).map { place in
                var word = same
                word[place] = 8
                return word
            }
            check(words, others: [same, same + [7], Array(same.dropLast())])
        }
    }

    @Test(arguments: UInt64(0)..<8)
    func agreesWithADictionaryOnRandomWords(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func words() -> [[UInt8]] {
            (0..<3000).map { _ in
                (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: 0...1, using: &random)
                }
            }
        }
        check(words(), others: words())
    }
}
