import Foundation
import Testing

@testable import Nostos

@Suite struct TimestampTests {
    /// Every day of one whole cycle of the calendar (400 years), counted one by one.
    @Test func everyDayOfACycleIsTheOneAfterTheDayBefore() {
        var (year, month, dayOfMonth) = (1, 1, 1)
        var mismatches: [String] = []
        for day in Int64(-719_162)..<(-719_162 + 146_097) {
            var text: [UInt8] = []
            Timestamp.appendDate(day: day, to: &text)
            let expected = String(format: "%04d-%02d-%02d", year, month, dayOfMonth)
            if Timestamp.day(year: year, month: month, day: dayOfMonth) != day
                || String(decoding: text, as: UTF8.self) != expected
            {
                mismatches.append("\(day) \(expected)")
            }
            dayOfMonth += 1
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            if dayOfMonth > length { (month, dayOfMonth) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(mismatches.isEmpty)
        #expect((year, month, dayOfMonth) == (401, 1, 1))
    }

    @Test func refusesDaysThatAreNot() {
        #expect(Timestamp.day(year: 2023, month: 2, day: 29) == nil)
        #expect(Timestamp.day(year: 1900, month: 2, day: 29) == nil)
        #expect(Timestamp.day(year: 2000, month: 13, day: 1) == nil)
        #expect(Timestamp.day(year: 0, month: 1, day: 1) == nil)
        #expect(Timestamp.day(year: 2000, month: 4, day: 31) == nil)
    }

    @Test func theRangeIsTheYearsOneTo9999() {
        #expect(Timestamp.text(Timestamp.range.lowerBound) == "0001-01-01T00:00:00Z")
        #expect(Timestamp.text(Timestamp.range.upperBound) == "9999-12-31T23:59:59.999999Z")
    }
}
