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
        guard scale <= 6 || (scale <= 18 && mantissa.magnitude >= powerOfTen(scale - 6)) else {
            let text = Array("\(mantissa)e-\(scale)".utf8)
            return try append(number: text.span, to: &output)
        }
        append(mantissa: mantissa, scale: scale, to: &output)
    }

    /// Ten to that power, 0 to 19.
    private static func powerOfTen(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
