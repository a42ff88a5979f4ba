#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Nostos
import SystemPackage

/// The storage of runs: bytes are appended, read back by offset, and gone with the object.
protocol SortedRunStorage: AnyObject {
    /// The path in errors.
    var path: FilePath { get }
    /// The number of bytes appended: the offset at which the next ones will start.
    var size: Int { get }
    /// Appends all of the bytes.
    func append(_ bytes: Span<UInt8>) throws(SortError)
    /// Reads `count` bytes from `offset` to the start of `target`, which has room for them.
    func read(_ count: Int, at offset: Int, into target: inout [UInt8]) throws(SortError)
}

/// One scratch file.
///
/// It loses its name as soon as it is open: the system then frees its space when the descriptor
/// closes, however that comes about, `kill -9` included.
final class SortedRunFile: SortedRunStorage {
    let path: FilePath
    private(set) var size = 0
    private let descriptor: FileDescriptor

    /// Makes a file in that directory.
    init(in directory: FilePath) throws(SortError) {
        var ordinal = 0
        while true {
            let path = directory.appending("sort-\(ordinal).run")
            do {
                descriptor = try FileDescriptor.open(
                    path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: .ownerReadWrite)
                self.path = path
                break
            } catch let error as Errno where error == .fileExists {
                ordinal += 1
            } catch {
                throw .io(operation: "create", path: path, errno: Self.reason(of: error))
            }
        }
        guard FileCall.unlink(path) else {
            throw .io(operation: "unlink", path: path, errno: Errno(rawValue: errno))
        }
    }

    deinit { try? descriptor.close() }

    func append(_ bytes: Span<UInt8>) throws(SortError) {
        do throws(Errno) { try FileCall.write(bytes, to: descriptor) } catch {
            throw .io(operation: "write", path: path, errno: error)
        }
        size += bytes.count
    }

    func read(_ count: Int, at offset: Int, into target: inout [UInt8]) throws(SortError) {
        precondition(count <= target.count)
        var done = 0
        while done < count {
            let read: Int
            do throws(Errno) {
                read = try FileCall.read(
                    descriptor, at: offset + done, into: &target, done..<count)
            } catch {
                throw .io(operation: "read", path: path, errno: error)
            }
            guard read > 0 else {
                throw .damaged(
                    path: path, offset: offset, reason: "\(done) bytes, expected \(count)")
            }
            done += read
        }
    }

    /// swift-system throws nothing but `Errno`, though untyped.
    private static func reason(of error: any Error) -> Errno { error as? Errno ?? .ioError }
}
