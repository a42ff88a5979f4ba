import CGuard
import Glibc
import SystemPackage

/// A mapping whose unreadable pages read as zeros instead of ending the process.
///
/// A page cannot be read where its file was cut short or its disk fails. So bytes of the region are
/// valid only if ``isWhole`` is true after reading them. This is the only door to `CGuard`, which
/// handles the process's SIGBUS and passes it on for all other addresses.
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

    /// The number of faults at pages that could not be read.
    ///
    /// Bytes that were read between two equal counts, and not in lost pages, are good.
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
