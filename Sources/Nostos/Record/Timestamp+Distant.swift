extension Timestamp {
    /// The text of any point in time, also of one outside ``range``, for messages.
    ///
    /// - Parameters:
    ///   - microseconds: the microseconds since the first moment of `epochDay`.
    ///   - epochDay: a day since 1970-01-01.
    /// - Returns: the text as PostgreSQL prints it, in UTC: `12026-01-31 08:05:00`, or
    ///   `0044-03-15 12:00:00 BC`.
    public static func distantText(_ microseconds: Int64, epochDay: Int64 = 0) -> String {
        var (days, rest) = microseconds.quotientAndRemainder(dividingBy: microsecondsPerDay)
        if rest < 0 { (days, rest) = (days - 1, rest + microsecondsPerDay) }
        let date = civilDate(ofDay: days + epochDay)
        let seconds = rest / 1_000_000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60]
            .map { padded($0, to: 2) }.joined(separator: ":")
        return "\(date.text) \(clock)\(date.era)"
    }

    /// The text of any day since 1970-01-01, for messages.
    ///
    /// - Parameter day: any day that a 64-bit count of microseconds or a 32-bit count of days
    ///   reaches.
    /// - Returns: `12026-01-31`, or `0044-03-15 BC`.
    public static func distantDate(day: Int64) -> String {
        let date = civilDate(ofDay: day)
        return date.text + date.era
    }

    /// Hinnant's `civil_from_days`, with the year before 1 being 1 BC.
    private static func civilDate(ofDay day: Int64) -> (text: String, era: String) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let shownYear = padded(year > 0 ? year : 1 - year, to: 4)
        let text = "\(shownYear)-\(padded(month, to: 2))-\(padded(dayOfMonth, to: 2))"
        return (text, year > 0 ? "" : " BC")
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
