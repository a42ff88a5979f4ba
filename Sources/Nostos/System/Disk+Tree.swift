import Glibc
import SystemPackage

extension Disk {
    /// The names in a directory, without `.` and `..`; empty when there is no such directory.
    static func names(in path: FilePath) throws(CatalogError) -> [String] {
        // Unsafe: the path's bytes live until the call returns; the stream is closed below.
        guard let stream = unsafe path.withPlatformString({ unsafe opendir($0) }) else {
            let error = Errno(rawValue: errno)
            if error == .noSuchFileOrDirectory { return [] }
            throw .io(action: "listing", path: path.string, error)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            // Unsafe: the entry is the stream's until the next call; its name is copied before.
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else {
            throw .io(action: "listing", path: path.string, Errno(rawValue: errno))
        }
        return names
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
        // Unsafe: the path's bytes live until the call returns.
        let result = unsafe path.withPlatformString { unsafe rmdir($0) }
        guard result == 0 || errno == ENOENT else {
            throw .io(action: "deleting", path: path.string, Errno(rawValue: errno))
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
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            // Unsafe: the part of the array that is not filled yet, during the call.
            let read = try unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return try unsafe self.read(into: rest)
            }
            if read == 0 { break }
            filled += read
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Up to `count` bytes from `offset`; fewer only at the file's end.
    func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        try seek(offset: offset, from: .start)
        return try bytes(count: count)
    }
}
