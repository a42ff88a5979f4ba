import NostosLoader
import Testing

@testable import NostosCLI

@Suite struct StageTrackerTests {
    @Test func stagesFollowOneAnotherAndEachEndsOnce() {
        var tracker = StageTracker()
        #expect(tracker.take(.extract(generator: "a", rows: 0, isDone: false)) == nil)
        #expect(tracker.current?.stage == "extract" && tracker.current?.generator == "a")
        #expect(tracker.take(.extract(generator: "a", rows: 7, isDone: true))?.count == 7)
        #expect(tracker.current == nil)
        #expect(tracker.take(.extract(generator: "b", rows: 1, isDone: false)) == nil)
        #expect(tracker.current?.generator == "b")
        #expect(tracker.take(.write(rows: 3, share: 0.5, size: nil)) == nil)
        #expect(tracker.current?.stage == "write" && tracker.current?.progress == 0.5)
        let written = tracker.take(.write(rows: 6, share: 1, size: 812))
        #expect(written?.count == 6 && written?.size == 812)
        #expect(tracker.take(.verified(rows: nil)) == nil)
        #expect(tracker.current?.stage == "read back")
        #expect(tracker.take(.verified(rows: 6))?.count == 6)
        #expect(tracker.take(.checking(rows: 2)) == nil)
        #expect(tracker.current?.stage == "check" && tracker.current?.count == 2)
        #expect(tracker.take(.warning("odd")) == nil && tracker.current?.stage == "check")
        #expect(tracker.take(.checked([])) == nil && tracker.current == nil)
    }
}
