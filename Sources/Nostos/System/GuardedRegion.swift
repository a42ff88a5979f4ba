import CGuard
import Glibc
import SystemPackage

/// A mapping whose unreadable pages read as zeros instead of ending the process.
///
/// A page cannot be read where its file was cut short or its disk fails. So what was read from the
/// region is to be believed only if ``isWhole`` afterwards. See `CGuard`, which this is the only
/// door to; it takes over the process's SIGBUS, and gives it back for all other addresses.
@safe struct GuardedRegion {
    private let region: UnsafeMutablePointer<nostos_region>

    /// Guards `size` bytes from `base` on, a mapping of a file, until ``end()``.
    init(base: UnsafeRawPointer, size: Int) throws(Errno) {
        // Unsafe: only the addresses are remembered.
        guard let region = unsafe nostos_guard(base, size) else { throw .current }
        unsafe self.region = region
    }

    /// Ends the guard, before the mapping goes; nothing is asked of it afterwards.
    func end() { unsafe nostos_unguard(region) }

    /// Whether no page was lost so far: asked after reading, one load.
    @inline(__always)
    var isWhole: Bool { lossCount == 0 }

    /// The number of times that a page could not be read.
    ///
    /// What was read between two equal counts, and not in lost pages, is good.
    @inline(__always)
    var lossCount: UInt32 {
        // Unsafe: regions of the guard are never freed.
        unsafe nostos_lost_count(region)
    }

    /// Whether a byte of the range, counted from the region's first, was lost.
    func isLost(_ range: Range<Int>) -> Bool {
        unsafe nostos_is_lost(region, range.lowerBound, range.count)
    }
}

// @unchecked: all that the region holds is atomic.
extension GuardedRegion: @unchecked Sendable {}
