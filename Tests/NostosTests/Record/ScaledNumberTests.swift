import TestSupport
import Testing

@testable import Nostos

/// Numbers of packed lists have the text that the slow way gives: `Decimal`.
@Suite struct ScaledNumberTests {
    private func written(_ mantissa: Int64, _ scale: Int) -> String {
        var buffer = [UInt8](
            repeating: 0xEE, count: ScaledNumber.largestText + ScaledNumber.slack)
        let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe ScaledNumber.write(mantissa, scale: scale, to: start) - start
        }
        #expect(count <= ScaledNumber.largestText)
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    private func canonical(_ mantissa: Int64, _ scale: Int) throws -> String {
        let text = Array("\(mantissa)e-\(scale)".utf8)
        return String(decoding: try Decimal(parsing: text.span).text, as: UTF8.self)
    }

    @Test func everySmallMantissaAtEveryScaleHasItsCanonicalText() throws {
        for scale in 0..<ScaledNumber.scaleLimit {
            for mantissa in Int64(-1200)...1200 where scale == 0 || mantissa % 10 != 0 {
                #expect(try written(mantissa, scale) == canonical(mantissa, scale))
            }
        }
    }

    @Test(arguments: UInt64(0)..<16)
    func everyMantissaHasItsCanonicalText(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let extremes: [Int64] = [
            .min, .max, .min + 1, 99_999_999, 100_000_001, 9_999_999_999_999_999,
        ]
        for index in 0..<1000 {
            let shift = Int64.random(in: 0...63, using: &random)
            let mantissa =
                index < extremes.count
                ? extremes[index] : Int64(bitPattern: random.next()) >> shift
            let scale = Int.random(in: 0..<ScaledNumber.scaleLimit, using: &random)
            guard scale == 0 || mantissa % 10 != 0 else { continue }
            #expect(try written(mantissa, scale) == canonical(mantissa, scale))
        }
    }

    @Test func whatNoWriterMakesStaysWithinItsRoom() {
        for scale in 0..<ScaledNumber.scaleLimit {
            for mantissa in [Int64(0), 10, 1000, -1_000_000_000_000_000_000] {
                #expect(!written(mantissa, scale).isEmpty)
            }
        }
    }
}
