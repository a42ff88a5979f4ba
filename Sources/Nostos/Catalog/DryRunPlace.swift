import Glibc
public import SystemPackage

/// A scratch directory for a run that publishes nothing.
///
/// It takes neither the job's lock nor a number, so that it does not block a run, and it leaves no
/// trace in the catalog. The directory goes when the object goes. The next run or dry run clears
/// the directory of a dry run that died.
public final class DryRunPlace: Sendable {
    private static let prefix = "dry-run."
    private static let lockName = "lock"

    /// The directory, empty but for a file that is locked.
    public let scratch: FilePath
    /// The path at which the caller makes the table's file.
    public let tablePath: FilePath
    /// The number that a run would get now.
    public let version: Int
    private let lock: FileLock

    /// Makes a directory in the store's scratch; without a store, among the system's temporary
    /// files.
    public init(job: String, in catalog: Catalog?) throws(CatalogError) {
        guard JobName.isValid(job) else { throw .badJobName(job) }
        version = try catalog?.nextNumber(of: job) ?? 1
        let parent = catalog?.layout.scratch ?? Self.temporaryDirectory
        if catalog != nil { try Self.clearLeftovers(in: parent) }
        let unique = String(UInt64.random(in: 0 ... .max), radix: 36)
        scratch = parent.appending("\(Self.prefix)\(job).\(unique).\(getpid())")
        tablePath = scratch.appending(TableName(job: job, number: version).fileName)
        guard FileCall.makeDirectory(scratch, mode: 0o700) else {
            throw .io(action: "making a directory", path: scratch.string, .current)
        }
        guard let lock = try FileLock.tryLock(scratch.appending(Self.lockName), .exclusive) else {
            throw .locked(path: scratch.string, seconds: 0)
        }
        self.lock = lock
    }

    deinit {
        // A failure cannot be reported here; the next run tries again.
        try? Disk.removeTree(scratch)
    }

    /// Clears what dry runs left that are dead.
    static func clearLeftovers(in parent: FilePath) throws(CatalogError) {
        for name in try Disk.names(in: parent) where name.hasPrefix(prefix) {
            // One that has not taken its lock yet is known by its process.
            let pid = name.split(separator: ".").last.flatMap { pid_t(String($0)) } ?? 0
            guard pid > 0, kill(pid, 0) != 0, errno == ESRCH else { continue }
            let directory = parent.appending(name)
            let lock = try FileLock.tryLock(directory.appending(lockName), .exclusive)
            if lock != nil { try Disk.removeTree(directory) }
        }
    }

    private static var temporaryDirectory: FilePath {
        let named = SystemCall.environment("TMPDIR") ?? ""
        return FilePath(named.isEmpty ? "/tmp" : named)
    }
}
