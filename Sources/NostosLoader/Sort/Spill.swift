import Dispatch

/// Blocks that a separate thread writes as one run.
///
/// If it is dropped, the thread goes on to the end of the run, which then goes as well.
///
/// @unchecked: the thread alone uses its state until the group is empty, and then only the caller
/// that has waited for that; the peak is the sorter's.
final class Spill: @unchecked Sendable {
    /// The writer and what it is to write, until that is done.
    private var writer: SortedRunWriter?
    private var blocks: [SortedBlock]
    /// The memory of merging and writing.
    private var ownSize = 0
    private var outcome: Result<SortedRun, SortError>?
    private let group = DispatchGroup()
    /// The memory of the blocks until all is written.
    let size: Int
    /// The most that the sorter has held meanwhile, these blocks included, in bytes; from
    /// ``wait()`` on with what it took to write them.
    var peakSize: Int

    /// Begins to write.
    init(_ blocks: [SortedBlock], writer: consuming SortedRunWriter, peakSize: Int) {
        self.writer = consume writer
        self.blocks = blocks
        self.peakSize = peakSize
        size = blocks.reduce(0) { $0 + $1.size }
        // A queue of its own has a thread at once; a global one may have none to spare.
        DispatchQueue(label: "nostos.spill").async(group: group) { self.write() }
    }

    /// Whether all is written, or has failed.
    var isDone: Bool { group.wait(timeout: .now()) == .success }

    /// Waits until all is written, once.
    ///
    /// - Throws: ``SortError`` if the run could not be written.
    func wait() throws(SortError) -> SortedRun {
        group.wait()
        guard let outcome else { preconditionFailure("waited for, but not written") }
        peakSize += ownSize
        return try outcome.get()
    }

    /// Merges the blocks into the run; then their memory goes, unless others have them.
    private func write() {
        guard var writer = writer.take() else { preconditionFailure("written before") }
        do throws(SortError) {
            var merge = try SortedRunMerge([], blocks: blocks)
            while try merge.next() { try writer.append(merge.bytes) }
            ownSize = merge.size
            outcome = .success(try writer.finish())
        } catch {
            outcome = .failure(error)
        }
        ownSize += writer.size
        blocks = []
    }
}
