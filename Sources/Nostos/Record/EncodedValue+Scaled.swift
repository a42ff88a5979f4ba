extension EncodedValue {
    /// Appends `mantissa × 10^-scale`, exactly, for any scale from 0 on.
    ///
    /// The fast way for sources whose numbers are scaled integers already.
    public static func append(
        unscaled mantissa: Int64, scale: Int, to output: inout [UInt8]
    ) throws(ValueError) {
        var (mantissa, scale) = (mantissa, scale)
        while scale > 0, mantissa % 10 == 0 {
            if mantissa == 0 { scale = 1 }
            mantissa /= 10
            scale -= 1
        }
        // Below 10^-6 the canonical text has an exponent (see Decimal): not ours.
        guard scale <= 6 || (scale <= 18 && mantissa.magnitude >= .powerOfTen(scale - 6)) else {
            let text = Array("\(mantissa)e-\(scale)".utf8)
            return try append(number: text.span, to: &output)
        }
        append(mantissa: mantissa, scale: scale, to: &output)
    }

    /// The double as `mantissa × 10^-scale`, when that takes 6 places and 15 digits at most.
    ///
    /// Most doubles in databases began as such decimals. Quotients of integers below 2^53 and
    /// 10^22 are rounded once, so equality says that the decimal reads back as the double; and no
    /// two decimals of 15 digits do (`DBL_DIG`), so it is the shortest one too. Of a double that is
    /// no integer, the mantissa does not end in zero: one place less would have done.
    package static func shortDecimal(of value: Double) -> (mantissa: Int64, scale: Int)? {
        var power = 10.0
        for scale in 1...6 {
            let product = value * power
            // To the nearest integer: up there doubles are integers. Halves are no candidates.
            let mantissa = (product + integral) - integral
            guard mantissa.magnitude < 1e15 else { return nil }
            // The quotient and the product are rounded once each, by 2^-53 of them at most: only a
            // product this near to an integer is worth a division.
            let isNear = (product - mantissa).magnitude <= product.magnitude * 0x1p-51
            if isNear, mantissa / power == value { return (Int64(mantissa), scale) }
            power *= 10
        }
        return nil
    }

    /// 1.5 × 2^52, between doubles that are one apart: a number added to it loses its fraction.
    private static let integral = 0x1.8p52
}
