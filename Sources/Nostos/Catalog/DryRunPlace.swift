import Glibc
public import SystemPackage

/// A scratch directory for a run that publishes nothing: it takes neither the job's lock nor a
/// number, so that it hinders no run, and the catalog never hears of it.
///
/// The directory goes when the object goes. What a dry run leaves that died is cleared by the next
/// run or dry run.
public final class DryRunPlace: Sendable {
    private static let prefix = "dry-run."
    private static let lockName = "lock"

    /// The directory, empty but for a file that is locked.
    public let scratch: FilePath
    /// The path of the table to be written; the caller creates the file.
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
        // Unsafe: the path's bytes live until the call returns.
        guard unsafe scratch.withPlatformString({ unsafe mkdir($0, 0o700) }) == 0 else {
            throw .io(
                action: "making a directory", path: scratch.string, Errno(rawValue: errno))
        }
        guard let lock = try FileLock.tryLock(scratch.appending(Self.lockName), .exclusive) else {
            throw .locked(path: scratch.string, seconds: 0)
        }
        self.lock = lock
    }

    deinit {
        // Nobody is left to be told; the next run tries again.
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
        // Unsafe: the environment's text is copied at once.
        let named = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
        return FilePath(named.isEmpty ? "/tmp" : named)
    }
}
