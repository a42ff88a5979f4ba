import TestSupport
import Testing

@testable import Nostos

/// Digits by words of eight against digits one by one.
@Suite struct NumberTextTests {
    /// The dullest way: digits of the magnitude, the point put in, zeros cut off.
    private static func model(_ mantissa: Int64, scale: Int) -> String {
        var digits = String(mantissa.magnitude)
        let missing = scale + 1 - digits.count
        if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
        var text = String(digits.dropLast(scale))
        var places = String(digits.suffix(scale))
        while places.hasSuffix("0") { places.removeLast() }
        if !places.isEmpty { text += "." + places }
        return (mantissa < 0 ? "-" : "") + text
    }

    private static func text(_ mantissa: Int64, scale: Int) -> String {
        var output: [UInt8] = []
        JSONText.append(mantissa: mantissa, scale: scale, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private func check(_ mantissas: some Sequence<Int64>, scales: ClosedRange<Int>) {
        var mismatches: [String] = []
        for mantissa in mantissas {
            for scale in scales
            where Self.text(mantissa, scale: scale)
                != Self.model(mantissa, scale: scale)
            {
                mismatches.append("\(mantissa) / 10^\(scale)")
            }
        }
        #expect(mismatches.isEmpty, "\(mismatches.prefix(5))")
    }

    @Test func everySmallNumberAtEveryScaleOfAWord() { check(0...100_000, scales: 0...8) }

    @Test func smallNumbersOfEitherSignAtEveryScale() { check(-300...300, scales: 0...18) }

    @Test func boundariesAtEveryScale() {
        var mantissas: [Int64] = [.min, .min + 1, .max]
        var power: Int64 = 1
        for _ in 0..<18 {
            power *= 10
            for near in [power - 1, power, power + 1, 5 * power, power + power / 10] {
                mantissas += [near, -near]
            }
        }
        check(mantissas, scales: 0...18)
    }

    @Test func randomNumbersOfEverySizeAtEveryScale() {
        var random = SplitMix64(seed: 3)
        check(
            (0..<3000).map { _ in
                Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)
            }, scales: 0...18)
    }

    /// Every digit in every place, beside the smallest and largest neighbours.
    @Test func aWordHasTheDigitsOfEveryPartOfItsNumber() {
        var mismatches: [UInt64] = []
        func check(_ value: UInt64) {
            var word = DigitWord.digits(value)
            var number: UInt64 = 0
            for _ in 0..<8 {
                let digit = word & 0xFF
                if digit > 9 { mismatches.append(value) }
                (number, word) = (number &* 10 &+ digit, word >> 8)
            }
            if number != value { mismatches.append(value) }
        }
        for part in UInt64(0)..<10_000 {
            for other in [UInt64(0), 1, 4999, 5000, 9998, 9999] {
                check(part * 10_000 + other)
                check(other * 10_000 + part)
            }
        }
        for value in stride(from: UInt64(0), to: DigitWord.limit, by: 997) { check(value) }
        #expect(mismatches.isEmpty, "\(mismatches.prefix(5))")
    }
}
