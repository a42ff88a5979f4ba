import TestSupport
import Testing

@testable import NostosLoader

/// Dataduct's rules.
@Suite struct ErrorRateTests {
    @Test(arguments: [
        (100, 99, 1.0), (100, 101, 1.0), (100, 100, 0), (200, 199, 0.5), (3, 0, 100),
        (1, 3, 200), (0, 0, 0), (8, 7, 12.5),
    ])
    func theRateOfTwoCountsIsTheirDifferenceInTheSourcesTerms(
        source: Int, destination: Int, percent: Double
    ) {
        let rate = ErrorRate(source: source, destination: destination)
        #expect(rate.percent == percent)
        #expect(rate.isWithin(percent))
        if percent > 0 { #expect(!rate.isWithin(percent.nextDown)) }
    }

    @Test func somethingWhereTheSourceHasNothingFailsWhateverIsTolerated() {
        let rate = ErrorRate(source: 0, destination: 1)
        #expect(rate.percent == nil)
        #expect(!rate.isWithin(100))
    }

    @Test func noComparedKeyFailsWhateverIsTolerated() {
        #expect(!ErrorRate(differing: 0, of: 0).isWithin(100))
        #expect(ErrorRate(differing: 1, of: 100).isWithin(1))
        #expect(!ErrorRate(differing: 2, of: 100).isWithin(1))
        #expect(ErrorRate(differing: 0, of: 1).percent == 0)
    }

    @Test func aReservoirTakesAllOfAFewAndAsManyAsItHoldsOfMany() {
        for count in 0...30 {
            var sample = Reservoir<Int, SplitMix64>(capacity: 10, using: SplitMix64(seed: 1))
            for element in 0..<count where sample.wantsNext() { sample.add(element) }
            #expect(sample.elements.count == min(count, 10))
            #expect(Set(sample.elements).count == sample.elements.count)
            if count <= 10 { #expect(sample.elements == Array(0..<count)) }
        }
    }

    /// Each of 20 elements is drawn 5,000 times of 20,000, give or take six standard deviations.
    @Test func everyElementIsEquallyLikely() {
        var counts = [Int](repeating: 0, count: 20)
        for seed in UInt64(0)..<20_000 {
            var sample = Reservoir<Int, SplitMix64>(capacity: 5, using: SplitMix64(seed: seed))
            for element in 0..<20 where sample.wantsNext() { sample.add(element) }
            for element in sample.elements { counts[element] += 1 }
        }
        for count in counts { #expect(abs(count - 5_000) < 370, "\(counts)") }
    }
}
