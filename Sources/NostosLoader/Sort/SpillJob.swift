/// Some neighbouring blocks on their way into one run, written by a thread of its own.
///
/// @unchecked: one thread runs it, and whoever waited for that thread asks for the result.
final class SpillJob: @unchecked Sendable {
    /// The writer and what it is to write, until the job is run.
    private var writer: RunWriter?
    private var blocks: [SortedBlock]
    /// What the merge and the writer took.
    private(set) var size = 0
    private var outcome: Result<SortedRun, SortError>?

    /// A job that writes the entries of those blocks.
    init(writer: consuming RunWriter, blocks: [SortedBlock]) {
        self.writer = consume writer
        self.blocks = blocks
    }

    /// The run that was written.
    var result: Result<SortedRun, SortError> {
        guard let outcome else { preconditionFailure("a job that was not run") }
        return outcome
    }

    /// Merges the blocks into the run; then their memory goes, unless others have them.
    func run() {
        guard var writer = writer.take() else { preconditionFailure("a job that was run before") }
        do throws(SortError) {
            var merge = try RunMerge([], blocks: blocks)
            while try merge.next() { try writer.append(merge.bytes) }
            size = merge.size
            outcome = .success(try writer.finish())
        } catch {
            outcome = .failure(error)
        }
        size += writer.size
        blocks = []
    }
}
