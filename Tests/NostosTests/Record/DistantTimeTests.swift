import Testing

@testable import Nostos

/// Points in time beyond the years that can be stored, as messages show them.
@Suite struct DistantTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01"), (-735_160, "0044-03-15 BC"), (-719_163, "0001-12-31 BC"),
            (-719_162, "0001-01-01"), (2_932_896, "9999-12-31"), (2_932_897, "10000-01-01"),
            (3_673_090, "12026-07-31"), (2_145_042_905, "5874897-12-31"),
            (-2_440_588, "4714-11-24 BC"),
        ] as [(Int64, String)])
    func aDayIsADate(day: Int64, expected: String) {
        #expect(Timestamp.distantDate(day: day) == expected)
    }

    @Test func aTimeHasItsClock() {
        #expect(Timestamp.distantText(-1) == "1969-12-31 23:59:59")
        #expect(Timestamp.distantText(-210_863_520_000_000_000) == "4713-01-01 00:00:00 BC")
        #expect(Timestamp.distantText(253_402_300_800_000_000) == "10000-01-01 00:00:00")
        #expect(Timestamp.distantText(0, epochDay: 10_957) == "2000-01-01 00:00:00")
    }

    /// The texts within the range are those of ``Timestamp/text(_:)``; the extremes do not trap.
    @Test func withinTheRangeItIsTheUsualText() {
        for day in stride(from: Int64(-719_162), through: 2_932_896, by: 997) {
            let text = Timestamp.text(day * 86_400_000_000)
            #expect(Timestamp.distantDate(day: day) == String(text.prefix(10)))
        }
        #expect(Timestamp.distantText(.max, epochDay: 10_957).hasPrefix("294277-"))
        #expect(Timestamp.distantText(.min).hasSuffix(" BC"))
        _ = Timestamp.distantDate(day: Int64(Int32.max) + 20_000)
    }
}
