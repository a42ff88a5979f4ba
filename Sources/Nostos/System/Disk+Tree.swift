import SystemPackage

extension Disk {
    /// The names in a directory, without `.` and `..`; empty when there is no such directory.
    static func names(in path: FilePath) throws(CatalogError) -> [String] {
        do throws(Errno) {
            return try FileCall.names(in: path)
        } catch .noSuchFileOrDirectory {
            return []
        } catch {
            throw .io(action: "listing", path: path.string, error)
        }
    }

    /// Deletes a file, or a directory with everything in it; follows no symbolic link.
    static func removeTree(_ path: FilePath) throws(CatalogError) {
        guard let status = try status(path) else { return }
        guard status.type == .directory else {
            try unlink(path)
            return
        }
        for name in try names(in: path) {
            try removeTree(path.appending(name))
        }
        guard !FileCall.removeDirectory(path) else { return }
        let error = Errno.current
        guard error == .noSuchFileOrDirectory else {
            throw .io(action: "deleting", path: path.string, error)
        }
    }

    /// Writes a file that is not there yet and makes it durable, but not its name.
    static func create(_ path: FilePath, _ bytes: [UInt8]) throws(CatalogError) {
        try attempt("writing", path) {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        }
        try syncData(path)
    }
}

extension FileDescriptor {
    /// Up to `count` bytes from where the file stands; fewer only at its end.
    func bytes(count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count, try bytes.append(from: self, atMost: count - bytes.count) > 0 {}
        return bytes
    }

    /// Up to `count` bytes from `offset`; fewer only at the file's end.
    func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        try seek(offset: offset, from: .start)
        return try bytes(count: count)
    }
}
