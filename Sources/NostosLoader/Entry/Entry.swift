import Nostos

// An entry, in memory and in runs:
//
//     OFFSET  SIZE  DESCRIPTION
//          0     8  little-endian: bits 0..<16 the key's size, 16..<32 the generator's ordinal,
//                   32..<64 the payload's size
//          8        the key
//                   the payload
//
// Entries sort by key (memcmp order), then generator, then arrival.

/// The fixed part of an entry.
struct EntryHeader {
    static let size = 8
    static let maxGenerator = Int(UInt16.max)

    let word: UInt64

    init(keySize: Int, generator: Int, payloadSize: Int) {
        precondition(keySize <= KeySchema.maxSize, "a key of \(keySize) bytes")
        precondition(generator >= 0 && generator <= Self.maxGenerator)
        precondition(payloadSize <= Int(UInt32.max))
        word = UInt64(keySize) | UInt64(generator) << 16 | UInt64(payloadSize) << 32
    }

    /// Reads the header of the entry that starts at `offset`.
    init(in bytes: Span<UInt8>, at offset: Int) {
        word = bytes.word(at: offset)
    }

    /// Puts the header in place of the 8 bytes at `offset`.
    func write(to bytes: inout [UInt8], at offset: Int) {
        for index in 0..<Self.size {
            bytes[offset + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index))
        }
    }

    var keySize: Int { Int(word & 0xFFFF) }
    var generator: Int { Int(word >> 16 & 0xFFFF) }
    var payloadSize: Int { Int(word >> 32) }
    /// The size of the whole entry.
    var entrySize: Int { Self.size + keySize + payloadSize }
}

/// The place of an entry whose bytes lie in a buffer that the owner of the range names.
struct EntryRange {
    let start: Int
    let header: EntryHeader

    /// The place of an entry without key and payload.
    static let none = EntryRange(
        start: 0, header: EntryHeader(keySize: 0, generator: 0, payloadSize: 0))

    private init(start: Int, header: EntryHeader) {
        self.start = start
        self.header = header
    }

    init(in bytes: Span<UInt8>, at offset: Int) {
        start = offset
        header = EntryHeader(in: bytes, at: offset)
    }

    var end: Int { start + header.entrySize }
    var key: Range<Int> {
        start + EntryHeader.size..<start + EntryHeader.size + header.keySize
    }
    var payload: Range<Int> { key.upperBound..<end }
}

extension Span<UInt8> {
    /// The 8 bytes at `offset` as a little-endian integer, in one load.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        // Unsafe in type only: the load checks its bounds, and every bit pattern is an integer.
        UInt64(
            littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The first 8 bytes as a big-endian integer, with zeros after shorter spans: of two spans with
    /// different heads, the one with the smaller head precedes.
    @inline(__always)
    var head: UInt64 {
        if count >= 8 { return word(at: 0).byteSwapped }
        var value: UInt64 = 0
        for index in 0..<8 { value = value << 8 | (index < count ? UInt64(self[index]) : 0) }
        return value
    }

    /// Whether both hold the same bytes; without a call for the keys of 8 bytes that most are.
    @inline(__always)
    func isSame(as other: Span<UInt8>) -> Bool {
        count == 8 && other.count == 8
            ? word(at: 0) == other.word(at: 0) : elementsEqual(other)
    }

    /// The number of bytes that both have in common before the first difference or an end.
    func sharedSize(with other: Span<UInt8>) -> Int {
        let shared = Swift.min(count, other.count)
        var index = 0
        while index + 8 <= shared, word(at: index) == other.word(at: index) { index += 8 }
        while index < shared, self[index] == other[index] { index += 1 }
        return index
    }

    /// Compares as `memcmp` does, a prefix before its extensions.
    ///
    /// Eight bytes at a time: keys are compared more often than anything else is done.
    ///
    /// - Returns: below, at or above 0 as `self` precedes, equals or follows.
    func compare(_ other: Span<UInt8>) -> Int {
        let shared = Swift.min(count, other.count)
        var index = 0
        while index + 8 <= shared {
            let (left, right) = (word(at: index), other.word(at: index))
            if left != right { return left.byteSwapped < right.byteSwapped ? -1 : 1 }
            index += 8
        }
        while index < shared {
            if self[index] != other[index] { return self[index] < other[index] ? -1 : 1 }
            index += 1
        }
        return count - other.count
    }
}

extension OutputSpan<UInt8> {
    /// Appends the 8 bytes of an integer, least significant first.
    @inline(__always) @_lifetime(self: copy self)
    mutating func append(word: UInt64) {
        precondition(freeCapacity >= 8)
        // Unsafe: there is room, by the precondition; so below.
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe UnsafeMutableRawBufferPointer(buffer).storeBytes(
                of: word.littleEndian, toByteOffset: count, as: UInt64.self)
            count += 8
        }
    }

    /// Appends the bytes of a span.
    @inline(__always) @_lifetime(self: copy self)
    mutating func append(_ bytes: Span<UInt8>) {
        precondition(freeCapacity >= bytes.count)
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe bytes.withUnsafeBytes { source in
                guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
                unsafe UnsafeMutableRawPointer(to + count).copyMemory(
                    from: from, byteCount: source.count)
            }
            count += bytes.count
        }
    }
}
