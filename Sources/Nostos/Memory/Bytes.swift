import Glibc

// Little helpers on byte arrays and spans: varints (LEB128, least significant 7 bits first:
// 0x7f is 7f, 0x80 is 80 01, 300 is ac 02) and little-endian integers.

extension [UInt8] {
    /// Appends the bytes of a span.
    @inlinable
    public mutating func append(_ bytes: Span<UInt8>) {
        // Unsafe: the pointer is used only inside the closure, while the span is alive.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends an integer as a varint: 1 to 10 bytes.
    @inlinable
    public mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends the bytes of an integer, least significant first.
    @inlinable
    public mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
        // Unsafe: the pointer to the value is used only inside the closure. One copy: byte by byte
        // this was the dearest part of encoding a row.
        unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a literal.
    @inlinable
    public mutating func append(ascii text: StaticString) {
        // Unsafe: a static string's bytes live for ever.
        unsafe append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension StaticString {
    /// The byte of its UTF-8 at that index, which is below the count of its bytes.
    @inlinable @inline(__always)
    package func byte(at index: Int) -> UInt8 {
        precondition(index >= 0 && index < utf8CodeUnitCount)
        // Unsafe: below the count of a literal, whose bytes live for ever.
        return unsafe utf8Start[index]
    }
}

extension Span<UInt8> {
    /// Reads a varint and moves `position` past it; nil when it is cut off or above 64 bits.
    @inlinable
    public func varint(at position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < count, shift < 64 {
            let byte = self[position]
            position += 1
            guard shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    /// The little-endian integer at `offset`; the caller has checked that it lies inside.
    @inlinable
    public func littleEndian<T: FixedWidthInteger>(_: T.Type = T.self, at offset: Int) -> T {
        var value: T = 0
        for index in (0..<T.bitWidth / 8).reversed() {
            value = value << 8 | T(truncatingIfNeeded: self[offset + index])
        }
        return value
    }

    /// Bytewise, unsigned comparison, a prefix before its extensions: `memcmp`'s order.
    public func precedes(_ other: Span<UInt8>) -> Bool {
        let shared = Swift.min(count, other.count)
        let order = Self.compare(self, other, count: shared)
        return order == 0 ? count < other.count : order < 0
    }

    /// Whether both hold the same bytes.
    public func elementsEqual(_ other: Span<UInt8>) -> Bool {
        count == other.count && Self.compare(self, other, count: count) == 0
    }

    @inline(__always)
    private static func compare(
        _ left: Span<UInt8>, _ right: Span<UInt8>, count: Int
    ) -> Int32 {
        guard count > 0 else { return 0 }
        // Unsafe: both hold `count` bytes, and the pointers are used only inside the closures.
        return unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
                return unsafe memcmp(left, right, count)
            }
        }
    }
}

extension Int64 {
    /// The zig-zag form: small magnitudes of either sign become small unsigned numbers.
    @inlinable
    public var zigZag: UInt64 { UInt64(bitPattern: (self << 1) ^ (self >> 63)) }

    /// The integer of that zig-zag form.
    @inlinable
    public init(zigZag value: UInt64) {
        self = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
