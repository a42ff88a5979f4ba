import Nostos

/// The sum or the mean of numbers, NULLs aside; null where all are NULL.
///
/// Exact as long as every value is 0 or from 10^-6 on, with at most 18 places and digits that fit
/// an int64, as integers, prices and most doubles are: 0.1 + 0.2 is 0.3. With another value among
/// them (1e300, 1e-9), or where 38 digits do not suffice, the key's sum is one of doubles, with
/// Neumaier's compensation (ZAMM 54, 1974), so that the order of rows hardly matters.
///
/// The mean is this sum divided by the count of values; see ``Mean``.
final class SumCollector: FieldCollector {
    /// The most decimal places of an encoded decimal.
    static let maxScale = 18

    private let isInteger: Bool
    private let isMean: Bool
    private var count = 0
    /// The exact sum as `total × 10^-scale`.
    private var total: Int128 = 0
    private var scale = 0
    private var hasFraction = false
    private var approximation: Approximation?

    /// A collector; `isInteger` refuses sums of integers that do not fit an int64, and `isMean`
    /// asks for the mean.
    init(isInteger: Bool, isMean: Bool = false) {
        (self.isInteger, self.isMean) = (isInteger && !isMean, isMean)
    }

    func add(_ value: Span<UInt8>) {
        var end = 0
        guard let view = EncodedValueView(in: value, at: &end), view.tag != .null else { return }
        count += 1
        guard view.tag != .number else {
            var text: [UInt8] = []
            text.append(value.extracting(view.payload))
            hasFraction = true
            return approximate(adding: Double(String(decoding: text, as: UTF8.self)) ?? .nan)
        }
        let number = view.scaled(in: value)
        if number.scale > 0 { hasFraction = true }
        if approximation != nil || !addExactly(Int128(number.mantissa), scale: number.scale) {
            approximate(adding: Double(number.mantissa) / Self.power(number.scale))
        }
    }

    func finish(to output: inout [UInt8]) throws(CollectorProblem) {
        defer {
            (count, total, scale, hasFraction, approximation) = (0, 0, 0, false, nil)
        }
        guard count > 0 else { return EncodedValue.appendNull(to: &output) }
        if isInteger, !hasFraction, approximation == nil, Int64(exactly: total) == nil {
            throw .overflow(sum: String(total))
        }
        do throws(ValueError) {
            if let approximation {
                let sum = approximation.sum
                try EncodedValue.append(double: isMean ? sum / Double(count) : sum, to: &output)
            } else if isMean {
                try Mean.append(total: total, scale: scale, count: count, to: &output)
            } else if let mantissa = Int64(exactly: total) {
                try EncodedValue.append(unscaled: mantissa, scale: scale, to: &output)
            } else {
                try EncodedValue.append(number: Array("\(total)e-\(scale)".utf8).span, to: &output)
            }
        } catch {
            throw .overflow(sum: approximation.map { String($0.sum) } ?? String(total))
        }
    }

    /// Adds to the exact sum; false when there is no room, and the sum is as before.
    private func addExactly(_ mantissa: Int128, scale other: Int) -> Bool {
        let common = max(scale, other)
        guard let mine = total.shifted(byPlaces: common - scale),
            let theirs = mantissa.shifted(byPlaces: common - other)
        else { return false }
        let (sum, overflow) = mine.addingReportingOverflow(theirs)
        guard !overflow else { return false }
        (total, scale) = (sum, common)
        return true
    }

    private func approximate(adding value: Double) {
        var sum =
            approximation ?? Approximation(sum: Double(total) / Self.power(scale), lost: 0)
        sum.add(value)
        approximation = sum
    }

    /// 10^scale; exact up to the largest scale there is.
    private static func power(_ scale: Int) -> Double { .powerOfTen(min(scale, maxScale)) }

    /// A sum of doubles and what its roundings lost.
    private struct Approximation {
        private var total: Double
        private var lost: Double

        init(sum: Double, lost: Double) { (total, self.lost) = (sum, lost) }

        var sum: Double { total.isFinite ? total + lost : total }

        mutating func add(_ value: Double) {
            let next = total + value
            lost += total.magnitude >= value.magnitude ? total - next + value : value - next + total
            total = next
        }
    }
}
