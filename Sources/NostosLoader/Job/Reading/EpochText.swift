import Nostos

/// Counts since 1970 as text, where a column is stated to be a timestamp.
///
/// Only counts that can mean one unit are read: whole digits of 9 or 10 (also with a fraction) are
/// seconds, from 1973 to 2286; 13 are milliseconds, 16 microseconds and 19 nanoseconds, from 2001
/// to 2286. Any other number, such as `20260131`, may be a date or another unit, and is refused.
enum EpochText {
    /// The microseconds since 1970; nil when the text is no such count.
    static func parse(_ text: Span<UInt8>) -> Int64? {
        var value: Int64 = 0
        var index = 0
        while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
            guard index < 19 else { return nil }
            let digit = Int64(text[index] &- UInt8(ascii: "0"))
            let (product, isOverflow) = value.multipliedReportingOverflow(by: 10)
            guard !isOverflow, product <= .max - digit else { return nil }
            value = product + digit
            index += 1
        }
        guard index > 0, text[0] != UInt8(ascii: "0") else { return nil }
        if index < text.count {
            guard isSeconds(index), let fraction = fraction(text, after: index) else { return nil }
            return value * 1_000_000 + fraction
        }
        switch index {
        case _ where isSeconds(index): return value * 1_000_000
        case 13: return value * 1000
        case 16: return value
        case 19: return value / 1000
        default: return nil
        }
    }

    private static func isSeconds(_ digitCount: Int) -> Bool { digitCount == 9 || digitCount == 10 }

    /// The microseconds of `.f…`, the rest of the text; digits after the sixth are cut off.
    private static func fraction(_ text: Span<UInt8>, after point: Int) -> Int64? {
        guard text[point] == UInt8(ascii: "."), point + 1 < text.count else { return nil }
        var value: Int64 = 0
        for index in (point + 1)..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            if index - point <= 6 { value = value * 10 + Int64(digit) }
        }
        for _ in min(text.count - point - 1, 6)..<6 { value *= 10 }
        return value
    }
}
