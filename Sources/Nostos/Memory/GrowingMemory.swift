/// Memory for elements that are appended, as many as come; owns it.
///
/// An array would be asked with every piece for its room and its owners; here the room of a whole
/// piece is looked at once, and short pieces are moves of a fixed size.
@safe package struct GrowingMemory<Element: BitwiseCopyable>: ~Copyable {
    /// The bytes that can be read and written after the room for elements.
    @inlinable package static var slack: Int { 32 }

    @usableFromInline var base: UnsafeMutablePointer<Element>
    /// The number of elements that there is room for.
    package private(set) var capacity: Int
    /// The number of elements.
    package internal(set) var count = 0

    /// Memory with room for `capacity` elements, of which there are none.
    package init(capacity: Int = 16) {
        self.capacity = capacity
        // Unsafe, here and below: `base` has room for `capacity` elements and the slack, all of it
        // initialised, if only with zeros; of whatever is written the room was looked at.
        unsafe base = Self.allocate(capacity)
    }

    deinit { unsafe base.deallocate() }

    /// All elements.
    @inlinable package var span: Span<Element> {
        @_lifetime(borrow self) @inline(__always) get {
            let span = unsafe Span(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// All elements, to be changed.
    @inlinable package var mutableSpan: MutableSpan<Element> {
        @_lifetime(&self) @inline(__always) mutating get {
            let span = unsafe MutableSpan(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// Appends an element.
    @inlinable @inline(__always)
    package mutating func append(_ element: Element) {
        makeRoom(1)
        unsafe base[count] = element
        count += 1
    }

    /// Forgets all elements from that one on.
    @inlinable @inline(__always)
    package mutating func removeAll(from start: Int = 0) {
        precondition(start >= 0 && start <= count)
        count = start
    }

    /// Makes sure that so many more elements can be appended.
    @inlinable @inline(__always)
    package mutating func makeRoom(_ more: Int) {
        if more > capacity - count { grow(more) }
    }

    @inline(never) @usableFromInline
    mutating func grow(_ more: Int) {
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
        return unsafe memory.bindMemory(to: Element.self, capacity: max(1, capacity))
    }
}
