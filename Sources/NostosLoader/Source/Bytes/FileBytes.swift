import Glibc
import SystemPackage

/// The bytes of a file as they stand in it; owns its descriptor.
final class FileBytes: ByteInput {
    private let file: FileDescriptor

    /// Opens the file.
    ///
    /// - Throws: why it cannot be read; a directory cannot.
    init(_ path: FilePath) throws(Errno) {
        do {
            file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        } catch {
            throw error as? Errno ?? .ioError
        }
        // Advice only: what comes back does not matter.
        _ = posix_fadvise(file.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL)
        // A directory can be opened, and only its reading fails.
        var status = stat()
        if unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw .isDirectory
        }
    }

    deinit { try? file.close() }

    func read(into bytes: inout [UInt8]) throws(ByteInputError) -> Bool {
        do throws(Errno) {
            return try bytes.append(from: file) > 0
        } catch {
            throw .brokeOff("\(error)")
        }
    }
}
