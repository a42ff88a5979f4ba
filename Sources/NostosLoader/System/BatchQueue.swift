import Dispatch
import Synchronization

/// Hands filled batches to a second thread, in order, and takes them back to be filled again.
///
/// Bounded: the caller waits where the other thread has not kept up.
///
/// @unchecked: a batch is the caller's from `next()` to `submit(_:)`, and the other thread's while
/// it is consumed; what `consume` changes is the other thread's until `finish()` has returned. The
/// semaphore and the serial queue order the two.
final class BatchQueue<Batch: AnyObject>: @unchecked Sendable {
    private let consume: (Batch) throws -> Void
    private let queue = DispatchQueue(label: "nostos.batches")
    private let free: Mutex<[Batch]>
    /// Counts free batches up from 0, since a semaphore may not end below where it began.
    private let freeCount = DispatchSemaphore(value: 0)
    private let failure = Mutex<(any Error)?>(nil)

    /// A queue of those batches; `consume` is called on the other thread, and no more once it has
    /// thrown.
    init(_ batches: sending [Batch], consume: @escaping (Batch) throws -> Void) {
        self.consume = consume
        for _ in batches { freeCount.signal() }
        free = Mutex(batches)
    }

    /// A batch to fill, with its old contents.
    ///
    /// - Throws: what `consume` has thrown.
    func next() throws -> Batch {
        freeCount.wait()
        try check()
        guard let batch = take() else { preconditionFailure("counted, but not there") }
        return batch
    }

    /// Passes a batch to the other thread.
    func submit(_ batch: Batch) {
        let handover = Handover(batch: batch)
        queue.async { [self] in
            if failure.withLock({ $0 == nil }) {
                do { try consume(handover.batch) } catch {
                    failure.withLock { $0 = error }
                }
            }
            give(handover.batch)
        }
    }

    /// Waits until all that was submitted is consumed.
    ///
    /// - Throws: what `consume` has thrown.
    func finish() throws {
        queue.sync {}
        try check()
    }

    private func check() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func take() -> Batch? {
        free.withLock { batches in batches.popLast().map { Handover(batch: $0) } }?.batch
    }

    private func give(_ batch: Batch) {
        let handover = Handover(batch: batch)
        free.withLock { $0.append(handover.batch) }
        freeCount.signal()
    }

    /// @unchecked: its holder is the only one that uses the batch.
    private struct Handover: @unchecked Sendable {
        let batch: Batch
    }
}
