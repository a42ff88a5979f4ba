import Glibc
import SystemPackage

/// The calls of the operating system that the catalog needs, each with its failure named.
enum Disk {
    /// Runs calls of swift-system and names what failed and where.
    static func attempt<Result>(
        _ action: String, _ path: FilePath, _ body: () throws -> Result
    ) throws(CatalogError) -> Result {
        do {
            return try body()
        } catch let error as Errno {
            throw .io(action: action, path: path.string, error)
        } catch {
            throw .io(action: "\(action) (\(error))", path: path.string, .ioError)
        }
    }

    /// Microseconds since 1970, by the clock on the wall.
    static func now() -> Int64 {
        SystemClock.microseconds()
    }

    static func exists(_ path: FilePath) throws(CatalogError) -> Bool {
        try status(path) != nil
    }

    /// The status of the file at the path, of a symbolic link itself; nil when there is none.
    static func status(_ path: FilePath) throws(CatalogError) -> Stat? {
        do {
            return try path.stat(followTargetSymlink: false)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw .io(action: "looking", path: path.string, error)
        }
    }

    /// Makes a directory, or leaves the one that is there.
    static func makeDirectory(_ path: FilePath) throws(CatalogError) {
        guard !FileCall.makeDirectory(path, mode: 0o755) else { return }
        let error = Errno.current
        guard error == .fileExists, try status(path)?.type == .directory || isDirectory(path)
        else { throw .io(action: "making a directory", path: path.string, error) }
    }

    private static func isDirectory(_ path: FilePath) -> Bool {
        (try? path.stat())?.type == .directory
    }

    /// Deletes a file's name; false when there is none.
    @discardableResult
    static func unlink(_ path: FilePath) throws(CatalogError) -> Bool {
        if FileCall.unlink(path) { return true }
        let error = Errno.current
        guard error == .noSuchFileOrDirectory else {
            throw .io(action: "deleting", path: path.string, error)
        }
        return false
    }

    /// Renames a file; a file that had the name is replaced.
    static func rename(_ source: FilePath, to target: FilePath) throws(CatalogError) {
        guard FileCall.rename(source, to: target) else {
            throw .io(action: "renaming", path: source.string, .current)
        }
    }

    /// Renames a file on the same file system, never to a name that is taken.
    ///
    /// `link` and `unlink` have the one property of `renameat2(RENAME_NOREPLACE)` that matters: the
    /// name appears at once, with the whole file, or not at all. A process that dies in between
    /// leaves the old name too, in scratch, where it is deleted with the rest.
    static func moveExclusively(_ source: FilePath, to target: FilePath) throws(CatalogError) {
        try link(source, to: target)
        try unlink(source)
    }

    /// Gives a file a second name, never one that is taken.
    static func link(_ source: FilePath, to target: FilePath) throws(CatalogError) {
        guard !FileCall.link(source, to: target) else { return }
        let error = Errno.current
        throw error == .fileExists
            ? .exists(path: target.string)
            : .io(action: "naming it \(target.string)", path: source.string, error)
    }

    /// Throws unless the file system of the directory has room for a file of `size` bytes.
    static func checkRoom(for size: Int, in directory: FilePath) throws(CatalogError) {
        guard let free = FileCall.freeBytes(at: directory) else {
            throw .io(action: "looking", path: directory.string, .current)
        }
        guard free >= UInt64(max(0, size)) else {
            throw .io(
                action: "\(free) bytes are free, the current version has \(size): a run",
                path: directory.string, .noSpace)
        }
    }

    /// Makes the names in a directory durable.
    static func sync(directory path: FilePath) throws(CatalogError) {
        try sync(path, "syncing the directory", fsync)
    }

    /// Makes a file's contents durable.
    ///
    /// After a failure the contents are in doubt for good: it is never tried again on the same
    /// bytes.
    static func syncData(_ path: FilePath) throws(CatalogError) {
        try sync(path, "syncing", fdatasync)
    }

    /// Makes a file's contents and its attributes durable.
    static func syncFile(_ path: FilePath) throws(CatalogError) {
        try sync(path, "syncing", fsync)
    }

    private static func sync(_ path: FilePath, _ action: String, _ call: (Int32) -> Int32)
        throws(CatalogError)
    {
        try attempt(action, path) {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            try file.closeAfter {
                guard call(file.rawValue) == 0 else { throw Errno.current }
            }
        }
    }
}
