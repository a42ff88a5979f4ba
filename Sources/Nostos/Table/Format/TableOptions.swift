/// The sizes by which a table is divided; the defaults are measured, tests use small ones.
public struct TableOptions: Sendable {
    /// Rows in a group: 1 to 255.
    ///
    /// 64 measured best of 16, 32, 64 and 128 for size and lookups.
    public var groupRowCount = 64
    /// A group ends early once its keys and rows reach this size in bytes.
    public var groupSize = 16 << 10

    /// Filters for missing keys are written where they take at most one part in so many of what
    /// keys and rows take.
    ///
    /// Beside the smallest rows they would take an eighth. 0 writes them always, at most
    /// ``maxFilterShare``.
    public var filterShare = 24
    /// The largest ``filterShare``.
    public static let maxFilterShare = 1 << 16

    /// Bytes of keys and records that are encoded together; four times as much is in memory.
    public var batchSize = 256 << 10

    /// The defaults.
    public init() {}
}
