import SystemPackage

/// The tables of a store as files of one directory of this machine.
///
/// A reader holds a table by a shared lock on its file, see ``TableWatch``.
struct LocalDepot: TableDepot {
    /// The directory, `tables/` of the store.
    let directory: FilePath

    /// The path of a table, whether it is there or not.
    func path(of name: TableName) -> FilePath { directory.appending(name.fileName) }

    func put(_ file: FilePath, as name: TableName) throws(CatalogError) {
        try Disk.moveExclusively(file, to: path(of: name))
        try Disk.sync(directory: directory)
    }

    func open(_ name: TableName) throws(TableError) -> TableReader {
        try TableReader(opening: path(of: name))
    }

    func remove(_ names: [TableName], evenIfHeld: Bool) throws(CatalogError) -> [TableName] {
        var gone: [TableName] = []
        for name in names {
            if evenIfHeld {
                try Disk.unlink(path(of: name))
            } else if try !Self.removeUnlessHeld(path(of: name)) {
                continue
            }
            gone.append(name)
        }
        if !gone.isEmpty { try Disk.sync(directory: directory) }
        return gone
    }

    func list() throws(CatalogError) -> [TableName] {
        try Disk.names(in: directory).compactMap { TableName($0) }
    }

    /// Deletes a table unless a reader holds its lease.
    ///
    /// The file is unlinked and never cut short: somebody may have it mapped.
    ///
    /// - Returns: whether it is gone.
    private static func removeUnlessHeld(_ path: FilePath) throws(CatalogError) -> Bool {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
        } catch Errno.noSuchFileOrDirectory {
            return true
        } catch {
            throw .io(action: "opening", path: path.string, error as? Errno ?? .ioError)
        }
        guard let lease = try FileLock.lock(file, path, .exclusive) else { return false }
        defer { withExtendedLifetime(lease) {} }
        try Disk.unlink(path)
        return true
    }
}
