import CHints

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Memory for a fixed number of elements, filled from its start; owns it.
///
/// The system provides it page by page as it is filled. An array would be checked with every
/// element for room and other owners.
@safe struct SortMemory<Element: BitwiseCopyable>: ~Copyable {
    /// Memory of this size or more comes from the system itself and goes back there at once: the
    /// allocator would keep some of it for later.
    private static var mappedSize: Int { 64 << 10 }

    private let base: UnsafeMutablePointer<Element>
    let capacity: Int
    private(set) var count = 0

    /// Memory for `capacity` elements; it holds none at first.
    ///
    /// Where all of it is filled at once, the system provides all pages together: in three quarters
    /// of the time that it takes for one after another.
    init(capacity: Int, isFilledAtOnce: Bool = false) {
        self.capacity = capacity
        let size = Self.size(capacity)
        // Unsafe, here and below: allocated once, with room for `capacity` elements; only elements
        // below `count`, which are initialised, are lent.
        let memory: UnsafeMutableRawPointer
        if size < Self.mappedSize {
            unsafe memory = .allocate(byteCount: size, alignment: 16)
        } else {
            let flags = MAP_PRIVATE | MAP_ANON | (isFilledAtOnce ? Self.populate : 0)
            guard let mapped = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0),
                unsafe mapped != MAP_FAILED
            else { fatalError("no \(size) bytes of memory") }
            unsafe memory = mapped
        }
        unsafe base = memory.bindMemory(to: Element.self, capacity: max(1, capacity))
    }

    /// The flag by which all pages are there at once, where the system has one.
    private static var populate: Int32 {
        #if os(Linux)
            MAP_POPULATE
        #else
            0
        #endif
    }

    deinit {
        let size = Self.size(capacity)
        if size < Self.mappedSize { unsafe base.deallocate() } else { unsafe munmap(base, size) }
    }

    private static func size(_ capacity: Int) -> Int {
        max(1, capacity) * MemoryLayout<Element>.stride
    }

    /// All elements.
    var span: Span<Element> {
        @_lifetime(borrow self) @inline(__always) get {
            let span = unsafe Span(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// All elements, to be changed.
    var mutableSpan: MutableSpan<Element> {
        @_lifetime(&self) mutating get {
            let span = unsafe MutableSpan(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// Appends an element; there must be room.
    @inline(__always)
    mutating func append(_ element: Element) {
        precondition(count < capacity)
        unsafe (base + count).initialize(to: element)
        count += 1
    }

    /// Appends all elements of a span; there must be room.
    @inline(__always)
    mutating func append(_ elements: Span<Element>) {
        precondition(elements.count <= capacity - count)
        unsafe elements.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + count).initialize(from: start, count: source.count)
        }
        count += elements.count
    }

    /// Replaces all elements by those that `body` puts at the start of the memory.
    ///
    /// - Parameter body: returns their number, or nil where it failed: there are none then.
    /// - Returns: how many there are, or nil.
    mutating func replaceAll(_ body: (UnsafeMutableBufferPointer<Element>) -> Int?) -> Int? {
        let filled = unsafe body(UnsafeMutableBufferPointer(start: base, count: capacity))
        count = filled ?? 0
        precondition(count <= capacity)
        return filled
    }

    /// Asks for the cache line of an element, which will be read soon.
    @inline(__always)
    func prefetch(_ index: Int) { unsafe nostos_prefetch(base + index) }

    /// Forgets all elements; their memory stays.
    mutating func removeAll() { count = 0 }
}

extension MutableSpan where Element: BitwiseCopyable {
    /// Sorts the elements of a part.
    @inline(__always)
    mutating func sort(_ part: Range<Int>, by precedes: (Element, Element) -> Bool) {
        precondition(part.lowerBound >= 0 && part.upperBound <= count)
        // Unsafe: the pointer is used only inside the closure, while the span is alive.
        unsafe withUnsafeMutableBufferPointer { all in
            unsafe all[part].sort(by: precedes)
        }
    }
}

extension SortMemory<UInt8> {
    /// The bytes for a reader that keeps this memory by other means.
    var window: EntryWindow {
        unsafe EntryWindow(base: base, count: count)
    }
}

// @unchecked: the memory has one owner, and moves with it.
extension SortMemory: @unchecked Sendable {}

/// A borrowed view of entry bytes.
///
/// The holder must keep the owner alive; reading costs no retain.
@safe struct EntryWindow {
    private let base: UnsafePointer<UInt8>?
    let count: Int

    /// No bytes.
    static let none = unsafe EntryWindow(base: nil, count: 0)

    /// A window on initialised bytes.
    @unsafe fileprivate init(base: UnsafePointer<UInt8>?, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    /// The bytes, while their owner has them.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            // Unsafe: the owner outlives every use, as said above.
            let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: base, count: count))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Asks for the cache line of a byte, which will be read soon; any offset may be asked for.
    @inline(__always)
    func prefetch(_ offset: Int) {
        guard let base = unsafe base else { return }
        unsafe nostos_prefetch(base + offset)
    }
}

// @unchecked: bytes that do not change while they are read.
extension EntryWindow: @unchecked Sendable {}
