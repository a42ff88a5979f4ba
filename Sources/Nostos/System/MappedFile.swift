import CHints
import Glibc
import SystemPackage

/// A whole file mapped read-only; unmapped when the last reference goes.
@safe final class MappedFile {
    /// The first byte.
    ///
    /// Valid as long as this object.
    let base: UnsafeRawPointer
    /// The file's size in bytes when it was mapped; at least 1.
    let size: Int
    /// Tells which pages could not be read.
    let guarded: GuardedRegion
    /// The file's last 8 bytes when it was mapped, and where they are.
    private let lastWord: UInt64
    private let lastOffset: Int

    init(opening path: FilePath) throws(Errno) {
        let descriptor = try withErrno {
            try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
        }
        // The mapping outlives the descriptor; a failed close of a file that was only read loses
        // nothing.
        defer { try? descriptor.close() }
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw .current }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        size = Int(status.st_size)
        guard size > 0 else { throw .invalidArgument }
        let address = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor.rawValue, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { throw .current }
        // Lookups touch pages at random: reading ahead would only evict others' pages.
        _ = unsafe madvise(address, size, MADV_RANDOM)
        unsafe base = UnsafeRawPointer(address)
        do throws(Errno) { guarded = try unsafe GuardedRegion(base: base, size: size) } catch {
            unsafe munmap(address, size)
            throw error
        }
        lastOffset = max(0, size - 8)
        // Unsafe, here and below: a mapping has at least a page, and reads as zeros where it ends.
        lastWord = unsafe base.loadUnaligned(fromByteOffset: lastOffset, as: UInt64.self)
    }

    /// Whether all that was read before could be read, and the file was not cut short.
    ///
    /// Where a file ends in the midst of a page that page reads on as zeros, and nothing is told;
    /// so the last bytes are looked at.
    @inline(__always)
    var isWhole: Bool { guarded.isWhole && hasItsEnd }

    @inline(__always)
    var hasItsEnd: Bool {
        unsafe base.loadUnaligned(fromByteOffset: lastOffset, as: UInt64.self) == lastWord
    }

    /// Whether a byte of the range was lost.
    func isLost(_ range: Range<Int>) -> Bool { !hasItsEnd || guarded.isLost(range) }

    deinit {
        guarded.end()
        unsafe munmap(UnsafeMutableRawPointer(mutating: base), size)
    }

    /// The file's bytes, for use while this object lives.
    var bytes: MappedBytes { unsafe MappedBytes(base: base, count: size) }
}

/// The bytes of a mapping: every access is checked against its size, so that no damaged offset can
/// read outside.
///
/// Does not keep the mapping alive.
@safe struct MappedBytes {
    private let base: UnsafeRawPointer
    let count: Int

    /// `base` must be readable for `count` bytes as long as this value is used.
    @unsafe init(base: UnsafeRawPointer, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    /// The address of the byte at `offset`, or behind the last one.
    @unsafe @inline(__always)
    func address(of offset: Int) -> UnsafePointer<UInt8> {
        precondition(offset >= 0 && offset <= count)
        return unsafe base.advanced(by: offset).assumingMemoryBound(to: UInt8.self)
    }

    /// The little-endian integer at `offset`.
    @inline(__always)
    func load<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at offset: Int) -> T {
        precondition(offset >= 0 && offset <= count - MemoryLayout<T>.size)
        // Unsafe: inside the mapping, by the precondition.
        return unsafe T(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Asks for the cache lines of `size` bytes at `offset`, which will be read soon.
    @inline(__always)
    func prefetch(_ size: Int, at offset: Int) {
        guard offset >= 0, size > 0, size <= count, offset <= count - size else { return }
        var line = 0
        while line < size {
            // Unsafe: inside the mapping, as checked; nothing is read.
            unsafe nostos_prefetch(base + (offset + line))
            line += 64
        }
        // Unsafe: as above. The last line, where the bytes do not begin with one.
        unsafe nostos_prefetch(base + (offset + size - 1))
    }

    /// Calls `body` with the bytes of the range.
    @inline(__always)
    func withSpan<T, E: Error>(
        _ range: Range<Int>, _ body: (Span<UInt8>) throws(E) -> T
    ) throws(E) -> T {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        // Unsafe: inside the mapping, by the precondition.
        let start = unsafe base.advanced(by: range.lowerBound).assumingMemoryBound(to: UInt8.self)
        return try body(unsafe Span(_unsafeStart: start, count: range.count))
    }

    /// Appends the bytes of the range to `output`.
    @inline(__always)
    func append(_ range: Range<Int>, to output: inout [UInt8]) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        // Unsafe: inside the mapping, by the precondition.
        unsafe output.append(
            contentsOf: UnsafeRawBufferPointer(
                start: base.advanced(by: range.lowerBound), count: range.count))
    }

    /// Compares the bytes of the range with `other` as `memcmp` does, a prefix before its
    /// extensions: negative, zero or positive.
    @inline(__always)
    func compare(_ range: Range<Int>, with other: Span<UInt8>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        let shared = min(range.count, other.count)
        // Unsafe: both sides hold `shared` bytes.
        let order = unsafe other.withUnsafeBytes { other in
            shared == 0
                ? 0 : unsafe memcmp(base + range.lowerBound, other.baseAddress ?? base, shared)
        }
        return order != 0 ? Int(order) : range.count - other.count
    }

    /// Reads a varint that ends before `end`, and moves `position` behind it; nil when it is cut
    /// off or has more than 64 bits.
    @inline(__always)
    func varint(at position: inout Int, before end: Int) -> UInt64? {
        guard position < end else { return nil }
        let byte = load(UInt8.self, at: position)
        if byte < 0x80 {
            position += 1
            return UInt64(byte)
        }
        return withSpan(position..<end) { span in
            var offset = 0
            defer { position += offset }
            return span.varint(at: &offset)
        }
    }
}

// @unchecked: bytes that nobody writes may be read by any thread; who holds a value makes sure that
// the mapping lives.
extension MappedBytes: @unchecked Sendable {}

// @unchecked: the mapping is read-only and lives until deinit; nothing else is stored.
extension MappedFile: @unchecked Sendable {}
