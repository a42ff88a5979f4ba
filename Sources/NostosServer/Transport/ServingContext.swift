import Logging
import Nostos

/// The parts that all loops of a data plane share.
struct ServingContext: Sendable {
    let store: any SnapshotSource
    let options: DataPlaneOptions
    let counter: ConnectionCounter
    let statistics: RequestStatistics
    let metrics: (@Sendable (StoreSnapshot) -> [UInt8])?
    let logger: Logger
}

extension Duration {
    /// The whole duration in nanoseconds, at most some 290 years.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return whole.overflow ? .max : whole.partialValue + attoseconds / 1_000_000_000
    }
}
