import Glibc

/// The machine on which the figures were measured.
enum Machine {
    static var summary: String {
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let pages = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        return "\(processor), \(cores) cores, \(pages >> 30) GiB of memory"
    }

    private static var processor: String {
        guard let file = fopen("/proc/cpuinfo", "r") else { return "an unknown processor" }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let line {
            let text = String(cString: line)
            guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else {
                continue
            }
            return String(text[colon...].dropFirst(2).dropLast())
        }
        return "an unknown processor"
    }
}
