/// Points in time as microseconds since 1970-01-01T00:00:00Z, and their RFC 3339 text.
///
/// Dates are of the proleptic Gregorian calendar; the arithmetic is Howard Hinnant's
/// “chrono-Compatible Low-Level Date Algorithms” (2014), `days_from_civil` and `civil_from_days`.
public enum Timestamp {
    /// The years 0001 to 9999, which is what RFC 3339 can write.
    public static let range: ClosedRange<Int64> =
        -62_135_596_800_000_000...253_402_300_799_999_999

    private static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Appends such as `2026-01-31T08:05:00.25Z`; the caller has checked the range.
    public static func append(_ microseconds: Int64, to output: inout [UInt8]) {
        append(microseconds, into: &output)
    }

    @inline(__always)
    static func append(_ microseconds: Int64, into output: inout some ByteOutput) {
        let (day, time) = floorDivide(microseconds, by: microsecondsPerDay)
        append(day: day, into: &output)
        var (second, fraction) = floorDivide(time, by: 1_000_000)
        let hour = second / 3600
        second -= hour * 3600
        output.append(UInt8(ascii: "T"))
        output.append(digits: UInt64(hour), minimum: 2)
        output.append(UInt8(ascii: ":"))
        output.append(digits: UInt64(second / 60), minimum: 2)
        output.append(UInt8(ascii: ":"))
        output.append(digits: UInt64(second % 60), minimum: 2)
        if fraction > 0 {
            var places = 6
            while fraction % 10 == 0 {
                fraction /= 10
                places -= 1
            }
            output.append(UInt8(ascii: "."))
            output.append(digits: UInt64(fraction), minimum: places)
        }
        output.append(UInt8(ascii: "Z"))
    }

    /// Appends the date of that day since 1970-01-01, such as `2026-01-31`; for the years of
    /// ``range``.
    public static func appendDate(day: Int64, to output: inout [UInt8]) {
        append(day: day, into: &output)
    }

    @inline(__always)
    private static func append(day: Int64, into output: inout some ByteOutput) {
        let shifted = day + 719_468
        let (era, dayOfEra) = floorDivide(shifted, by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        output.append(digits: UInt64(max(0, year)), minimum: 4)
        output.append(UInt8(ascii: "-"))
        output.append(digits: UInt64(month), minimum: 2)
        output.append(UInt8(ascii: "-"))
        output.append(digits: UInt64(dayOfMonth), minimum: 2)
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
        append(min(max(microseconds, range.lowerBound), range.upperBound), to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
