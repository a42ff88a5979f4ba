/// A job, or one of its versions, as people name it: `JOB` or `JOB@V`.
public struct JobReference: Sendable, Hashable {
    /// The job's name, which follows the rule of ``JobName``.
    public let job: String
    /// The text after the `@`, never empty; nil where there is none.
    ///
    /// It is a ``VersionReference`` only once ``version(in:)`` has found a version by it.
    public let selector: String?

    /// The reference of a text; nil where no job can have the name, or where nothing follows the
    /// `@`.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard JobName.isValid(parts[0]) else { return nil }
        job = String(parts[0])
        selector = parts.count > 1 ? String(parts[1]) : nil
        if let selector, selector.isEmpty { return nil }
    }

    /// The version of the job that is meant; the current one without a selector.
    ///
    /// - Throws: as ``JobState/version(named:)``.
    public func version(in state: JobState) throws(CatalogError) -> VersionRecord {
        try state.version(named: selector ?? "current")
    }
}
