import CHints

/// Sees that memory which many clients took at one time goes back to the system after them.
///
/// What they held lies in small pieces between those of others, and glibc keeps it for later.
struct FreeMemory {
    /// Less than this may stay, in bytes.
    private static let keptSize = 32 << 20

    private var largestSize = 0

    /// Takes note of what is held, in bytes.
    @inline(__always)
    mutating func note(_ size: Int) { largestSize = max(largestSize, size) }

    /// Gives memory back when much more was held than now; some milliseconds, once.
    mutating func giveBack(_ size: Int) {
        guard largestSize > Self.keptSize, size < largestSize / 8 else { return }
        largestSize = size
        nostos_trim_memory()
    }
}
