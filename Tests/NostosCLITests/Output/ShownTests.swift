import Testing

@testable import NostosCLI

@Suite struct ShownTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (78_640, "78.6 kB"), (1_500_000, "1.5 MB"),
        (2_000_000_000, "2.0 GB"), (5_000_000_000_000_000, "5000.0 TB"),
    ])
    func sizesHaveUnitsOf1000(bytes: Int, text: String) { #expect(Shown.size(bytes) == text) }

    @Test(
        arguments: [
            (0, "0ms"), (1_500_000, "1500ms"), (90_000_000, "90s"), (3_600_000_000, "1h"),
            (26 * 3_600_000_000, "26h"), (48 * 3_600_000_000, "48h"), (72 * 3_600_000_000, "3d"),
        ] as [(Int64, String)])
    func spansAreThoseOfJobFiles(microseconds: Int64, text: String) {
        #expect(Shown.span(microseconds) == text)
    }

    @Test(
        arguments: [
            (-5, "<1m"), (59, "<1m"), (60, "1m"), (7199, "119m"), (7200, "2h"),
            (172_799, "47h"), (172_800, "2d"),
        ] as [(Int64, String)])
    func agesAreInTheLargestWholeUnit(seconds: Int64, text: String) {
        let now: Int64 = 1_800_000_000_000_000
        #expect(Shown.age(now - seconds * 1_000_000, now: now) == text)
    }

    @Test func ratesDurationsAndSharesAreShort() {
        #expect(Shown.rate(9_999) == "9999" && Shown.rate(412_345) == "412k")
        #expect(Shown.duration(4.6) == "0:05" && Shown.duration(3_600) == "60:00")
        #expect(Shown.percent(0.125) == "12.5 %" && Shown.percent(1) == "100.0 %")
        #expect(Shown.warnings(1) == "1 warning" && Shown.warnings(1234) == "1,234 warnings")
        #expect(Shown.minute(nil) == "-" && Shown.time(nil) == "-")
        #expect(Shown.minute(1_796_120_160_000_000) == "2026-12-01T10:16Z")
    }

    @Test func theLastLineIsTheOneThatSaysWhy() {
        #expect("Traceback\n  File x\n  Error: z\n\n".lastLine == "Error: z")
        #expect("one".lastLine == "one" && "".lastLine == "" && " \n ".lastLine == " \n ")
    }

    @Test func controlCharactersAreWrittenOut() {
        #expect("a\u{7f}\r\u{85}é".shown == "a\\u{7f}\\u{d}\\u{85}é")
        #expect("plain é 😀".shown == "plain é 😀")
    }
}
