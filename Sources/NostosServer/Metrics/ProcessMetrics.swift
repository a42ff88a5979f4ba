import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The process itself, as Prometheus' client libraries name it.
enum ProcessMetrics {
    /// Appends what the system says; where it says nothing, the family is left out.
    static func append(to text: inout PrometheusText, version: String) {
        text.begin("nostos_build_info", .gauge, "1; the label says which Nostos this is.")
        text.sample([("version", version)], value: 1)
        appendStatus(to: &text)
        if let count = openFileCount() {
            text.begin("process_open_fds", .gauge, "Open file descriptors.")
            text.sample(value: Int64(count))
        }
        var limit = rlimit()
        // Unsafe: the pointer is to a local variable and used during the call only.
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            text.begin("process_max_fds", .gauge, "The most open file descriptors.")
            text.sample(value: UInt64(limit.rlim_cur))
        }
    }

    /// Free bytes on the file system of that path, for who is not root.
    static func freeDisk(of path: FilePath) -> UInt64? {
        var status = statvfs()
        // Unsafe: both pointers are used during the call only.
        guard unsafe path.withPlatformString({ unsafe statvfs($0, &status) }) == 0 else {
            return nil
        }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// Times and memory, out of the fields of `/proc/self/stat` that proc(5) counts from 1.
    private static func appendStatus(to text: inout PrometheusText) {
        guard let stat = read("/proc/self/stat"), let parenthesis = stat.lastIndex(of: ")") else {
            return
        }
        // The second field, the name, may hold spaces: the third is the first behind it.
        let fields = stat[stat.index(after: parenthesis)...].split(separator: " ")
        func field(_ number: Int) -> UInt64? {
            fields.indices.contains(number - 3) ? UInt64(fields[number - 3]) : nil
        }
        let ticks = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        if let user = field(14), let system = field(15) {
            text.begin("process_cpu_seconds_total", .counter, "User and system CPU time.")
            text.sample(value: user + system, perSecond: ticks)
        }
        if let start = field(22), let boot = bootTime() {
            text.begin("process_start_time_seconds", .gauge, "When the process started.")
            text.sample(value: boot * ticks + start, perSecond: ticks)
        }
        if let size = field(23) {
            text.begin("process_virtual_memory_bytes", .gauge, "Address space.")
            text.sample(value: size)
        }
        if let pages = field(24) {
            text.begin("process_resident_memory_bytes", .gauge, "Memory in RAM, mapped tables too.")
            text.sample(value: pages * UInt64(max(1, sysconf(Int32(_SC_PAGESIZE)))))
        }
    }

    /// When the system was started, in seconds since 1970.
    private static func bootTime() -> UInt64? {
        let line = read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { UInt64($0.dropFirst("btime ".count)) }
    }

    private static func openFileCount() -> Int? {
        // Unsafe: the stream is closed below; an entry is not looked into.
        guard let directory = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the descriptor of the listing itself.
        return max(0, count - 3)
    }

    private static func read(_ path: FilePath) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly) else { return nil }
        defer { try? file.close() }
        var text: [UInt8] = []
        while true {
            var chunk = [UInt8](repeating: 0, count: 1 << 14)
            // Unsafe: the buffer is used during the call only.
            let count = try? unsafe chunk.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            guard let count, count > 0 else { break }
            text += chunk[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
