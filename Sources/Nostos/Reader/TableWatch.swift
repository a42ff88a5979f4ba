import Glibc
import SystemPackage

/// Watches the file of an open table: holds the lease that keeps it, and notices changes to it.
///
/// A table is never written again. If another program writes to one, or cuts it short, the pages
/// that are read afterwards must be verified again. An overwritten page in memory shows only in the
/// file's times, so each look at the catalog also looks at these.
final class TableWatch: Sendable {
    private struct Seen {
        var size: Int64
        var modified: timespec
        var changed: timespec
        /// Whether the next look distrusts the table once more, for threads that were verifying a
        /// page at this one.
        var isFresh = false
        var isNamed = true
    }

    private let path: FilePath
    private let lease: FileLock
    private let seen: Lock<Seen>

    /// Takes the shared lock that keeps a sweep from deleting the file; it dies with the process.
    init(leasing path: FilePath) throws(CatalogError) {
        let file = try Disk.attempt("opening", path) {
            try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
        }
        guard let lease = try FileLock.lock(file, path, .shared), let status = try? lease.status(),
            status.linkCount > 0
        else {
            // A sweep was quicker: the version is dropped.
            throw .io(action: "opening", path: path.string, .noSuchFileOrDirectory)
        }
        (self.path, self.lease) = (path, lease)
        seen = Lock(
            Seen(size: status.size, modified: status.st_mtim, changed: status.st_ctim))
    }

    /// Whether the file still had its name when it was looked at last.
    var isNamed: Bool { seen.withLock { $0.isNamed } }

    /// Looks at the file, and makes the table verify its pages again if the file was changed.
    ///
    /// - Returns: whether the file has lost its name since the last look.
    func look(after table: TableReader) -> Bool {
        guard let status = try? lease.status() else { return false }
        let (mustDistrust, isNewlyLost) = seen.withLock { seen in
            let isSame =
                seen.size == status.size && seen.modified.isEqual(to: status.st_mtim)
                && seen.changed.isEqual(to: status.st_ctim)
            let mustDistrust = !isSame || seen.isFresh
            let isNamed = isSame ? seen.isNamed : hasItsName(status)
            let isNewlyLost = seen.isNamed && !isNamed
            seen = Seen(
                size: status.size, modified: status.st_mtim, changed: status.st_ctim,
                isFresh: !isSame, isNamed: isNamed)
            return (mustDistrust, isNewlyLost)
        }
        if mustDistrust { table.distrust() }
        return isNewlyLost
    }

    /// Whether the open file is the one at its path: it was neither deleted, moved nor replaced.
    private func hasItsName(_ status: Stat) -> Bool {
        guard let named = try? Disk.status(path) else { return false }
        return named.inode == status.inode && named.deviceID == status.deviceID
    }
}

extension timespec {
    fileprivate func isEqual(to other: timespec) -> Bool {
        tv_sec == other.tv_sec && tv_nsec == other.tv_nsec
    }
}
