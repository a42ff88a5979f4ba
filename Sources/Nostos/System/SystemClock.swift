#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system's clocks, some 20 ns a reading, without entering the kernel.
package enum SystemClock {
    /// Nanoseconds of a clock that nobody sets and that only goes forward: for durations.
    package static func nanoseconds() -> Int64 {
        let time = read(CLOCK_MONOTONIC)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Microseconds since 1970.
    package static func microseconds() -> Int64 {
        let time = read(CLOCK_REALTIME)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Seconds since 1970.
    package static func seconds() -> Int64 { Int64(read(CLOCK_REALTIME).tv_sec) }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        // Unsafe: the pointer is to a local variable and used during the call only. It cannot fail
        // for these clocks.
        _ = unsafe clock_gettime(clock, &time)
        return time
    }
}
