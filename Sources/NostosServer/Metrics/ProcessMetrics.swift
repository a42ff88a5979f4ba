import Nostos
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
        if let limit = SystemCall.openFileLimit {
            text.begin("process_max_fds", .gauge, "The most open file descriptors.")
            text.sample(value: limit.current)
        }
    }

    /// The free bytes on the path's file system for users other than root.
    static func freeDisk(of path: FilePath) -> UInt64? {
        FreeSpace.bytes(at: path).map { UInt64($0) }
    }

    /// Times and memory, out of the fields of `/proc/self/stat` that proc(5) counts from 1.
    private static func appendStatus(to text: inout PrometheusText) {
        guard let stat = read("/proc/self/stat"), let parenthesis = stat.lastIndex(of: ")") else {
            return
        }
        // The second field, the name, may hold spaces; the third field begins after its closing
        // parenthesis.
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

    /// The time of the system's start, in seconds since 1970.
    private static func bootTime() -> UInt64? {
        let line = read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { UInt64($0.dropFirst("btime ".count)) }
    }

    private static func openFileCount() -> Int? {
        // Without the descriptor of the listing itself.
        (try? FileCall.names(in: "/proc/self/fd")).map { max(0, $0.count - 1) }
    }

    private static func read(_ path: FilePath) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly) else { return nil }
        defer { try? file.close() }
        var text: [UInt8] = []
        while true {
            guard let count = try? text.append(from: file, atMost: 1 << 14), count > 0 else {
                break
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
