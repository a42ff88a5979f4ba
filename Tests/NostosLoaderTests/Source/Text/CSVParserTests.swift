@testable import NostosLoader
import TestSupport
import Testing

/// CSV against a model, however its bytes are cut.
@Suite struct CSVParserTests {
    /// The rows that the parser makes of the pieces.
    private func parse(_ pieces: [[UInt8]]) -> CSVModel {
        var buffer = InputBuffer(PieceInput(pieces))
        var parser = CSVParser(delimiter: UInt8(ascii: ","))
        var model = CSVModel()
        do {
            while true {
                var position = buffer.position
                let step = try parser.next(
                    in: buffer.bytes.span, at: &position, isLast: buffer.isAtEnd)
                buffer.position = position
                switch step {
                case .needsMore: try buffer.refill()
                case .end: return model
                case .row:
                    let bytes = buffer.bytes.span
                    model.rows.append(
                        parser.values.map { $0.kind == .null ? nil : $0.text(in: bytes) })
                    model.lines.append(parser.lastLine)
                }
            }
        } catch {
            model.errorLine = (error as? RowError)?.line ?? -1
            return model
        }
    }

    @Test func quotesHoldCommasQuotesAndLineEnds() {
        let text = "a,\"b, \"\"c\"\"\nd\"\r\n,\"\"\n"
        let model = parse([Array(text.utf8)])
        #expect(model.rows == [["a", "b, \"c\"\nd"], [nil, ""]])
        #expect(model.lines == [1, 3] && model.errorLine == nil)
    }

    @Test func aLastRowNeedsNoLineEnd() {
        #expect(parse([Array("a,b\nc,".utf8)]).rows == [["a", "b"], ["c", nil]])
    }

    /// All 97,656 texts of up to 7 of the bytes that matter, each in one piece and in single bytes.
    @Test func everySmallTextIsWhatTheModelSays() {
        let alphabet = Array("a,\"\n\r".utf8)
        for length in 0...7 {
            var count = 1
            for _ in 0..<length { count *= alphabet.count }
            for code in 0..<count {
                var rest = code
                let text = (0..<length).map { _ in
                    defer { rest /= alphabet.count }
                    return alphabet[rest % alphabet.count]
                }
                let expected = CSVModel(text)
                let cuts = length < 6 ? allCuts(text) : [[text], PieceInput.cut(text, size: 1)]
                for pieces in cuts where parse(pieces) != expected {
                    Issue.record("\(String(decoding: text, as: UTF8.self).debugDescription)")
                    return
                }
            }
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func longTextsAreWhatTheModelSays(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let words = [
            "", "a", "längere", "\"\"", "\"x\"", "\"a,b\"", "\"q\"\"q\"", "\"l\r\nl\"", "1",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...200, using: &random) {
            text += words.randomElement(using: &random) ?? ""
            text += [",", ",", "\n", "\r\n"].randomElement(using: &random) ?? ""
        }
        if seed % 4 == 0 {
            text += ["\"", "x\"", "\r", "\"a\"b"].randomElement(using: &random) ?? ""
        }
        let bytes = Array(text.utf8)
        let expected = CSVModel(bytes)
        for size in [1, 2, 3, 7, 64, .max] {
            #expect(parse(PieceInput.cut(bytes, size: size)) == expected, "pieces of \(size)")
        }
    }
}
