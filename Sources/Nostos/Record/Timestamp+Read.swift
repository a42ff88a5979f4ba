extension Timestamp {
    /// The point in time of a text that ``JSONText/append(timestamp:to:)`` writes, without its
    /// quotes; nil for any other text, also for another one of the same point in time.
    static func microseconds(ofCanonical text: Span<UInt8>) -> Int64? {
        // 0001-01-01T00:00:00Z, with a point and one to six decimals before the Z.
        guard text.count == 20 || (22...27).contains(text.count),
            text[text.count - 1] == UInt8(ascii: "Z"), text[4] == UInt8(ascii: "-"),
            text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let year = number(text, 0..<4), let month = number(text, 5..<7),
            let dayOfMonth = number(text, 8..<10), let hour = number(text, 11..<13),
            let minute = number(text, 14..<16), let second = number(text, 17..<19),
            hour < 24, minute < 60, second < 60,
            let day = day(year: year, month: month, day: dayOfMonth)
        else { return nil }
        var fraction = 0
        if text.count > 20 {
            guard text[19] == UInt8(ascii: "."), text[text.count - 2] != UInt8(ascii: "0"),
                let decimals = number(text, 20..<text.count - 1)
            else { return nil }
            fraction = decimals
            for _ in text.count..<27 { fraction *= 10 }
        }
        let seconds = Int64((hour * 60 + minute) * 60 + second)
        return day * microsecondsPerDay + seconds * 1_000_000 + Int64(fraction)
    }

    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}
