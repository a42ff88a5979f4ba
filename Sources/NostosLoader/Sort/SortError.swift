public import SystemPackage

/// The reason for which entries could not be sorted.
///
/// All spilled runs are gone when one of these is thrown.
public enum SortError: Error, Sendable, Equatable {
    /// The scratch directory refused an operation; `ENOSPC` when its disk is full.
    case io(operation: String, path: FilePath, errno: Errno)
    /// Spilled entries did not come back as they were written: the scratch disk is bad.
    case damaged(path: FilePath, offset: Int, reason: String)
    /// One entry is above the part of the memory that a single entry may take.
    case entryTooLarge(size: Int, limit: Int)
    /// Less memory than ``RowSorter/minMemory`` was given.
    case tooLittleMemory(given: Int, minimum: Int)
}

extension SortError: CustomStringConvertible {
    /// The message: the failure, its place, and the limit or the system's reason.
    public var description: String {
        switch self {
        case .io(let operation, let path, let errno):
            "cannot \(operation) \(path): \(errno)"
        case .damaged(let path, let offset, let reason):
            "\(path): block at \(offset): \(reason); the scratch disk does not keep what is written"
        case .entryTooLarge(let size, let limit):
            "a row of \(size) bytes, the limit for sorting is \(limit): an eighth of the"
                + " run's memory, and never more than 1 GiB"
        case .tooLittleMemory(let given, let minimum):
            "\(given) bytes of memory for sorting, at least \(minimum) are needed"
        }
    }
}
