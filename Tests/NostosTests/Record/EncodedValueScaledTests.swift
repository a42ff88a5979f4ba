import TestSupport
import Testing

@testable import Nostos

/// The fast ways to append numbers give the bytes of the slow one, which parses decimal text.
@Suite struct EncodedValueScaledTests {
    private func encoded(_ text: String) throws -> [UInt8] {
        var output: [UInt8] = []
        try EncodedValue.append(number: Array(text.utf8).span, to: &output)
        return output
    }

    private func encoded(_ mantissa: Int64, _ scale: Int) throws -> [UInt8] {
        var output: [UInt8] = []
        try EncodedValue.append(unscaled: mantissa, scale: scale, to: &output)
        return output
    }

    private func encoded(_ value: Double) throws -> [UInt8] {
        var output: [UInt8] = []
        try EncodedValue.append(double: value, to: &output)
        return output
    }

    @Test func everySmallMantissaAtEveryScaleIsItsText() throws {
        for scale in 0...20 {
            for mantissa in Int64(-200)...200 {
                #expect(try encoded(mantissa, scale) == encoded("\(mantissa)e-\(scale)"))
            }
        }
    }

    @Test(arguments: UInt64(0)..<16)
    func everyMantissaIsItsText(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let extremes: [Int64] = [.min, .max, 999_999, 1_000_000, 1_000_001, 100_000]
        for index in 0..<300 {
            let shift = Int64.random(in: 0...63, using: &random)
            let mantissa =
                index < extremes.count
                ? extremes[index]
                : Int64.random(
                    in: .min ... .max, using: &random) >> shift
            let scale = Int.random(in: 0...22, using: &random)
            #expect(
                try encoded(mantissa, scale) == encoded("\(mantissa)e-\(scale)"),
                "\(mantissa)e-\(scale)")
        }
    }

    /// Doubles from decimals of few digits, of very many, and from any bits; those that are
    /// integers are not among them, since they are stored as integers.
    @Test(arguments: UInt64(0)..<16)
    func everyDoubleIsItsDescription(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let digits = Int64.random(in: -(1 << 60)...(1 << 60), using: &random)
            let shift = Int64.random(in: 0...60, using: &random)
            let decimal = Double("\(digits >> shift)e-\(Int.random(in: 0...9, using: &random))")
            let bits = Double(bitPattern: random.next())
            for value in [try #require(decimal), bits, bits.significand]
            where value.isFinite && Int64(exactly: value) == nil {
                #expect(try encoded(value) == encoded(value.description), "\(value)")
            }
        }
    }
}
