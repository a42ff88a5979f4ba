// The calls on files that swift-system does not have; one place for their `unsafe`.
//
// Unsafe throughout: the bytes of paths and the buffers are used during the calls only.
import Glibc
package import SystemPackage

package enum FileCall {
    /// `fsync`; false with `errno` set.
    static func sync(_ descriptor: FileDescriptor) -> Bool { fsync(descriptor.rawValue) == 0 }

    /// Takes every write permission from the file: mode 0444.
    static func makeReadOnly(_ descriptor: FileDescriptor) -> Bool {
        fchmod(descriptor.rawValue, 0o444) == 0
    }

    /// Appends all the bytes, in as many writes as it takes.
    package static func write(_ bytes: Span<UInt8>, to descriptor: FileDescriptor) throws(Errno) {
        try unsafe bytes.withUnsafeBytes { (buffer) throws(Errno) in
            _ = try withErrno { try unsafe descriptor.writeAll(buffer) }
        }
    }

    /// Reads into a part of an array the bytes at `offset`; returns their number, 0 at the end.
    package static func read(
        _ descriptor: FileDescriptor, at offset: Int, into target: inout [UInt8],
        _ part: Range<Int>
    ) throws(Errno) -> Int {
        precondition(part.lowerBound >= 0 && part.upperBound <= target.count)
        return try withErrno {
            try unsafe target.withUnsafeMutableBytes { buffer in
                try unsafe descriptor.read(
                    fromAbsoluteOffset: Int64(offset),
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[part]))
            }
        }
    }

    /// Removes a name; false with `errno` set.
    @discardableResult
    package static func unlink(_ path: FilePath) -> Bool {
        unsafe path.withPlatformString { unsafe Glibc.unlink($0) == 0 }
    }

    /// Removes an empty directory; false with `errno` set.
    static func removeDirectory(_ path: FilePath) -> Bool {
        unsafe path.withPlatformString { unsafe rmdir($0) == 0 }
    }

    /// Makes a directory; false with `errno` set.
    static func makeDirectory(_ path: FilePath, mode: mode_t) -> Bool {
        unsafe path.withPlatformString { unsafe mkdir($0, mode) == 0 }
    }

    /// Gives a file another name, taking the name from whatever had it; false with `errno` set.
    static func rename(_ source: FilePath, to target: FilePath) -> Bool {
        unsafe source.withPlatformString { source in
            unsafe target.withPlatformString { unsafe Glibc.rename(source, $0) == 0 }
        }
    }

    /// Gives a file a second name, never one that is taken; false with `errno` set.
    static func link(_ source: FilePath, to target: FilePath) -> Bool {
        unsafe source.withPlatformString { source in
            unsafe target.withPlatformString { unsafe Glibc.link(source, $0) == 0 }
        }
    }

    /// The names in a directory, without `.` and `..`.
    package static func names(in path: FilePath) throws(Errno) -> [String] {
        guard let stream = unsafe path.withPlatformString({ unsafe opendir($0) }) else {
            throw .current
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            // The entry is the stream's until the next call; its name is copied before.
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw .current }
        return names
    }

    /// Bytes that this user can still write on the file system of that path; nil with `errno` set.
    static func freeBytes(at path: FilePath) -> UInt64? {
        var status = statvfs()
        guard unsafe path.withPlatformString({ unsafe statvfs($0, &status) }) == 0 else {
            return nil
        }
        let (bytes, isOver) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isOver ? .max : bytes
    }
}

extension Errno {
    /// The calling thread's `errno`, right after a call that failed.
    static var current: Errno { Errno(rawValue: Glibc.errno) }
}

extension [UInt8] {
    /// Appends the bytes that one call reads from the file, at most `size`.
    ///
    /// - Returns: the number of bytes; 0 at the end.
    @discardableResult
    package mutating func append(
        from file: FileDescriptor, atMost size: Int
    ) throws(Errno) -> Int {
        var result = Result<Int, Errno>.success(0)
        append(addingCapacity: size) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                do {
                    // Into the free part of the array.
                    let target = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<size])
                    count = try unsafe file.read(into: target)
                    result = .success(count)
                } catch {
                    result = .failure(error as? Errno ?? .ioError)
                }
            }
        }
        return try result.get()
    }
}
