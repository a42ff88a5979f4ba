import Nostos
import TestSupport
import Testing

@testable import NostosServer

/// The number of keys that were answered from the version that is served, since the switch to it.
@Suite struct CurrentCountsTests {
    private func lookups(_ found: UInt64) -> RequestCounts.Lookups {
        var lookups = RequestCounts.Lookups()
        lookups.found = found
        return lookups
    }

    @Test func onlyKeysOfTheVersionThatIsServedAreCounted() throws {
        let store = try TestStore()
        var responder = Responder()
        for target in ["keys/1001", "keys/1001", "keys/5", "versions/10/keys/1001"] {
            _ = try store.answer(&responder, "GET /v1/jobs/profile/\(target)")
            responder.count(nanoseconds: 60_000)
        }
        let counts = responder.takeCounts()
        let job = try #require(store.snapshot.jobs["profile"])
        let current = try #require(counts.current["profile"])
        #expect(current.version == job.current?.number && current.since == job.servedSince)
        #expect([current.lookups.found, current.lookups.missing] == [2, 1])
        let all = try #require(counts.lookups["profile"])
        #expect(all.found + all.missing == 4)
        #expect(responder.takeCounts().current.isEmpty)
    }

    @Test func aSwitchBeginsAnewAndLateCountsOfTheVersionBeforeAreLeftOut() {
        var (first, second, late) = (RequestCounts(), RequestCounts(), RequestCounts())
        first.count(job: "j", current: 88, since: 100, lookups(5))
        second.count(job: "j", current: 87, since: 200, lookups(7))
        late.count(job: "j", current: 88, since: 100, lookups(9))
        let statistics = RequestStatistics()
        for counts in [first, first, second, late, second] { statistics.add(counts) }
        let current = statistics.total.current["j"]
        #expect(current?.version == 87 && current?.since == 200 && current?.lookups.found == 14)
    }
}
