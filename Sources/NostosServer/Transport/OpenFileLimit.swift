#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The limit of files, connections among them, that this process may hold open.
enum OpenFileLimit {
    /// The files that tables, the catalog, logs and event loops need besides connections.
    static let reserve = 256

    /// Raises the limit as far as it goes, and says how many connections fit below it.
    static func connectionCount(atMost wanted: Int) -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        // Unsafe, twice: the pointer is to a local variable and used during the call only.
        guard unsafe getrlimit(resource, &limit) == 0 else { return wanted }
        let needed = rlim_t(wanted + reserve)
        if limit.rlim_cur < needed {
            limit.rlim_cur = min(needed, limit.rlim_max)
            _ = unsafe setrlimit(resource, &limit)
        }
        guard limit.rlim_cur < needed else { return wanted }
        return max(16, Int(limit.rlim_cur) - reserve)
    }
}
