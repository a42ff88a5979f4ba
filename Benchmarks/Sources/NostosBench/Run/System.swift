import Glibc
import Synchronization

/// Nanoseconds of the monotonic clock.
@inline(__always)
func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// The process's anonymous memory in bytes: heap and stacks, not mapped files.
func anonymousMemory() -> Int { anonymousMemory(of: "self") }

/// That of the process of that number.
func anonymousMemory(of process: String) -> Int {
    guard let file = fopen("/proc/\(process)/status", "r") else { return 0 }
    defer { fclose(file) }
    let label = "RssAnon:"
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
        guard strncmp(line, label, label.utf8.count) == 0 else { continue }
        return line.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { strtol($0 + label.utf8.count, nil, 10) << 10 } ?? 0
        }
    }
    return 0
}

/// Watches the anonymous memory from a thread of its own, every 2 ms.
final class MemoryWatch: Sendable {
    private let peak = Atomic(0)
    private let isDone = Atomic(false)

    /// The peak while `body` ran.
    static func peak(while body: () throws -> Void) throws -> Int {
        let watch = MemoryWatch()
        let thread = try JoinableThread {
            while !watch.isDone.load(ordering: .relaxed) {
                watch.peak.max(anonymousMemory(), ordering: .relaxed)
                usleep(2000)
            }
        }
        defer {
            watch.isDone.store(true, ordering: .relaxed)
            thread.join()
        }
        try body()
        return watch.peak.max(anonymousMemory(), ordering: .relaxed).newValue
    }
}

/// A thread that runs a closure once.
final class JoinableThread {
    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) throws {
        let box = Unmanaged.passRetained(Box(body))
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard code == 0 else { throw Failure("pthread_create: \(String(cString: strerror(code)))") }
    }

    func join() { pthread_join(thread, nil) }
}

// MARK: - Files

func makeFolder(_ path: String) throws {
    var position = path.startIndex
    while position < path.endIndex {
        let end = path[path.index(after: position)...].firstIndex(of: "/") ?? path.endIndex
        let part = String(path[..<end])
        guard mkdir(part, 0o755) == 0 || errno == EEXIST else { throw systemFailure("mkdir", part) }
        position = end
    }
}

/// The names in a folder; empty when there is none.
func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// Removes a folder and all in it; none is fine.
func removeFolder(_ folder: String) {
    for name in names(in: folder) {
        let path = "\(folder)/\(name)"
        if unlink(path) != 0 { removeFolder(path) }
    }
    rmdir(folder)
}

/// The bytes that a store takes: all its files, without RocksDB's logs and options.
func storeSize(_ folder: String) -> Int {
    var size = 0
    for name in names(in: folder) {
        if ["LOG", "LOCK", "OPTIONS", "lock.mdb"].contains(where: name.hasPrefix) { continue }
        var status = stat()
        if stat("\(folder)/\(name)", &status) == 0 { size += Int(status.st_size) }
    }
    return size
}

/// Bytes free for us in the file system of that folder.
func freeBytes(_ folder: String) -> Int {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return 0 }
    return Int(status.f_bavail) * Int(status.f_frsize)
}

/// Writes to standard error: progress and failures.
func say(_ text: String) {
    let line = "\(text)\n"
    // A failed write of a message has nobody to be told to.
    _ = write(2, line, line.utf8.count)
}
