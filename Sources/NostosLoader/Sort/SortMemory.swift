import CHints

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Memory for a fixed number of elements, filled from its start; owns it.
///
/// The system gives it page by page as it is filled. An array would be asked with every element
/// whether it has room, and other owners.
@safe struct SortMemory<Element: BitwiseCopyable>: ~Copyable {
    /// Memory of this size or more is aligned to large pages, and given back by them.
    private static var pageSize: Int { 2 << 20 }

    private let base: UnsafeMutablePointer<Element>
    private let capacity: Int
    private(set) var count = 0

    /// Memory for `capacity` elements, of which there are none.
    ///
    /// - Parameters:
    ///   - capacity: in elements.
    ///   - isReadAtRandom: asks the system for large pages, so that reading here and there waits
    ///     less for small ones to be found.
    init(capacity: Int, isReadAtRandom: Bool = false) {
        self.capacity = capacity
        let size = max(1, capacity) * MemoryLayout<Element>.stride
        // Unsafe, here and below: allocated once, with room for `capacity` elements; only elements
        // below `count`, which are initialised, are lent.
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: size, alignment: size < Self.pageSize ? 16 : Self.pageSize)
        unsafe base = memory.bindMemory(to: Element.self, capacity: max(1, capacity))
        #if os(Linux)
            // Advice: where there are no large pages it changes nothing.
            if isReadAtRandom, size >= Self.pageSize {
                _ = unsafe madvise(memory, size, MADV_HUGEPAGE)
            }
        #endif
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

    /// Asks for the cache line of an element, which will be read soon.
    @inline(__always)
    func prefetch(_ index: Int) { unsafe nostos_prefetch(base + index) }

    /// Forgets all elements and gives their pages back to the system.
    mutating func removeAll() {
        #if os(Linux)
            let pages = count * MemoryLayout<Element>.stride / Self.pageSize
            // Whole pages from the start, where one begins: they read as zeros from then on.
            if pages > 0 { _ = unsafe madvise(base, pages * Self.pageSize, MADV_DONTNEED) }
        #endif
        count = 0
    }
}

// @unchecked: memory that one owner has; who has the owner has the memory.
extension SortMemory: @unchecked Sendable {}
