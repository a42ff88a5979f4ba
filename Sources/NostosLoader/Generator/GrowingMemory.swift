import Nostos

/// Memory for elements that are appended, as many as come; owns it.
///
/// An array would be asked with every piece for its room and its owners; here the room of a whole
/// piece is looked at once, and short pieces are moves of a fixed size.
@safe struct GrowingMemory<Element: BitwiseCopyable>: ~Copyable {
    /// What can be read and written behind the room for elements, in bytes.
    static var slack: Int { 32 }

    private var base: UnsafeMutablePointer<Element>
    private(set) var capacity: Int
    private(set) var count = 0

    /// Memory with room for `capacity` elements, of which there are none.
    init(capacity: Int = 16) {
        self.capacity = capacity
        // Unsafe, here and below: `base` has room for `capacity` elements and the slack, all of it
        // initialised, if only with zeros; of whatever is written the room was looked at.
        unsafe base = Self.allocate(capacity)
    }

    deinit { unsafe base.deallocate() }

    /// All elements.
    var span: Span<Element> {
        @_lifetime(borrow self) @inline(__always) get {
            let span = unsafe Span(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// All elements, to be changed.
    var mutableSpan: MutableSpan<Element> {
        @_lifetime(&self) @inline(__always) mutating get {
            let span = unsafe MutableSpan(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// Appends an element.
    @inline(__always)
    mutating func append(_ element: Element) {
        makeRoom(1)
        unsafe base[count] = element
        count += 1
    }

    /// Forgets all elements from that one on.
    @inline(__always)
    mutating func removeAll(from start: Int = 0) {
        precondition(start >= 0 && start <= count)
        count = start
    }

    @inline(__always)
    private mutating func makeRoom(_ more: Int) {
        if more > capacity - count { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let grown = max(2 * capacity, count + more)
        let memory = unsafe Self.allocate(grown)
        unsafe memory.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = memory
        capacity = grown
    }

    @unsafe
    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
        let size = capacity * MemoryLayout<Element>.stride + slack
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        return unsafe memory.assumingMemoryBound(to: Element.self)
    }
}

extension GrowingMemory<UInt8> {
    /// Appends the bytes of a part of a span.
    @inline(__always)
    mutating func append(_ part: Range<Int>, of bytes: Span<UInt8>) {
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
                precondition(part.lowerBound >= 0 && part.upperBound <= source.count)
                unsafe target.copyMemory(from: start + part.lowerBound, byteCount: part.count)
            }
        }
        count += part.count
    }

    /// Appends the bytes of a span.
    mutating func append(_ bytes: Span<UInt8>) { append(bytes.indices, of: bytes) }

    /// Appends an integer as a varint.
    @inline(__always)
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number, to be read by ``number(at:)``.
    @inline(__always)
    mutating func append(number: Int) {
        makeRoom(8)
        count += 8
        put(number, at: count - 8)
    }

    /// Puts a number in place of the 8 bytes at `offset`.
    @inline(__always)
    mutating func put(_ number: Int, at offset: Int) {
        precondition(offset >= 0 && offset <= count - 8)
        unsafe UnsafeMutableRawPointer(base).storeBytes(
            of: number, toByteOffset: offset, as: Int.self)
    }

    /// The number at `offset`.
    @inline(__always)
    func number(at offset: Int) -> Int { Int(bitPattern: UInt(span.word(at: offset).littleEndian)) }

    /// The 8 bytes at `offset` as a big-endian integer, of which those from `end` on are zeros.
    @inline(__always)
    func head(at offset: Int, end: Int) -> UInt64 {
        guard offset < end else { return 0 }
        precondition(offset >= 0 && end <= count)
        // Unsafe: the slack can be read behind the last byte.
        let word = unsafe UInt64(
            bigEndian: UnsafeRawPointer(base).loadUnaligned(
                fromByteOffset: offset, as: UInt64.self))
        return word & ~(end - offset >= 8 ? 0 : UInt64.max &>> UInt64(8 * (end - offset)))
    }
}
