import CHints

/// Returns heap memory to the system after a burst of clients.
///
/// Their memory lies in small pieces between those of others, and glibc keeps it for later.
struct FreeMemory {
    /// Less than this may stay, in bytes.
    private static let keptSize = 32 << 20

    private var largestSize = 0

    /// Notes the memory in use, in bytes.
    @inline(__always)
    mutating func note(_ size: Int) { largestSize = max(largestSize, size) }

    /// Returns memory to the system if much more was in use before; this takes some milliseconds,
    /// once.
    mutating func giveBack(_ size: Int) {
        guard largestSize > Self.keptSize, size < largestSize / 8 else { return }
        largestSize = size
        nostos_trim_memory()
    }
}
