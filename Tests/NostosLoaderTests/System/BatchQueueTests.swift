import Synchronization
import Testing

@testable import NostosLoader

@Suite(.timeLimit(.minutes(10))) struct BatchQueueTests {
    private final class Numbers {
        var values: [Int] = []
    }

    private struct Stop: Error {}

    /// An object that lives as long as the queue whose consumer holds it.
    private final class Left: Sendable {}

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
    @Test(.timeLimit(.minutes(10))) func aQueueThatIsLeftInTheMiddleConsumesTheRestAndFreesAll()
        async throws
    {
        for _ in 0..<50 {
            let seen = Seen()
            var left: Left? = Left()
            let isGone = { [weak left] in left == nil }
            do {
                let queue = BatchQueue((0..<3).map { _ in Numbers() }) { [left] batch in
                    seen.values.withLock { $0 += batch.values }
                    withExtendedLifetime(left) {}
                }
                let batch = try queue.next()
                batch.values = [7]
                queue.submit(batch)
                _ = try queue.next()
            }
            left = nil
            while !isGone() { try await Task.sleep(for: .milliseconds(1)) }
            #expect(seen.values.withLock { $0 } == [7])
        }
    }
}
