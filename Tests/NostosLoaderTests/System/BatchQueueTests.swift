import Synchronization
import Testing

@testable import NostosLoader

@Suite struct BatchQueueTests {
    private final class Numbers {
        var values: [Int] = []
    }

    private struct Stop: Error {}

    private final class Seen: Sendable {
        let values = Mutex<[Int]>([])
    }

    @Test func allIsConsumedInTheOrderOfSubmission() throws {
        let seen = Seen()
        let queue = BatchQueue((0..<3).map { _ in Numbers() }) { batch in
            seen.values.withLock { $0 += batch.values }
        }
        for number in 0..<1000 {
            let batch = try queue.next()
            batch.values = [2 * number, 2 * number + 1]
            queue.submit(batch)
        }
        try queue.finish()
        #expect(seen.values.withLock { $0 } == Array(0..<2000))
    }

    @Test func whatTheConsumerThrowsReachesTheCallerAndNothingIsConsumedAfterIt() throws {
        let seen = Seen()
        let queue = BatchQueue((0..<2).map { _ in Numbers() }) { batch in
            if batch.values == [5] { throw Stop() }
            seen.values.withLock { $0 += batch.values }
        }
        #expect(throws: Stop.self) {
            for number in 0..<1000 {
                let batch = try queue.next()
                batch.values = [number]
                queue.submit(batch)
            }
        }
        #expect(throws: Stop.self) { try queue.finish() }
        #expect(seen.values.withLock { $0 } == Array(0..<5))
    }

    /// A caller that stops has a batch of its own in hand, and others are still under way.
    @Test func aQueueThatIsLeftInTheMiddleEndsQuietly() throws {
        for _ in 0..<50 {
            let queue = BatchQueue((0..<3).map { _ in Numbers() }) { _ in }
            queue.submit(try queue.next())
            _ = try queue.next()
        }
    }
}
