import TestSupport
import Testing

@testable import NostosServer

/// JSON numbers that are integers, whatever their form.
@Suite struct IntegralNumberTests {
    private static func read(_ text: String) -> String? {
        var output: [UInt8] = []
        guard IntegralNumber.canonicalize(Array(text.utf8).span, into: &output) else { return nil }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("0.0", "0"), ("-0.0e5", "0"), ("0e99999999999999999999", "0"),
        ("1.0", "1"), ("-1.0", "-1"), ("10e-1", "1"), ("1e3", "1000"), ("1E+3", "1000"),
        ("1.5e1", "15"), ("1200e-2", "12"), ("0.001e3", "1"), ("100", "100"),
        ("9223372036854775807.000", "9223372036854775807"),
        ("922337203685477580.7e1", "9223372036854775807"), ("1e18", "1000000000000000000"),
        ("-9.223372036854775808E18", "-9223372036854775808"),
    ])
    func integersAreReadExactly(text: String, digits: String) {
        #expect(Self.read(text) == digits)
    }

    @Test(arguments: [
        "1.5", "0.1", "1e-1", "15e-2", "1e19", "1e99999999999999999999", "1e-99999999999999999999",
        "9007199254740993.5", "12345678901234567890123",
    ])
    func whatIsNoIntegerOrTooLargeIsNot(text: String) {
        #expect(Self.read(text) == nil)
    }

    /// Random digits with a point and an exponent, moved back by hand.
    @Test(arguments: UInt64(0)..<8)
    func aPointAndAnExponentThatCancelOutChangeNothing(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let number = Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)
            let places = Int.random(in: 1...12, using: &random)
            let digits = String(number.magnitude)
            let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
            let text =
                "\(number < 0 ? "-" : "")\(padded.dropLast(places)).\(padded.suffix(places))e\(places)"
            #expect(Self.read(text) == "\(number)", "\(text)")
        }
    }
}
