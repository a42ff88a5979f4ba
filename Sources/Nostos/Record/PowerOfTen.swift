extension Numeric {
    /// Ten to that power, from 0 to the largest that the type holds.
    @inlinable
    package static func powerOfTen(_ exponent: Int) -> Self {
        var power: Self = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}

extension FixedWidthInteger {
    /// The number times ten to the power of `places`, or nil when it does not fit.
    @inlinable
    package func shifted(byPlaces places: Int) -> Self? {
        var number = self
        for _ in 0..<places {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            number = product
        }
        return number
    }
}
