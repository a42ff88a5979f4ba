/// Points in time as microseconds since 1970-01-01T00:00:00Z, and their RFC 3339 text.
///
/// Dates are of the proleptic Gregorian calendar. From date to day: Howard Hinnant,
/// “chrono-Compatible Low-Level Date Algorithms” (2014), `days_from_civil`. From day to date:
/// Cassio Neri and Lorenz Schneider, “Euclidean affine functions and their application to calendar
/// algorithms” (2022), figure 12, which needs no division by a variable and no table.
public enum Timestamp {
    /// The years 0001 to 9999, which is what RFC 3339 can write.
    public static let range: ClosedRange<Int64> =
        -62_135_596_800_000_000...253_402_300_799_999_999

    static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Appends the date of that day since 1970-01-01, such as `2026-01-31`; for the years of
    /// ``range``.
    public static func appendDate(day: Int64, to output: inout [UInt8]) {
        let microseconds = day.multipliedReportingOverflow(by: microsecondsPerDay)
        let time = clamped(microseconds.overflow ? range.upperBound : microseconds.partialValue)
        var text: [UInt8] = []
        JSONText.append(timestamp: time, to: &text)
        output += text[1..<11]
    }

    /// The day since 1970-01-01 of a date, or nil when there is no such date in the years 1 to
    /// 9999.
    public static func day(year: Int, month: Int, day: Int) -> Int64? {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let (era, yearOfEra) = floorDivide(shiftedYear, by: 400)
        let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The text of a point in time, for messages and headers.
    public static func text(_ microseconds: Int64) -> String {
        var bytes: [UInt8] = []
        JSONText.append(timestamp: microseconds, to: &bytes)
        return String(decoding: bytes[1..<bytes.count - 1], as: UTF8.self)
    }

    /// The point in time, or the first or last of ``range`` where it lies outside.
    static func clamped(_ microseconds: Int64) -> Int64 {
        min(max(microseconds, range.lowerBound), range.upperBound)
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension RawOutput {
    /// Appends a point in time of ``Timestamp/range`` in quotes: at most 29 bytes.
    @inline(__always)
    mutating func append(timestamp microseconds: Int64) {
        // From 0000-03-01 on, so that leap days end years and nothing is negative.
        let shifted = UInt64(
            bitPattern: microseconds &+ 719_468 &* Timestamp.microsecondsPerDay)
        let day = shifted / 86_400_000_000
        let time = shifted &- day &* 86_400_000_000
        let second = time / 1_000_000
        let fraction = time &- second &* 1_000_000
        append(day: day)
        // hhmmss, for 60 × 60 + 40 × 60 + 4000 = 10,000 and 60 + 40 = 100.
        let clock = DigitWord.digits(second &+ second / 60 &* 40 &+ second / 3600 &* 4000)
        let text = clock | DigitWord.ascii
        let colons: UInt64 = 0x00_3A00_003A_0000_54
        append(
            word: colons | (text &>> 8 & 0xFFFF00) | (text &>> 32 & 0xFFFF) &<< 32
                | (text &>> 48 & 0xFF) &<< 56, count: 8)
        append(UInt8(truncatingIfNeeded: text &>> 56))
        if fraction > 0 {
            let word = DigitWord.digits(fraction)
            let places = (word | DigitWord.ascii) &>> 8 & ~0xFF | UInt64(UInt8(ascii: "."))
            append(word: places, count: 7 &- DigitWord.trailingZeroCount(word))
        }
        append(word: 0x225A, count: 2)
    }

    /// Appends a quote and the date of a day since 0000-03-01.
    @inline(__always)
    private mutating func append(day: UInt64) {
        let fourth = 4 &* day &+ 3
        let century = fourth / 146_097
        let fourthOfCentury = (fourth &- century &* 146_097) | 3
        let product = 2_939_745 &* fourthOfCentury
        let dayOfYear = (product & 0xFFFF_FFFF) / 2_939_745 / 4
        let month = 2141 &* dayOfYear &+ 197_913
        let isNextYear: UInt64 = dayOfYear >= 306 ? 1 : 0
        let year = 100 &* century &+ product &>> 32 &+ isNextYear
        let monthOfYear = month &>> 16 &- 12 &* isNextYear
        let dayOfMonth = (month & 0xFFFF) / 2141 &+ 1
        let text =
            DigitWord.digits(year &* 10_000 &+ monthOfYear &* 100 &+ dayOfMonth)
            | DigitWord.ascii
        append(UInt8(ascii: "\""))
        append(
            word: (text & 0xFFFF_FFFF) | 0x2D &<< 32 | (text &>> 32 & 0xFFFF) &<< 40 | 0x2D &<< 56,
            count: 8)
        append(word: text &>> 48, count: 2)
    }
}
