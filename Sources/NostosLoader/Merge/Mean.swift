import Nostos

/// The mean of decimal numbers by their exact sum.
///
/// It is exact where it ends within 18 decimal places: the mean of 1 and 2 is 1.5, that of prices
/// ends as prices do. Else it is the double nearest to the exact quotient: the mean of 1, 1 and 2
/// is 1.3333333333333333.
enum Mean {
    /// Digits that decide which double is nearest, one to spare and one that says whether there are
    /// more: no two doubles have the same first 17, and the last digit decides a tie between two of
    /// them.
    private static let maxDigits = 40

    /// Appends `total × 10^-scale / count` in encoded form; `count` is 1 or more.
    static func append(
        total: Int128, scale: Int, count: Int, to output: inout [UInt8]
    ) throws(ValueError) {
        let divisor = UInt128(count)
        var (quotient, rest) = total.magnitude.quotientAndRemainder(dividingBy: divisor)
        var digits = String(quotient)
        var significant = quotient == 0 ? 0 : digits.count
        var places = scale
        while rest != 0, significant < maxDigits {
            (quotient, rest) = (rest * 10).quotientAndRemainder(dividingBy: divisor)
            digits += String(quotient)
            if significant > 0 || quotient > 0 { significant += 1 }
            places += 1
        }
        let sign = total < 0 ? "-" : ""
        if rest == 0, places <= SumCollector.maxScale {
            let text = "\(sign)\(digits)e-\(places)"
            return try EncodedValue.append(number: Array(text.utf8).span, to: &output)
        }
        let text = "\(sign)\(digits)\(rest == 0 ? "" : "1")e-\(rest == 0 ? places : places + 1)"
        try EncodedValue.append(double: Double(text) ?? .nan, to: &output)
    }
}
