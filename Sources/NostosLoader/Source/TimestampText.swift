import Nostos

/// The timestamps that SQLite databases hold as text:
/// `YYYY-MM-DD HH:MM:SS[.ffffff][ ][Z|±hh[[:]mm]]`, with a space or a `T` in the middle.
///
/// Without a zone the time is UTC, as SQLite's own `CURRENT_TIMESTAMP` is.
enum TimestampText {
    /// The microseconds since 1970 in UTC, or nil when the text is anything else, also where a
    /// digit would be lost.
    static func parse(_ text: Span<UInt8>) -> Int64? {
        guard
            text.count >= 19,
            let year = number(text, 0..<4), text[4] == UInt8(ascii: "-"),
            let month = number(text, 5..<7), text[7] == UInt8(ascii: "-"),
            let day = number(text, 8..<10),
            text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T"),
            let hour = number(text, 11..<13), hour < 24, text[13] == UInt8(ascii: ":"),
            let minute = number(text, 14..<16), minute < 60, text[16] == UInt8(ascii: ":"),
            let second = number(text, 17..<19), second < 60,
            let date = Timestamp.day(year: year, month: month, day: day)
        else { return nil }
        var position = 19
        guard
            let fraction = fraction(text, at: &position),
            let zone = zoneSeconds(text, at: position)
        else { return nil }
        let seconds = date * 86_400 + Int64(hour * 3600 + minute * 60 + second - zone)
        let microseconds = seconds * 1_000_000 + Int64(fraction)
        return Timestamp.range.contains(microseconds) ? microseconds : nil
    }

    /// The number of two or four digits, or nil where one is missing; the range lies inside.
    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            guard let digit = digit(text, index) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private static func digit(_ text: Span<UInt8>, _ index: Int) -> Int? {
        guard index < text.count else { return nil }
        let value = text[index] &- UInt8(ascii: "0")
        return value < 10 ? Int(value) : nil
    }

    /// Microseconds of `.f…`; zeros behind the sixth digit are fine, other digits would be lost.
    private static func fraction(_ text: Span<UInt8>, at position: inout Int) -> Int? {
        guard position < text.count, text[position] == UInt8(ascii: ".") else { return 0 }
        position += 1
        let start = position
        var value = 0
        while let digit = digit(text, position) {
            if position - start < 6 {
                value = value * 10 + digit
            } else if digit != 0 {
                return nil
            }
            position += 1
        }
        guard position > start else { return nil }
        for _ in min(position - start, 6)..<6 { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    private static func zoneSeconds(_ text: Span<UInt8>, at start: Int) -> Int? {
        var position = start
        if position < text.count, text[position] == UInt8(ascii: " ") { position += 1 }
        guard position < text.count else { return position == start ? 0 : nil }
        let sign: Int
        switch text[position] {
        case UInt8(ascii: "Z"): return position + 1 == text.count ? 0 : nil
        case UInt8(ascii: "+"): sign = 1
        case UInt8(ascii: "-"): sign = -1
        default: return nil
        }
        position += 1
        guard position + 2 <= text.count, let hours = number(text, position..<position + 2),
            hours < 24
        else { return nil }
        position += 2
        if position == text.count { return sign * hours * 3600 }
        if text[position] == UInt8(ascii: ":") { position += 1 }
        guard position + 2 == text.count, let minutes = number(text, position..<position + 2),
            minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
