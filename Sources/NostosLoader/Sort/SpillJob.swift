import Nostos

/// One part of a sorted buffer on its way into a run, written by a thread of its own.
///
/// @unchecked: one thread runs it, and whoever waited for that thread asks for the result.
final class SpillJob: @unchecked Sendable {
    /// The writer, until the job is run.
    private var writer: RunWriter?
    private let range: Range<Int>
    /// What the writer took.
    private(set) var writerSize = 0
    private var outcome: Result<SortedRun, SortError>?

    /// A job that writes the entries of those ordinals.
    init(writer: consuming RunWriter, range: Range<Int>) {
        self.writer = consume writer
        self.range = range
    }

    /// The run that was written.
    var result: Result<SortedRun, SortError> {
        guard let outcome else { preconditionFailure("a job that was not run") }
        return outcome
    }

    /// Writes the part of that buffer.
    func run(_ buffer: borrowing SortBuffer) {
        guard var writer = writer.take() else { preconditionFailure("a job that was run before") }
        do throws(SortError) {
            let bytes = buffer.bytes
            for index in range {
                buffer.prefetch(index + SortBuffer.prefetchDistance)
                let entry = buffer.range(at: index)
                try writer.append(bytes.extracting(entry.start..<entry.end))
            }
            outcome = .success(try writer.finish())
        } catch {
            outcome = .failure(error)
        }
        writerSize = writer.size
    }
}

/// A buffer that several threads read at the same time.
///
/// @unchecked: whoever makes one waits for those threads before the buffer changes or goes.
@safe struct SharedSortBuffer: @unchecked Sendable {
    private let buffer: UnsafePointer<SortBuffer>

    /// Calls `body` with a buffer; what it is given is good only in there.
    static func with(_ buffer: inout SortBuffer, _ body: (SharedSortBuffer) -> Void) {
        // Unsafe: the pointer is used only inside the closure.
        unsafe withUnsafePointer(to: &buffer) { body(unsafe SharedSortBuffer(buffer: $0)) }
    }

    /// Calls `body` with the buffer.
    func read(_ body: (borrowing SortBuffer) -> Void) { unsafe body(buffer.pointee) }
}
