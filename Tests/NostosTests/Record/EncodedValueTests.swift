import Foundation
import TestSupport
import Testing

@testable import Nostos

@Suite struct EncodedValueTests {
    @Test(arguments: [
        (TestValue.null, "null"), (.bool(true), "true"), (.bool(false), "false"),
        (.int(.min), "-9223372036854775808"), (.int(.max), "9223372036854775807"),
        (.double(0.1), "0.1"), (.double(-2.5), "-2.5"), (.double(100), "100"),
        (.double(.leastNonzeroMagnitude), "5e-324"), (.double(1e300), "1e+300"),
        (.double(-0.0), "0"),
        (.number("12345678901234567890.5"), "12345678901234567890.5"),
        (.number("1.10"), "1.1"), (.string(""), "\"\""), (.string("a\"b\\c"), #""a\"b\\c""#),
        (.string("\u{0}\n\u{1F}\u{7F}"), "\"\\u0000\\n\\u001f\u{7F}\""), (.string("é😀"), "\"é😀\""),
        (.timestamp(0), "\"1970-01-01T00:00:00Z\""),
        (.timestamp(1_769_846_700_250_000), "\"2026-01-31T08:05:00.25Z\""),
        (.timestamp(-1), "\"1969-12-31T23:59:59.999999Z\""),
        (.timestamp(951_782_400_000_000), "\"2000-02-29T00:00:00Z\""),
        (.json(" { \"a\" : [ 1 , { } , [ ] ] } "), #"{"a":[1,{},[]]}"#),
        (.bytes([]), "\"\""), (.bytes([0xFF]), "\"/w==\""), (.bytes([1, 2]), "\"AQI=\""),
        (.bytes([1, 2, 3]), "\"AQID\""), (.list([]), "[]"),
        (.list([.int(1), .null, .string("x")]), #"[1,null,"x"]"#),
    ])
    func writesJSON(value: TestValue, expected: String) throws {
        #expect(try value.json() == expected)
    }

    @Test func equalNumbersHaveEqualBytesWhereverTheyCameFrom() throws {
        #expect(try TestValue.double(5).encoded() == TestValue.int(5).encoded())
        #expect(try TestValue.number("5.00").encoded() == TestValue.int(5).encoded())
        #expect(try TestValue.number("0.50").encoded() == TestValue.double(0.5).encoded())
    }

    @Test func aFloatKeepsItsShortestText() throws {
        var output: [UInt8] = []
        try EncodedValue.append(float: 0.1, to: &output)
        #expect(output == (try TestValue.number("0.1").encoded()))
    }

    @Test func refusesWhatJSONCannotSay() {
        var output: [UInt8] = []
        #expect(throws: ValueError.notFinite("nan")) {
            try EncodedValue.append(double: .nan, to: &output)
        }
        #expect(throws: ValueError.notFinite("-inf")) {
            try EncodedValue.append(float: -.infinity, to: &output)
        }
        let bad: [UInt8] = [0x61, 0xC3, 0x28]
        #expect(throws: ValueError.invalidUTF8(offset: 1)) {
            try EncodedValue.append(string: bad.span, to: &output)
        }
        let large = [UInt8](repeating: 0x61, count: EncodedValue.maxSize + 1)
        #expect(throws: ValueError.tooLarge(size: large.count)) {
            try EncodedValue.append(string: large.span, to: &output)
        }
        #expect(throws: ValueError.self) {
            try EncodedValue.append(timestamp: .max, to: &output)
        }
        #expect(output.isEmpty)
    }

    /// Every string over a small alphabet: ours is JSON exactly where Foundation's parser agrees,
    /// but for lone surrogates, which we refuse.
    @Test func compactsEverySmallJSONText() throws {
        let alphabet = Array("[]{}:,\"1-. ".utf8)
        for length in 1...5 {
            let count = (0..<length).reduce(1) { total, _ in total * alphabet.count }
            for code in 0..<count {
                var rest = code
                let input = (0..<length).map { _ in
                    defer { rest /= alphabet.count }
                    return alphabet[rest % alphabet.count]
                }
                let ours = try? JSONCompactor.compact(input.span)
                if let ours {
                    #expect(!ours.contains(0x20) || ours.contains(0x22))
                    let again = try JSONCompactor.compact(ours.span)
                    #expect(again == ours)
                }
                let theirs = try? JSONSerialization.jsonObject(
                    with: Data(input), options: .fragmentsAllowed)
                let shown = String(decoding: input, as: UTF8.self)
                // Foundation's parser lets a comma stand before a closing bracket; RFC 8259 does
                // not.
                if shown.filter({ $0 != " " }).contains(",]") { continue }
                #expect((ours == nil) == (theirs == nil), "\(shown)")
            }
        }
    }

    @Test func refusesDeepAndBrokenJSON() {
        let deep = String(repeating: "[", count: 129) + String(repeating: "]", count: 129)
        for text in [
            deep, #""\ud800""#, #""\ud800\u0041""#, #"{"a":1,}"#, "nul", "\"\u{1}\"", "01", "1 2",
        ] {
            #expect(throws: ValueError.self, "\(text)") {
                try JSONCompactor.compact(Array(text.utf8).span)
            }
        }
        #expect(throws: Never.self) {
            try JSONCompactor.compact(Array(#""\ud83d\ude00""#.utf8).span)
        }
    }

    /// Whatever the bytes, reading them ends, and never outside.
    @Test(arguments: UInt64(0)..<64)
    func readsRandomBytesWithoutTrapping(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                UInt8.random(in: 0...12, using: &random)
            }
            var position = 0
            var output: [UInt8] = []
            while EncodedValue.appendJSON(in: bytes.span, at: &position, to: &output) {}
            #expect(position <= bytes.count)
        }
    }
}
