/// The bytes of one row: in the mapping, or in memory of the caller.
///
/// After the end of every part, ``slack`` bytes can be read: in a mapping the footer follows all
/// rows. Does not keep the bytes alive.
@safe struct RowPlace {
    /// The bytes that can be read after the end of any part.
    static let slack = 64

    /// The fixed part's first byte; the plain variable part follows it.
    let start: UnsafePointer<UInt8>
    let size: Int
    /// The row's offset in the file, for messages.
    let offset: Int

    /// The row in that range of a mapped table's groups.
    @inline(__always)
    init(_ bytes: MappedBytes, _ range: Range<Int>) {
        // Unsafe: the address lies in the mapping, which is checked.
        unsafe start = bytes.address(of: range.lowerBound)
        size = range.count
        offset = range.lowerBound
    }
}
