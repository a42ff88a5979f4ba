import TestSupport
import Testing

@testable import NostosLoader

@Suite struct YAMLReaderTests {
    private func read(_ text: String) -> (node: YAMLNode?, messages: [String]) {
        let log = DiagnosticLog(file: "f")
        let node = YAMLReader.read(TextLines(text), log: log)
        return (node, log.sorted(.error).map(\.description))
    }

    /// The node as compact text: what was read, without its places.
    private func show(_ node: YAMLNode?) -> String {
        switch node?.content {
        case .scalar(let text, _)?: text
        case .sequence(let items)?: "[\(items.map(show).joined(separator: ","))]"
        case .mapping(let entries)?:
            "{\(entries.map { "\($0.key):\(show($0.value))" }.joined(separator: ","))}"
        case .broken?: "!"
        case nil: "nothing"
        }
    }

    @Test func aliasesStandForTheirAnchors() {
        let found = read("a: &x [1, {b: 2}]\nc: *x\nd: [*x, *x]\n")
        #expect(found.messages.isEmpty)
        #expect(show(found.node) == "{a:[1,{b:2}],c:[1,{b:2}],d:[[1,{b:2}],[1,{b:2}]]}")
    }

    @Test func theLatestAnchorOfANameCounts() {
        #expect(show(read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").node) == "{a:1,b:1,c:2,d:2}")
    }

    @Test func mergedKeysFillWhatIsMissing() {
        let text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}\nd: {<<: *b}\n"
        #expect(show(read(text).node) == "{a:{x:1,y:1},b:{y:2,z:2},c:{x:0,y:1,z:2},d:{y:2,z:2}}")
    }

    @Test func starsThatAreNoAliasesStay() {
        let text = "a: count(*) * 2\nb: '*x'\nc: \"*x\"\nd: |\n  *x\n  * y\n\"*k\": 1 # *z\n"
        #expect(show(read(text).node) == "{a:count(*) * 2,b:*x,c:*x,d:*x\n* y\n,*k:1}")
    }

    @Test func privateCharactersOfTheTextStay() {
        let found = read("a: \u{E000}x\nb: &x \u{E001}\nc: *x\nd: \u{F8FF}\n")
        #expect(found.messages.isEmpty)
        #expect(show(found.node) == "{a:\u{E000}x,b:\u{E001},c:\u{E001},d:\u{F8FF}}")
    }

    @Test func aTextWithAllPrivateCharactersIsRefused() {
        let all = String(
            String.UnicodeScalarView((UInt32(0xE000)...0xF8FF).compactMap(Unicode.Scalar.init)))
        #expect(read("a: \(all)\n").messages.count == 1)
    }

    @Test func anAnchorDoesNotContainItself() {
        #expect(read("a: &x [*x]\n").messages.count == 1)
    }

    @Test func moreThanOneWordAfterAStarIsNoAlias() {
        #expect(read("a: &x 1\nb: *x y\n").messages.count == 1)
        #expect(read("a: &x 1\n*x : y\n").messages.count == 1)
    }

    /// Ten levels of ten aliases each: 10 000 000 000 nodes written out.
    @Test func aBombOfAliasesIsRefusedBeforeItIsExpanded() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let found = read(text)
        // Not the node itself: a failure would show it, written out.
        #expect(found.node?.mark == nil)
        #expect(found.messages.count == 1)
        #expect(
            found.messages.first?.hasSuffix(
                "found more than 20000 nodes, expected at most 20000, aliases written out") == true)
    }

    /// The same in keys, which Yams hashes before anybody can count.
    @Test func aBombInKeysIsRefused() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(!read(text + "? *a9\n: x\n? [*a9, *a9]\n: y\n").messages.isEmpty)
    }

    /// Aliases may nest deeper than the text: 40 levels of one alias each.
    @Test func depthIsCountedThroughAliases() {
        var text = "a0: &a0 [x]\n"
        for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        let found = read(text)
        #expect(found.messages == ["f:31:12: found a node at level 33, expected at most 32 levels"])
    }

    @Test func theLimitsAreExact() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(read(nested(32)).messages.isEmpty)
        #expect(read(nested(33)).messages.count == 1)
        func list(_ count: Int) -> String {
            "[" + Array(repeating: "x", count: count - 1).joined(separator: ",") + "]"
        }
        #expect(read(list(20_000)).messages.isEmpty)
        #expect(read(list(20_001)).messages.count == 1)
    }

    @Test func deepTextEndsInAnErrorNotInAnOverflow() {
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "{", count: 100_000),
            String(repeating: "? ", count: 100_000), String(repeating: "- ", count: 100_000),
            String(repeating: "[", count: 990) + String(repeating: "]", count: 990),
            String(repeating: "{? ", count: 400) + "x" + String(repeating: "}", count: 400),
        ] {
            #expect(read(text).messages.count >= 1)
        }
    }

    /// Each repetition costs another attempt: beyond a limit, the first one ends the reading.
    @Test func manyRepeatedKeysEndTheReading() {
        let few = (0..<32).map { "k\($0 / 2): 1\n" }.joined()
        #expect(read(few).messages.count == 16)
        let more = (0..<34).map { "k\($0 / 2): 1\n" }.joined()
        #expect(read(more).messages.count == 1)
        let large = "# " + String(repeating: "x", count: 900_000) + "\n" + few
        #expect(read(large).messages.count == 1)
    }

    /// Nested keys in a large file: each level would hash all of it again.
    @Test func manyOpenBracketsInALargeFileAreRefused() {
        let inner = Array(repeating: "x", count: 400_000).joined(separator: ",")
        let text =
            String(repeating: "{", count: 900) + "[\(inner)]"
            + String(repeating: "}", count: 900)
        #expect(read(text).messages.count == 1)
    }

    @Test func marksCountScalarsFromOne() {
        guard case .mapping(let entries)? = read("é😀: 1\nb:   &x  'y'\n").node?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries[0].value.mark == TextMark(line: 1, column: 5))
        #expect(entries[1].mark == TextMark(line: 2, column: 1))
        #expect(entries[1].value.mark == TextMark(line: 2, column: 6))
    }

    @Test func placesAndOffsetsAreInverse() {
        let lines = TextLines("a\nbc\r\n\rd\u{85}\u{2028}e")
        for offset in 0...lines.scalars.count {
            #expect(lines.offset(of: lines.mark(at: offset)) == offset)
        }
        #expect(lines.mark(at: 6) == TextMark(line: 3, column: 1))
        #expect(lines.mark(at: 10) == TextMark(line: 6, column: 1))
        #expect(lines.offset(of: TextMark(line: 99, column: 1)) == lines.scalars.count)
    }
}
