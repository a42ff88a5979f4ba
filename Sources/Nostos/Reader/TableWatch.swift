import Glibc
import SystemPackage

/// Looks after the file of an open table: the lease that keeps it, and whether somebody touched it.
///
/// A table is never written again, so whoever writes to one, or cuts it short, does wrong; what is
/// read from it afterwards must be verified anew. A page in memory that was overwritten shows in
/// nothing but the file's times, so these are looked at with every look at the catalog.
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

    /// Looks at the file, and has the table verify its pages anew if it was touched.
    ///
    /// - Returns: whether it has lost its name since the look before.
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
