public import SystemPackage

/// The target of a table writer's bytes: a file, or in tests one that fails.
public protocol TableSink: AnyObject {
    /// Appends the bytes.
    func write(_ bytes: Span<UInt8>) throws(Errno)
    /// Makes everything written durable and closes; nothing may be written afterwards.
    ///
    /// A failure is final: a second fsync may report success for bytes that were lost.
    func finish() throws(Errno)
    /// Closes and deletes the file; does nothing after ``finish()``.
    func abandon()
}

/// A new file that only grows, is made durable once, and is then read-only for ever.
public final class FileSink: TableSink {
    private let path: FilePath
    private var descriptor: FileDescriptor?

    /// Creates the file; it must not exist.
    public init(creating path: FilePath) throws(Errno) {
        self.path = path
        descriptor = try withErrno {
            try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: [.ownerReadWrite])
        }
    }

    deinit { abandon() }

    /// Appends the bytes.
    public func write(_ bytes: Span<UInt8>) throws(Errno) {
        guard let descriptor else { throw .badFileDescriptor }
        try FileCall.write(bytes, to: descriptor)
    }

    /// Syncs, takes every write permission, and closes.
    public func finish() throws(Errno) {
        guard let descriptor else { throw .badFileDescriptor }
        guard FileCall.sync(descriptor) else { throw .current }
        guard FileCall.makeReadOnly(descriptor) else { throw .current }
        self.descriptor = nil
        try withErrno { try descriptor.close() }
    }

    /// Closes and deletes, unless it is finished.
    public func abandon() {
        guard let descriptor else { return }
        self.descriptor = nil
        // Nothing is lost when these fail: the file is scratch, and the next run removes it.
        try? descriptor.close()
        FileCall.unlink(path)
    }
}

/// Runs a call of swift-system, whose errors are all `Errno`, with that type.
func withErrno<T>(_ body: () throws -> T) throws(Errno) -> T {
    do { return try body() } catch let error as Errno { throw error } catch { throw .ioError }
}
