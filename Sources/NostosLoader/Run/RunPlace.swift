public import Nostos
import SystemPackage

/// The path at which a run builds, and the version: the same for a run that publishes and a dry
/// one.
struct RunPlace {
    /// The directory for sorted runs; it goes when the run ends.
    let scratch: FilePath
    /// The table's file, made by the writer.
    let tablePath: FilePath
    /// The version's number; of a dry run, the number that it would have had.
    let version: Int
    /// When the run began, in microseconds since 1970.
    let startedAt: Int64

    init(_ run: JobRun) {
        (scratch, tablePath) = (run.scratch, run.tablePath)
        (version, startedAt) = (run.version, run.startedAt)
    }

    init(_ place: DryRunPlace, startedAt: Int64) {
        (scratch, tablePath) = (place.scratch, place.tablePath)
        version = place.version
        self.startedAt = startedAt
    }
}

/// The outcome of a dry run.
public struct DryRunOutcome: Sendable {
    /// The table that it built and proved.
    public let summary: TableSummary
    /// The hold that would have stopped the version at a candidate, or nil.
    public let hold: Hold?
}
