import TestSupport
import Testing

@testable import Nostos

@Suite struct DecimalTests {
    private func text(_ input: String) throws -> String {
        let decimal = try Decimal(parsing: Array(input.utf8).span)
        return String(decoding: decimal.text, as: UTF8.self)
    }

    /// From ECMA-262's Number::toString and RFC 8785, appendix B.
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("0.0", "0"), ("000", "0"), ("1", "1"), ("-1.50", "-1.5"),
        ("12.340", "12.34"), ("100", "100"), ("100.0", "100"), ("1e2", "100"), ("+7", "7"),
        ("0.000001", "0.000001"), ("0.0000001", "1e-7"), ("1E-7", "1e-7"),
        ("123e-9", "1.23e-7"), ("1e20", "100000000000000000000"), ("1e21", "1e+21"),
        ("333333333333333333333", "333333333333333333333"),
        ("3333333333333333333333", "3.333333333333333333333e+21"), (".5", "0.5"), ("5.", "5"),
        ("9223372036854775808", "9223372036854775808"),
        ("1.7976931348623157e+308", "1.7976931348623157e+308"),
        ("5e-324", "5e-324"),
    ])
    func writesTheCanonicalForm(input: String, expected: String) throws {
        #expect(try text(input) == expected)
    }

    @Test(arguments: [
        "", "-", ".", "e5", "1e", "1e+", "1.2.3", "1x", "--1", "1e1234567", " 1", "1 ",
    ])
    func refusesWhatIsNoNumber(input: String) {
        #expect(throws: ValueError.notANumber(input)) { try text(input) }
    }

    @Test(arguments: ["NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"])
    func refusesWhatIsNotFinite(input: String) {
        #expect(throws: ValueError.notFinite(input)) { try text(input) }
    }

    /// Every text of at most five characters over a small alphabet: where Double reads a finite
    /// number, we read the same one, and the other way round.
    @Test func agreesWithDoubleOnEverySmallInput() throws {
        let alphabet = Array("019.-e")
        for length in 1...5 {
            var code = 0
            let count = (0..<length).reduce(1) { total, _ in total * alphabet.count }
            while code < count {
                var rest = code
                var input = ""
                for _ in 0..<length {
                    input.append(alphabet[rest % alphabet.count])
                    rest /= alphabet.count
                }
                code += 1
                let ours = try? text(input)
                let theirs = Double(input)
                #expect((ours == nil) == (theirs == nil), "\(input)")
                if let ours, let theirs, theirs.isFinite, theirs != 0 || !input.contains("e") {
                    #expect(Double(ours) == theirs, "\(input) gave \(ours)")
                }
            }
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func ordersAndScalesLikeDoubles(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let a = Double(Int.random(in: -5000...5000, using: &random)) / 64
            let b = Double(Int.random(in: -5000...5000, using: &random)) / 64
            let left = try Decimal(parsing: Array("\(a)".utf8).span)
            let right = try Decimal(parsing: Array("\(b)".utf8).span)
            #expect((left < right) == (a < b), "\(a) \(b)")
            let scaled = try #require(left.scaled)
            var output: [UInt8] = []
            JSONText.append(mantissa: scaled.mantissa, scale: scaled.scale, to: &output)
            #expect(
                String(decoding: output, as: UTF8.self)
                    == String(decoding: left.text, as: UTF8.self))
        }
    }

    @Test func theExtremesOfInt64AreExact() throws {
        for value in [Int64.min + 1, .max, 0, -1] {
            #expect(try Decimal(parsing: Array("\(value)".utf8).span).scaled?.mantissa == value)
        }
        #expect(
            try Decimal(parsing: Array("-9223372036854775808".utf8).span).scaled?.mantissa == .min)
        #expect(try Decimal(parsing: Array("9223372036854775808".utf8).span).scaled == nil)
    }
}
