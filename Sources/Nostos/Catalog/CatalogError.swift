public import SystemPackage

/// The reason for which the catalog refused.
///
/// Unless a case says otherwise, nothing has changed.
public enum CatalogError: Error, Sendable, Equatable {
    /// There is no store at that path; exit 78.
    case noStore(path: String)
    /// The name breaks the rule of ``JobName``; exit 64.
    case badJobName(String)
    /// An argument of the caller is out of its range; exit 64.
    case badArgument(name: String, detail: String)
    /// The store has no such job.
    case unknownJob(String)
    /// The job never had a version of that number.
    case unknownVersion(job: String, version: Int)
    /// The version was there once; its table is gone or never came to be.
    case goneVersion(job: String, version: Int)
    /// The text names no version: it is neither a number nor a word of ``VersionReference``.
    case badVersion(job: String, text: String)
    /// The job has no current, previous or waiting version, whichever was asked for.
    case noVersion(job: String, VersionReference)
    /// Another run of the job is under way; exit 75. `since` is in microseconds since 1970; both
    /// are 0 where the holder has not written them down.
    case busy(job: String, pid: Int, since: Int64)
    /// The job is in another state than the caller has seen.
    case moved(job: String)
    /// The job is held already.
    case held(job: String, Hold)
    /// The job is not held.
    case notHeld(job: String)
    /// The job was rolled back already and is held since: a rollback must name its target now.
    case rolledBack(job: String, current: Int, Hold)
    /// The version failed its checks; only force promotes it.
    case failedChecks(job: String, version: Int, failure: String)
    /// There is no good version to which a rollback could go.
    case noPrevious(job: String)
    /// The version's state does not allow the verb.
    case refused(verb: String, job: String, version: Int, state: VersionState, hint: String)
    /// A part of the store is damaged; it is never taken for empty.
    case damaged(file: String, detail: String)
    /// The catalog is gone while tables are there.
    case lost(path: String, tables: Int)
    /// A newer Nostos wrote the store.
    case newerFormat(file: String, found: Int, supported: Int)
    /// The store lies on a network file system, whose locks and mappings cannot be trusted.
    case networkFileSystem(path: String, kind: String)
    /// Another process has held the catalog's lock for too long; exit 75.
    case locked(path: String, seconds: Int)
    /// A file of that name is there already; it is never overwritten.
    case exists(path: String)
    /// A call of the operating system failed; exit 74. When it was the commit that failed, the
    /// catalog says afterwards what holds.
    case io(action: String, path: String, Errno)
}

extension CatalogError: CustomStringConvertible {
    /// The message: the fault, its place, the value found and the value expected.
    public var description: String {
        switch self {
        case .noStore(let path):
            "\(path): no store here; `nostos run` makes one, or name another with --store"
        case .badJobName(let name):
            "'\(name.prefix(80))' is no name for a job: expected 1 to \(JobName.maxSize) of "
                + "a-z, 0-9, _ and -, the first a letter or a digit"
        case .badArgument(let name, let detail): "\(name): \(detail)"
        case .unknownJob(let job): "no job '\(job)' in this store"
        case .unknownVersion(let job, let version): "\(job) has never had a version \(version)"
        case .goneVersion(let job, let version):
            "\(job)@\(version) is gone: it was dropped, or its run never ended well"
        case .badVersion(let job, let text):
            "\(job)@\(text.prefix(80)): expected a version's number without leading zeros, "
                + "current, previous or candidate"
        case .noVersion(let job, .previous): "\(job) has no good previous version"
        case .noVersion(let job, .candidate):
            "\(job) has no version above the current one that waits"
        case .noVersion(let job, let reference): "\(job) has no version that is \(reference)"
        case .busy(let job, let pid, let since):
            "\(job): another run is under way"
                + (pid > 0 ? " (process \(pid), since \(Timestamp.text(since)))" : "")
        case .moved(let job): "\(job) has changed meanwhile: look at it again"
        case .held(let job, let hold): "\(job) is held by \(hold.by): \(hold.reason)"
        case .notHeld(let job): "\(job) is not held"
        case .rolledBack(let job, let current, let hold):
            "\(job) was rolled back to \(current) already, and is held by \(hold.by) since "
                + "\(Timestamp.text(hold.at)): \(hold.reason); to go back further, name the "
                + "version with --to"
        case .failedChecks(let job, let version, let failure):
            "\(job)@\(version) failed its checks: \(failure); to promote it all the same: "
                + "--force --reason TEXT"
        case .noPrevious(let job): "\(job) has no good previous version to go back to"
        case .refused(let verb, let job, let version, let state, let hint):
            "cannot \(verb) \(job)@\(version): it is \(state)\(hint.isEmpty ? "" : "; \(hint)")"
        case .damaged, .lost, .newerFormat, .networkFileSystem, .locked, .exists, .io:
            storageDescription
        }
    }

    private var storageDescription: String {
        switch self {
        case .damaged(let file, let detail): "\(file): damaged: \(detail)"
        case .lost(let path, let tables):
            "\(path): the catalog and its journal are gone, but \(tables) files lie in tables/; "
                + "restore catalog/ from a backup: the store is not taken for empty"
        case .newerFormat(let file, let found, let supported):
            "\(file): written in format \(found) by a newer Nostos; this one reads up to "
                + "\(supported)"
        case .networkFileSystem(let path, let kind):
            "\(path): lies on a network file system (\(kind)), where locks and mapped files "
                + "cannot be trusted; expected a local one"
        case .locked(let path, let seconds):
            "\(path): held by another process for more than \(seconds) s"
        case .exists(let path): "\(path): is there already and is never overwritten"
        case .io(let action, let path, let errno): "\(path): \(action) failed: \(errno)"
        default: ""
        }
    }
}
