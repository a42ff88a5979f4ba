extension Span<UInt8> {
    /// The little-endian integer at `offset` by one load; all of it must lie inside.
    @inline(__always)
    func load<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type = T.self, at offset: Int) -> T {
        precondition(offset >= 0 && offset <= count - MemoryLayout<T>.size)
        // Unsafe: inside the span, by the precondition.
        return unsafe withUnsafeBytes {
            unsafe T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
    }

    /// The 8 bytes from `offset` on as a big-endian number, zeros where there are fewer: ordered as
    /// the bytes are, but for those that begin alike.
    @inline(__always)
    func head(at offset: Int) -> UInt64 {
        if offset <= count - 8 { return load(UInt64.self, at: offset).byteSwapped }
        var head: UInt64 = 0
        for index in offset..<offset + 8 {
            head = head << 8 | (index < count ? UInt64(self[index]) : 0)
        }
        return head
    }

    /// Whether the bytes from `offset` on begin with all of `other`.
    @inline(__always)
    func hasBytes(_ other: Span<UInt8>, at offset: Int) -> Bool {
        guard offset <= count - other.count else { return false }
        return extracting(offset..<offset + other.count).elementsEqual(other)
    }
}
