import Glibc
import SystemPackage

/// The bytes of a file as they stand in it; owns its descriptor.
final class FileBytes: ByteInput {
    private let file: FileDescriptor

    /// Opens the file; a pipe or a device is refused, since a run may read a file more than once.
    ///
    /// - Throws: why it cannot be read.
    init(_ path: FilePath) throws(UnreadableFile) {
        do {
            // Without waiting: a pipe without a writer would hold the run for ever.
            file = try FileDescriptor.open(
                path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch {
            throw UnreadableFile(reason: "\(error)")
        }
        // Advice only: what comes back does not matter.
        _ = posix_fadvise(file.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL)
        guard let status = try? file.stat() else { return }
        switch status.type {
        case .regular: return
        case .directory: throw UnreadableFile(reason: "\(Errno.isDirectory)")
        default:
            throw UnreadableFile(
                reason: "found a pipe or a device, expected a file; a command can read one")
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

/// The reason for which a file cannot be opened.
struct UnreadableFile: Error, Equatable {
    let reason: String
}
