import Testing

@testable import NostosCLI

@Suite struct ProgressLineTests {
    private func stage(_ count: Int, expected: Int? = nil, share: Double? = nil) -> StageClock {
        var stage = StageClock("extract", generator: "language", unit: "rows", expected: expected)
        stage.count = count
        stage.share = share
        return stage
    }

    @Test func withoutATerminalThereIsNoBar() {
        let line = ProgressLine(stage(2_104), nameWidth: 9, isDone: true).text(width: nil)
        #expect(line.hasPrefix("extract    language         2,104 rows"), "\(line)")
        #expect(!line.contains("█"))
    }

    @Test func aFinishedStageHasAFullBarAndAHalfOneHalf() {
        let done = ProgressLine(stage(10), nameWidth: 9, isDone: true).text(width: 120)
        #expect(done.contains(String(repeating: "█", count: 20)))
        let half = ProgressLine(stage(5, expected: 10), nameWidth: 9, isDone: false)
            .text(width: 120)
        #expect(half.contains(String(repeating: "█", count: 10) + "░"), "\(half)")
        #expect(half.contains("eta "))
        let unknown = ProgressLine(stage(5), nameWidth: 9, isDone: false).text(width: 120)
        #expect(unknown.count { $0 == "█" } == 3, "\(unknown)")
    }

    @Test func noLineReachesTheLastColumn() {
        for width in 2...200 {
            for isDone in [false, true] {
                let line = ProgressLine(
                    stage(123_456_789, expected: 200_000_000), nameWidth: 32, isDone: isDone
                ).text(width: width)
                #expect(line.count < width, "\(width): \(line)")
            }
        }
    }

    @Test func aLongNameIsCut() {
        let stage = StageClock("extract", generator: String(repeating: "n", count: 40))
        let line = ProgressLine(stage, nameWidth: 12, isDone: true).text(width: nil)
        #expect(line.hasPrefix("extract    nnnnnnnnnnn…  "), "\(line)")
    }

    @Test func theShareDoneIsKnownByTheStageOrByTheExpectation() {
        #expect(stage(5, expected: 10).progress == 0.5)
        #expect(stage(5, expected: 10, share: 0.25).progress == 0.25)
        #expect(stage(5, share: 1.5).progress == 1)
        // More rows than the last time: nobody knows how many there will be.
        #expect(stage(11, expected: 10).progress == nil)
        #expect(stage(11).progress == nil && stage(0, expected: 0).progress == nil)
        #expect(stage(11).remainingSeconds == nil && stage(999).rate == nil)
    }
}
