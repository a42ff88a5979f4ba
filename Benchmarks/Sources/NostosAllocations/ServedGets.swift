import CountedAllocations
import Dispatch
import Glibc
import Logging
import Nostos
import NostosServer
import SystemPackage

/// Counts how often GETs over HTTP ask for memory, in all threads: only what happens once a second.
enum ServedGets {
    private static let requestCount = 10_000
    /// The allocations that the clock's tick may make while that many requests are answered.
    private static let maxAllocations = UInt(100)

    static func report(_ table: (FilePath) throws -> TableSummary) throws -> Bool {
        let root = FilePath("/tmp/nostos-allocations.\(getpid()).store")
        defer { removeTree(root.string) }
        let catalog = try Catalog.open(root, create: true)
        let run = try catalog.beginRun(job: "allocations", actor: "benchmark")
        let summary = try table(run.tablePath)
        try run.checking()
        let record = RunRecord(
            job: run.job, version: run.version, startedAt: run.startedAt,
            finishedAt: run.startedAt, outcome: .promoted)
        _ = try run.publish(
            summary: summary, promote: true, keepVersions: 3, dropDelay: .zero, record: record)
        // No thread that looks at the catalog: its looks would be counted.
        let store = try Store(opening: root)
        store.close()
        return try count(port: start(store))
    }

    private static func start(_ store: Store) -> Int {
        let started = DispatchSemaphore(value: 0)
        // Unsafe: written before the semaphore is signalled, and read after it was waited for.
        nonisolated(unsafe) var port = 0
        Task.detached {
            var options = DataPlaneOptions()
            (options.port, options.threadCount) = (0, 1)
            let server = try await DataPlane(
                store: store, options: options, logger: Logger(label: "bench"))
            port = server.boundPort
            started.signal()
            // Served until the program ends.
            try await Task.sleep(for: .seconds(3600))
            await server.shutdown()
        }
        started.wait()
        return port
    }

    private static func count(port: Int) throws -> Bool {
        let client = connect(port)
        defer { close(client) }
        let requests = (0..<100).map { row in
            "GET /v1/jobs/allocations/keys/\(row * 7)?fields=country,score,name HTTP/1.1\r\n"
                + "Host: localhost\r\n\r\n"
        }.map { Array($0.utf8) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var allocations = UInt(0)
        for _ in 0..<2 {
            let before = counted_allocations_of_all()
            for index in 0..<requestCount {
                let request = requests[index % requests.count]
                guard send(client, request, request.count, 0) == request.count,
                    recv(client, &buffer, buffer.count, 0) > 200, buffer[9] == UInt8(ascii: "2")
                else {
                    print("http.get: a bad answer")
                    return false
                }
            }
            allocations = counted_allocations_of_all() - before
        }
        print(
            "http.get: \(allocations) allocations in \(requestCount) requests, must be at most "
                + "\(maxAllocations): the clock's")
        return allocations <= maxAllocations
    }

    private static func connect(_ port: Int) -> Int32 {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = Glibc.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return client
    }

    private static func removeTree(_ path: String) {
        guard let directory = opendir(path) else {
            unlink(path)
            return
        }
        defer {
            closedir(directory)
            rmdir(path)
        }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { removeTree("\(path)/\(name)") }
        }
    }
}
