/// The rules by which rows are joined to records.
public struct MergeRules: Sendable, Hashable {
    /// The meaning of a second row of a key in a generator that is no aggregate.
    public var onDuplicate: Job.DuplicatePolicy
    /// Whose keys become records: those of any generator, or those of the first one that has rows.
    public var join: Job.Join

    /// Those rules; by default the job file's.
    public init(onDuplicate: Job.DuplicatePolicy = .error, join: Job.Join = .outer) {
        self.onDuplicate = onDuplicate
        self.join = join
    }
}
