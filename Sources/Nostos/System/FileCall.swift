// The system calls that swift-system does not have; one place for their `unsafe`.
import Glibc
import SystemPackage

enum FileCall {
    /// `fsync`; false with `errno` set.
    static func sync(_ descriptor: FileDescriptor) -> Bool { fsync(descriptor.rawValue) == 0 }

    /// Takes every write permission from the file: mode 0444.
    static func makeReadOnly(_ descriptor: FileDescriptor) -> Bool {
        fchmod(descriptor.rawValue, 0o444) == 0
    }

    /// Appends all the bytes, in as many writes as it takes.
    static func write(_ bytes: Span<UInt8>, to descriptor: FileDescriptor) throws(Errno) {
        // Unsafe: the buffer is used during the calls only.
        try unsafe bytes.withUnsafeBytes { (buffer) throws(Errno) in
            _ = try withErrno { try unsafe descriptor.writeAll(buffer) }
        }
    }

    /// Removes a name; false with `errno` set.
    @discardableResult
    static func unlink(_ path: FilePath) -> Bool {
        // Unsafe: the C string lives through the call.
        unsafe path.withPlatformString { unsafe Glibc.unlink($0) == 0 }
    }
}

extension Errno {
    /// The calling thread's `errno`, right after a call that failed.
    static var current: Errno { Errno(rawValue: Glibc.errno) }
}
