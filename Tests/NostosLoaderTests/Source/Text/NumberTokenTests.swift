import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Numbers, strings and base64 as text.
@Suite struct NumberTokenTests {
    private func encoded(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        guard let token = NumberToken(bytes.span),
            (try? token.append(bytes.span, to: &output)) != nil
        else { return nil }
        return output
    }

    /// All texts of up to 6 of these characters: a number exactly where JSON has one, with the
    /// value that the general decimal reader finds.
    @Test func everySmallTextIsANumberWhereJSONSaysSo() throws {
        let alphabet = Array("-01.e+".utf8)
        for length in 1...6 {
            var count = 1
            for _ in 0..<length { count *= alphabet.count }
            for code in 0..<count {
                var rest = code
                let bytes = (0..<length).map { _ in
                    defer { rest /= alphabet.count }
                    return alphabet[rest % alphabet.count]
                }
                var sink: [UInt8] = []
                let isJSON = (try? EncodedValue.append(json: bytes.span, to: &sink)) != nil
                var expected: [UInt8] = []
                if isJSON { try EncodedValue.append(number: bytes.span, to: &expected) }
                let text = String(decoding: bytes, as: UTF8.self)
                guard encoded(text) == (isJSON ? expected : nil) else {
                    Issue.record("\(text)")
                    return
                }
                let isInteger = isJSON && Int64(text).map { "\($0)" == text } == true
                #expect(NumberToken(bytes.span)?.isInteger == (isJSON ? isInteger : nil), "\(text)")
            }
        }
    }

    @Test func theEndsOfInt64AreIntegersAndWhatLiesBeyondIsANumber() throws {
        for text in ["9223372036854775807", "-9223372036854775808", "0", "-1"] {
            #expect(NumberToken(Array(text.utf8).span)?.int64 == Int64(text))
        }
        for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999"] {
            let bytes = Array(text.utf8)
            #expect(NumberToken(bytes.span)?.int64 == nil)
            var expected: [UInt8] = []
            try EncodedValue.append(number: bytes.span, to: &expected)
            #expect(encoded(text) == expected)
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func doublesAreReadAsTheyAreWritten(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let text = ["\(value)", "\(Float(value))", "\(value / 1e300)"][Int(random.next() % 3)]
            guard !text.contains("n") else { continue }
            var expected: [UInt8] = []
            try EncodedValue.append(number: Array(text.utf8).span, to: &expected)
            #expect(encoded(text) == expected, "\(text)")
        }
    }

    @Test func escapesMeanWhatJSONSays() throws {
        var output: [UInt8] = []
        let text = #"a\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00z"#
        try JSONString.unescape(Array(text.utf8).span, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "a\"\\/\u{8}\u{c}\n\r\té€😀z")
        for bad in [
            #"\x"#, #"\u12"#, #"\u12g4"#, #"\ud800"#, #"\ud800x"#, #"\ude00"#, #"\ud83d\u0041"#,
            #"\"#,
        ] {
            #expect(throws: ValueError.self, "\(bad)") {
                try JSONString.unescape(Array(bad.utf8).span, to: &output)
            }
        }
    }

    /// A token decodes to the number that was encoded, and only one text decodes to each number.
    @Test func base64HasOneTextForTheSameBytes() {
        for count in 0...2 {
            for code in 0..<(1 << (8 * count)) {
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) }
                var text: [UInt8] = []
                JSONText.append(base64: bytes.span, to: &text)
                var output: [UInt8] = []
                #expect(Base64.decode(Array(text.dropFirst().dropLast()).span, to: &output))
                #expect(output == bytes)
            }
        }
        for bad in ["A", "AAA", "AA=A", "A===", "====", "AB==", "AAB=", "AA*=", "AA==AAAA"] {
            var output: [UInt8] = []
            #expect(!Base64.decode(Array(bad.utf8).span, to: &output), "\(bad)")
        }
    }
}
