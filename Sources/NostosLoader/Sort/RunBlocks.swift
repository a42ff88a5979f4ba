import Dispatch

/// The blocks of one stored run, one after another.
///
/// They are read when they are asked for, or ahead: while the entries of one are merged, the
/// decoder's thread reads the next. That takes the memory of a second block.
///
/// @unchecked: what is read ahead is the decoder's thread's from the request until the semaphore is
/// signalled, and the merging thread's otherwise.
final class RunBlocks: @unchecked Sendable {
    let run: SortedRun
    private let decoder: SharedDecoder
    private let readsAhead: Bool
    /// Where the entries lie that are merged, and where those come that are read: the same memory
    /// without reading ahead.
    private var current: BlockMemory
    private var next: BlockMemory
    /// Where in the storage the block begins that is read next, and its number.
    private var offset: Int
    private var number = 0
    /// Whether there was one more block.
    private var outcome: Result<Bool, SortError> = .success(false)
    private let isRead = DispatchSemaphore(value: 0)
    /// The end of the block that is merged, for errors.
    private(set) var position: Int

    /// All blocks of a run, before the first one.
    init(_ run: SortedRun, _ decoder: SharedDecoder, readsAhead: Bool) {
        (self.run, self.decoder, self.readsAhead) = (run, decoder, readsAhead)
        let capacity = max(run.maxBlockSize, EntryHeader.size)
        current = BlockMemory(capacity: capacity)
        next = readsAhead ? BlockMemory(capacity: capacity) : current
        offset = run.range.lowerBound
        position = offset
        if readsAhead { request() }
    }

    /// What the blocks take at one time.
    var size: Int { current.memory.capacity * (readsAhead ? 2 : 1) }

    /// The entries of the next block, good until the next call; nil behind the last one.
    func nextWindow() throws(SortError) -> EntryWindow? {
        if readsAhead { isRead.wait() } else { read() }
        guard try outcome.get() else { return nil }
        swap(&current, &next)
        position = offset
        if readsAhead { request() }
        return current.memory.window
    }

    private func request() {
        decoder.ahead { [self] in
            read()
            isRead.signal()
        }
    }

    private func read() {
        outcome = Result { () throws(SortError) in
            guard offset < run.range.upperBound else { return false }
            try decoder.read(number, of: run, at: &offset, into: next)
            number += 1
            return true
        }
    }
}
