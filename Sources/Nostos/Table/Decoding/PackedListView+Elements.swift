extension PackedListView {
    /// The element of that ordinal, which is below `count`: `mantissa × 10^-scale`.
    @inline(__always)
    func element(_ index: Int) -> (mantissa: Int64, scale: Int) {
        precondition(index >= 0 && index < count)
        let start = index &* (width &+ scaleWidth)
        // Unsafe: every element lies inside the entry, behind which there is slack to read.
        let first = unsafe bits(at: start)
        let scaleMask = (UInt64(1) &<< UInt64(scaleWidth)) &- 1
        let second =
            unsafe width &+ scaleWidth <= 64
            ? first &>> UInt64(scaleWidth) : bits(at: start &+ scaleWidth)
        let offset = second & (UInt64.max &>> UInt64(64 &- width))
        let scale = leastScale &+ Int(truncatingIfNeeded: first & scaleMask)
        return (Int64(bitPattern: base &+ offset), scale)
    }
}
