import TestSupport
import Testing

@testable import NostosCLI

@Suite struct TextTableTests {
    @Test func columnsLineUpUnderTheirHeads() {
        let table = TextTable(["JOB", "ROWS"], [["users", "7"], ["a", "1,000"]])
        #expect(table.lines(width: nil) == ["JOB    ROWS", "users  7", "a      1,000"])
    }

    @Test func theWidestColumnIsCutFirstAndTheLastOfTwoAlike() {
        let table = TextTable(["A", "B"], [["abcdefgh", "abcdefgh"]])
        #expect(table.lines(width: 17)[1] == "abcdefgh  abcdef…")
        #expect(table.lines(width: 16)[1] == "abcdef…  abcdef…")
        #expect(table.lines(width: 10)[1] == "abc…  abc…")
    }

    @Test func belowTheLeastWidthTheLineItselfIsCut() {
        let table = TextTable(["A", "B"], [["abcdefgh", "abcdefgh"]])
        #expect(table.lines(width: 7)[1] == "abc…  …")
        #expect(table.lines(width: 1)[1] == "…")
        #expect(table.lines(width: 0)[1] == "")
    }

    @Test func aControlCharacterBeginsNoLine() {
        let table = TextTable(["A"], [["x\ny\u{1b}[31m"]])
        #expect(table.lines(width: nil) == ["A", "x\\u{a}y\\u{1b}[31m"])
    }

    @Test(arguments: UInt64(0)..<50)
    func noLineIsWiderThanTheTerminalAndNoneEndsWithASpace(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let columns = Int.random(in: 1...6, using: &random)
        let rows = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            (0..<columns).map { _ in
                String(repeating: "é", count: Int.random(in: 0...30, using: &random))
            }
        }
        let table = TextTable((0..<columns).map { "C\($0)" }, rows)
        for width in 0...60 {
            let lines = table.lines(width: width)
            #expect(lines.count == rows.count + 1)
            #expect(lines.allSatisfy { $0.count <= width && $0.last != " " }, "width \(width)")
        }
    }
}
