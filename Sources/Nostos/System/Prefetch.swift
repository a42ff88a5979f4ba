import CHints

/// Asks for memory that will be read soon, so that several reads wait at the same time.
enum Prefetch {
    /// Asks for the cache line in which an element of a span begins.
    @inline(__always)
    static func element<Element>(_ index: Int, of elements: Span<Element>) {
        precondition(elements.indices.contains(index))
        unsafe elements.withUnsafeBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            unsafe nostos_prefetch(base + index)
        }
    }
}
