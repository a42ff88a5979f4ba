// Unsafe: as in `GrowingMemory`.
extension GrowingMemory<UInt8> {
    /// Appends the bytes of a part of a span.
    @inlinable @inline(__always)
    package mutating func append(_ part: Range<Int>, of bytes: Span<UInt8>) {
        precondition(part.lowerBound >= 0 && part.upperBound <= bytes.count)
        makeRoom(part.count)
        let isShort = part.count <= Self.slack && part.lowerBound <= bytes.count - Self.slack
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            let target = unsafe UnsafeMutableRawPointer(base + count)
            if isShort {
                // Unsafe: so many bytes can be read from the span, and written into room and slack.
                let block = unsafe start.loadUnaligned(
                    fromByteOffset: part.lowerBound, as: SIMD32<UInt8>.self)
                unsafe target.storeBytes(of: block, as: SIMD32<UInt8>.self)
            } else {
                unsafe target.copyMemory(from: start + part.lowerBound, byteCount: part.count)
            }
        }
        count += part.count
    }

    /// Appends the bytes of a span.
    @inlinable @inline(__always)
    package mutating func append(_ bytes: Span<UInt8>) { append(bytes.indices, of: bytes) }

    /// Appends all bytes of other memory.
    @inlinable @inline(__always)
    package mutating func append(_ other: borrowing GrowingMemory<UInt8>) { append(other.span) }

    /// Appends an integer as a varint.
    @inlinable @inline(__always)
    package mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number, to be read by ``number(at:)``.
    @inlinable @inline(__always)
    package mutating func append(number: Int) {
        makeRoom(8)
        count += 8
        put(number, at: count - 8)
    }

    /// Puts a number in place of the 8 bytes at `offset`.
    @inlinable @inline(__always)
    package mutating func put(_ number: Int, at offset: Int) {
        precondition(offset >= 0 && offset <= count - 8)
        unsafe UnsafeMutableRawPointer(base).storeBytes(
            of: number, toByteOffset: offset, as: Int.self)
    }

    /// The number at `offset`.
    @inlinable @inline(__always)
    package func number(at offset: Int) -> Int {
        precondition(offset >= 0 && offset <= count - 8)
        return unsafe UnsafeRawPointer(base).loadUnaligned(fromByteOffset: offset, as: Int.self)
    }

    /// The 8 bytes at `offset` as a big-endian integer; those from `end` on count as zeros.
    @inlinable @inline(__always)
    package func head(at offset: Int, end: Int) -> UInt64 {
        guard offset < end else { return 0 }
        precondition(offset >= 0 && end <= count)
        // Unsafe: the slack after the last byte can be read.
        let word = unsafe UInt64(
            bigEndian: UnsafeRawPointer(base).loadUnaligned(
                fromByteOffset: offset, as: UInt64.self))
        return word & ~(end - offset >= 8 ? 0 : UInt64.max &>> UInt64(8 * (end - offset)))
    }

    /// Appends that many zeros.
    @inline(__always)
    mutating func append(zeros size: Int) {
        makeRoom(size)
        // And 8 more, for a code that is put at the last bit.
        unsafe (base + count).update(repeating: 0, count: size + 8)
        count += size
    }

    /// Puts a code at a bit from `start` on, least significant first, among the zeros that were
    /// appended last; all of it must lie in the 8 bytes from its first byte on.
    @inline(__always)
    mutating func put(_ code: UInt64, at bit: Int, from start: Int) {
        let offset = start + bit / 8
        // A code of no bits may follow the last byte.
        precondition(bit >= 0 && start >= 0 && offset <= count)
        // Unsafe: 8 bytes can be read and written there, because slack follows the last byte.
        let place = unsafe UnsafeMutableRawPointer(base + offset)
        let word = unsafe UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
        unsafe place.storeBytes(
            of: (word | code << UInt64(bit % 8)).littleEndian, as: UInt64.self)
    }
}
