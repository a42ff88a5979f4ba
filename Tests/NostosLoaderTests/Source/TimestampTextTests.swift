import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct TimestampTextTests {
    private func parse(_ text: String) -> String? {
        TimestampText.parse(Array(text.utf8).span).map(Timestamp.text)
    }

    @Test(arguments: [
        ("2026-01-31 08:05:00", "2026-01-31T08:05:00Z"),
        ("2026-01-31T08:05:00Z", "2026-01-31T08:05:00Z"),
        ("2026-01-31 08:05:00.25", "2026-01-31T08:05:00.25Z"),
        ("2026-01-31 08:05:00.123456000", "2026-01-31T08:05:00.123456Z"),
        ("2026-01-31 00:05:00+01:30", "2026-01-30T22:35:00Z"),
        ("2026-01-31 23:05:00-0130", "2026-02-01T00:35:00Z"),
        ("2026-01-31 08:05:00 +02", "2026-01-31T06:05:00Z"),
        ("0001-01-01 00:00:00", "0001-01-01T00:00:00Z"),
        ("9999-12-31 23:59:59.999999", "9999-12-31T23:59:59.999999Z"),
        ("2024-02-29 00:00:00", "2024-02-29T00:00:00Z"),
    ])
    func isoTextIsATime(text: String, expected: String) {
        #expect(parse(text) == expected)
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-01-31 08:05", "2026-01-31 8:05:00", "2026-02-30 08:05:00",
        "2025-02-29 00:00:00", "0000-01-01 00:00:00", "2026-01-31 24:00:00",
        "2026-01-31 08:60:00", "2026-01-31 08:05:60", "2026-01-31 08:05:00.",
        "2026-01-31 08:05:00.1234567", "2026-01-31 08:05:00 ", "2026-01-31 08:05:00z",
        "2026-01-31 08:05:00+1", "2026-01-31 08:05:00+24", "2026-01-31 08:05:00+01:60",
        "2026-01-31 08:05:00+01:3", "2026-01-31 08:05:00Z ", "2026/01/31 08:05:00",
        "0001-01-01 00:00:00+01", "9999-12-31 23:59:59-01", "tomorrow at eight o'clock",
    ])
    func otherTextIsNone(text: String) {
        #expect(parse(text) == nil)
    }

    /// Timestamp's own text is the model.
    @Test(arguments: UInt64(0)..<16)
    func whatTimestampPrintsReadsBack(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let time = Int64.random(in: Timestamp.range, using: &random)
            #expect(TimestampText.parse(Array(Timestamp.text(time).utf8).span) == time)
        }
    }
}
