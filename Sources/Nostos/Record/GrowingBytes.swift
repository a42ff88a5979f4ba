/// Bytes that grow at their end; owns their memory, which stays when they are removed.
///
/// For paths where an array would be asked with each piece for its owners and its room: here the
/// room of many pieces is made once.
@safe struct GrowingBytes: ~Copyable {
    /// Short pieces are copied in blocks of so many bytes: what is made room for, and so much more,
    /// may be written.
    private static let slack = RawOutput.slack

    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// How many bytes there are.
    private(set) var count = 0

    /// No bytes, and room for that many.
    init(capacity: Int = 1024) {
        self.capacity = max(capacity, 0) + Self.slack
        // Unsafe, here and below: `base` has `capacity` bytes, of which those below `count` are
        // initialised; all that is written was made room for.
        unsafe base = .allocate(capacity: self.capacity)
    }

    deinit { unsafe base.deallocate() }

    /// The bytes.
    var span: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            let span = unsafe Span(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Removes the bytes from `start` on; their memory stays.
    @inline(__always)
    mutating func removeAll(from start: Int = 0) {
        precondition(start >= 0 && start <= count)
        count = start
    }

    /// Makes sure that `size` bytes can be appended.
    ///
    /// - Complexity: O(1), and O(bytes) where the memory must grow, to twice its size at least.
    @inline(__always)
    mutating func makeRoom(_ size: Int) {
        if size > capacity - count - Self.slack { grow(size) }
    }

    @inline(never)
    private mutating func grow(_ size: Int) {
        capacity = max(2 * capacity, count + size + Self.slack)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        unsafe grown.initialize(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = grown
    }
}

extension GrowingBytes {
    /// Appends a byte.
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        makeRoom(1)
        unsafe base[count] = byte
        count += 1
    }

    /// Appends the lowest `size` bytes of a word, least significant first.
    @inline(__always)
    mutating func append(word: UInt64, size: Int = 8) {
        makeRoom(8)
        unsafe UnsafeMutableRawPointer(base + count).storeBytes(
            of: word.littleEndian, as: UInt64.self)
        count += size
    }

    /// Appends an integer as a varint: 1 to 10 bytes.
    @inline(__always)
    mutating func append(varint value: UInt64) {
        makeRoom(10)
        var rest = value
        while rest >= 0x80 {
            unsafe base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count += 1
            rest >>= 7
        }
        unsafe base[count] = UInt8(truncatingIfNeeded: rest)
        count += 1
    }

    /// Appends the bytes of a span.
    @inline(__always)
    mutating func append(_ bytes: Span<UInt8>) {
        let size = bytes.count
        makeRoom(size)
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let from = source.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(base + count).copyMemory(from: from, byteCount: size)
        }
        count += size
    }

    /// Appends the bytes of another buffer.
    @inline(__always)
    mutating func append(_ other: borrowing GrowingBytes) { append(other.span) }

    /// Appends that many zeros.
    @inline(__always)
    mutating func append(zeros size: Int) {
        makeRoom(size)
        // And 8 more, for a code that is put at the last bit.
        unsafe (base + count).initialize(repeating: 0, count: size + 8)
        count += size
    }

    /// Puts a code at a bit from `start` on, least significant first, among the zeros that were
    /// appended last; all of it must lie in the 8 bytes from its first byte on.
    @inline(__always)
    mutating func put(_ code: UInt64, at bit: Int, from start: Int) {
        let offset = start + bit / 8
        // A code of no bits may stand behind the last byte.
        precondition(bit >= 0 && start >= 0 && offset <= count)
        // Unsafe: 8 bytes can be read and written there, since there is slack behind the last one.
        let place = unsafe UnsafeMutableRawPointer(base + offset)
        let word = unsafe place.loadUnaligned(as: UInt64.self)
        unsafe place.storeBytes(
            of: word | (code << UInt64(bit % 8)).littleEndian, as: UInt64.self)
    }
}
