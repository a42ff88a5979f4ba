import Nostos

/// The timestamps that programs and databases write as text:
/// `YYYY-MM-DD[( |T)HH:MM[:SS[.f…]][ ][Z|UTC|GMT|±hh[[:]mm]]]`.
///
/// - A date alone is its midnight, a time without a zone is UTC, as SQLite's own
///   `CURRENT_TIMESTAMP` is. `t` and `z` may be lower case.
/// - Digits after the sixth of a second are cut off: microseconds are what is stored.
/// - After an offset there may be the zone's name and Go's monotonic clock, as Go's
///   `time.Time.String` writes them: `2026-01-31 08:05:00.25 +0100 CET m=+0.1`.
enum TimestampText {
    /// The microseconds since 1970 in UTC; nil when the text is anything else.
    static func parse(_ text: Span<UInt8>) -> Int64? {
        guard
            text.count >= 10,
            let year = number(text, 0..<4), text[4] == UInt8(ascii: "-"),
            let month = number(text, 5..<7), text[7] == UInt8(ascii: "-"),
            let day = number(text, 8..<10),
            let date = Timestamp.day(year: year, month: month, day: day)
        else { return nil }
        guard text.count > 10 else { return date * 86_400_000_000 }
        var position = 16
        guard
            text.count >= position,
            text[10] == UInt8(ascii: " ") || text[10] | 0x20 == UInt8(ascii: "t"),
            let hour = number(text, 11..<13), hour < 24, text[13] == UInt8(ascii: ":"),
            let minute = number(text, 14..<16), minute < 60,
            let second = second(text, at: &position), second < 60,
            let fraction = fraction(text, at: &position),
            let zone = zoneSeconds(text, at: position)
        else { return nil }
        let seconds = date * 86_400 + Int64(hour * 3600 + minute * 60 + second - zone)
        let microseconds = seconds * 1_000_000 + Int64(fraction)
        return Timestamp.range.contains(microseconds) ? microseconds : nil
    }

    /// The microseconds since 1970 of a text whose column is stated to be a timestamp: a time, or a
    /// count since 1970; see ``EpochText``.
    static func read(_ text: Span<UInt8>) -> Int64? { parse(text) ?? EpochText.parse(text) }

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

    /// The seconds of `:SS`; 0 where the text goes on, or ends, without them.
    private static func second(_ text: Span<UInt8>, at position: inout Int) -> Int? {
        guard position < text.count, text[position] == UInt8(ascii: ":") else { return 0 }
        guard position + 3 <= text.count else { return nil }
        let second = number(text, position + 1..<position + 3)
        position += 3
        return second
    }

    /// Microseconds of `.f…`, which follows seconds only; the digits after the sixth are cut off.
    private static func fraction(_ text: Span<UInt8>, at position: inout Int) -> Int? {
        guard position < text.count, text[position] == UInt8(ascii: ".") else { return 0 }
        guard position > 16 else { return nil }
        position += 1
        let start = position
        var value = 0
        while let digit = digit(text, position) {
            if position - start < 6 { value = value * 10 + digit }
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
        case UInt8(ascii: "+"): sign = 1
        case UInt8(ascii: "-"): sign = -1
        default: return isUTC(text.extracting(position...)) ? 0 : nil
        }
        position += 1
        guard position + 2 <= text.count, let hours = number(text, position..<position + 2),
            hours < 24
        else { return nil }
        position += 2
        var minutes = 0
        if position < text.count, text[position] != UInt8(ascii: " ") {
            if text[position] == UInt8(ascii: ":") { position += 1 }
            guard position + 2 <= text.count, let number = number(text, position..<position + 2),
                number < 60
            else { return nil }
            minutes = number
            position += 2
        }
        guard isGoSuffix(text.extracting(position...)) else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func isUTC(_ text: Span<UInt8>) -> Bool {
        if text.count == 1 { return text[0] | 0x20 == UInt8(ascii: "z") }
        return matches(text, "UTC") || matches(text, "GMT")
    }

    private static func matches(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        for index in text.indices where text[index] != word.byte(at: index) { return false }
        return true
    }

    /// Whether the text is nothing, or what Go writes after an offset: ` UTC`, ` +01 m=+0.25`.
    private static func isGoSuffix(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0 else { return true }
        var words: [[UInt8]] = [[]]
        for index in 1..<text.count {
            if text[index] == UInt8(ascii: " ") {
                words.append([])
            } else {
                words[words.count - 1].append(text[index])
            }
        }
        guard text[0] == UInt8(ascii: " "), words.count <= 2, words[0].count >= 2,
            words[0].count <= 6
        else { return false }
        let isName =
            words[0].allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
            || words[0].dropFirst().allSatisfy(isDigit) && !isDigit(words[0][0])
        guard isName, words.count == 2 else { return isName }
        return words[1].starts(with: Array("m=".utf8))
            && words[1].dropFirst(3).allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
