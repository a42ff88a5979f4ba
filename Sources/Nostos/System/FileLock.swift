import Glibc
import SystemPackage

/// A `flock` on a file, held until the object goes; the kernel frees it when the process dies.
///
/// The lock belongs to this opening of the file, so that two threads of one process exclude each
/// other as two processes do.
final class FileLock: Sendable {
    enum Mode: Sendable {
        case shared, exclusive
    }

    private let file: FileDescriptor
    private let path: FilePath

    /// Takes the lock if it is free; nil when it is not.
    ///
    /// The file is made when it is missing and the lock exclusive.
    static func tryLock(_ path: FilePath, _ mode: Mode) throws(CatalogError) -> FileLock? {
        let file = try Disk.attempt("opening", path) {
            mode == .exclusive
                ? try FileDescriptor.open(
                    path, .readWrite, options: [.create, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupReadWrite, .otherRead])
                : try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        }
        return try lock(file, path, mode)
    }

    /// Takes the lock on a file that is open; the lock closes it.
    ///
    /// Nil, and closed, when it is not free.
    static func lock(_ file: FileDescriptor, _ path: FilePath, _ mode: Mode)
        throws(CatalogError) -> FileLock?
    {
        let operation = (mode == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB
        while flock(file.rawValue, operation) != 0 {
            let error = Errno(rawValue: errno)
            if error == .interrupted { continue }
            try? file.close()
            if error == .wouldBlock { return nil }
            throw .io(action: "locking", path: path.string, error)
        }
        return FileLock(file, path)
    }

    /// Takes the lock, waiting up to `seconds` for it.
    ///
    /// Calls `waiting` once, when a second has passed.
    static func lock(
        _ path: FilePath, _ mode: Mode, seconds: Int, waiting: (FilePath) -> Void = { _ in }
    ) throws(CatalogError) -> FileLock {
        let begin = ContinuousClock.now
        var isTold = false
        while true {
            if let lock = try tryLock(path, mode) { return lock }
            let waited = begin.duration(to: .now)
            if waited >= .seconds(seconds) { throw .locked(path: path.string, seconds: seconds) }
            if waited >= .seconds(1), !isTold {
                isTold = true
                waiting(path)
            }
            usleep(2_000)
        }
    }

    private init(_ file: FileDescriptor, _ path: FilePath) {
        self.file = file
        self.path = path
    }

    deinit {
        // Said and not left to closing: a child that has not come to its exec yet has the opened
        // file too, and would hold the lock for so long. Nothing is lost when either fails.
        flock(file.rawValue, LOCK_UN)
        try? file.close()
    }

    /// The opened file's place on disk.
    func status() throws(CatalogError) -> Stat {
        try Disk.attempt("looking", path) { try file.stat() }
    }

    /// Writes a note into the lock's file, for processes that find it taken.
    func write(note: String) throws(CatalogError) {
        try Disk.attempt("noting the holder", path) {
            try file.resize(to: 0)
            try file.writeAll(toAbsoluteOffset: 0, Array(note.utf8))
        }
    }

    /// The note of the lock's holder; empty when there is none.
    static func note(_ path: FilePath) -> String {
        // Only for a message: what cannot be read is left out of it.
        let bytes = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            .closeAfterRead()
        return String(decoding: bytes ?? [], as: UTF8.self)
    }
}

extension FileDescriptor {
    fileprivate func closeAfterRead() throws -> [UInt8] {
        try closeAfter { try bytes(count: 256) }
    }
}
