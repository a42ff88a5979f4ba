public import Nostos

/// The progress of a run.
public enum RunProgress: Sendable {
    /// The run has a place; what is to be expected of it.
    case began(version: Int, expected: RunExpectation)
    /// Rows read of a generator; 0 when its turn begins.
    case extract(generator: String, rows: Int, isDone: Bool)
    /// Keys written, and how much of all rows is in them, from 0 to 1; the file's size at the end.
    case write(rows: Int, share: Double, size: Int?)
    /// Keys read back; nil when that begins.
    case verified(rows: Int?)
    /// Keys or rows that the check under way has passed; 0 when the checks begin.
    case checking(rows: Int)
    /// The results of the checks, in the job file's order.
    case checked([CheckResult])
    /// Something that its people should know; kept in the run's record.
    case warning(String)
    /// The version is in the catalog.
    case published(PublishOutcome, TableSummary)
}

/// The row counts that the current version predicts for each generator of the run that is to
/// replace it, as far as they can be known.
public struct RunExpectation: Sendable, Hashable {
    /// The names of the job's generators, in its order.
    public let generators: [String]
    /// The rows that the current version's generator of that name had; none for a new name.
    public let rows: [String: Int]

    /// The expectation from the current version of a job; `nil` where there is none that can be
    /// read.
    init(_ job: Job, current: TableReader?) {
        generators = job.generators.map(\.name)
        // A damaged table is no reason not to build another.
        let before = (try? current?.metadata())?.provenance.generators ?? []
        rows = Dictionary(before.map { ($0.name, $0.rowCount) }) { first, _ in first }
    }
}
