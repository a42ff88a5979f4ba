import Glibc
import LoadClient

/// The commands that start each server, and the files that they need first.
struct HTTPServers {
    let options: HTTPOptions
    let data: HTTPData

    /// The command line of a server on that port; `isBare` for callgrind, see NostosServe.
    func command(_ name: HTTPServerName, port: Int, isBare: Bool = false) throws -> [String] {
        switch name {
        case .nostos where isBare, .nostosNIO where isBare:
            return [
                options.barePath, data.store, "\(port)", name == .nostos ? "epoll" : "nio",
            ]
        case .nostos, .nostosNIO:
            return [
                options.nostosPath, "serve", "--store", data.store, "--port", "\(port)",
                "--admin-port", "0",
                "--threads", "1", "--transport", name == .nostos ? "epoll" : "nio",
            ]
        case .nginx: return ["nginx", "-c", try nginxFile(port: port)]
        case .redis:
            return [
                "redis-server", "--port", "\(port)", "--save", "", "--appendonly", "no", "--dir",
                options.folder,
            ]
        case .hummingbird: return [options.hummingbirdPath, "\(port)"]
        }
    }

    func start(_ name: HTTPServerName) throws -> ServerProcess {
        let port = ServerProcess.freePort()
        let server = try ServerProcess(
            command(name, port: port), port: port, log: "\(options.folder)/\(name.rawValue).log")
        if name == .redis { try fill(server) }
        if name == .nostos || name == .nostosNIO { try check(server) }
        return server
    }

    /// Answers a GET of three fields on `port`, and one of all fields on the next.
    private func nginxFile(port: Int) throws -> String {
        let servers = [false, true].enumerated().map { index, allFields in
            let body = String(repeating: "x", count: data.averageBodySize(allFields: allFields))
            return
                "server { listen 127.0.0.1:\(port + index); location / { return 200 '\(body)'; } }"
        }
        let text = """
            worker_processes 1; daemon off; master_process off;
            pid \(options.folder)/nginx.pid; error_log \(options.folder)/nginx-error.log;
            events { worker_connections 1024; }
            http {
              access_log off; keepalive_requests 1000000000; default_type application/json;
              \(servers.joined(separator: "\n  "))
            }
            """
        let path = "\(options.folder)/nginx.conf"
        let file = try OutputFile(creating: path)
        Array(text.utf8).withUnsafeBytes { file.write($0) }
        try file.close()
        return path
    }

    /// Puts the three fields of every row into Redis.
    private func fill(_ server: ServerProcess) throws {
        let slab = 100_000
        for start in stride(from: 0, to: data.data.rowCount, by: slab) {
            var requests = Requests()
            for row in start..<min(start + slab, data.data.rowCount) {
                let values = data.values(row: row).filter { HTTPData.fields.contains($0.name) }
                let words = values.flatMap { value in
                    let text = String(decoding: value.json, as: UTF8.self)
                    return [value.name, text.filter { $0 != "\"" }]
                }
                requests.append(Requests.redis(["HSET", "\(data.key(row: row))"] + words))
            }
            let result = try Load(
                requests, port: server.port, connections: 1, depth: 128, isRedis: true,
                answers: requests.ends.count
            ).run()
            guard result.failures == 0 else { throw Failure("redis refused a row") }
        }
    }

    /// Compares answers with what the records say, before anything is timed.
    private func check(_ server: ServerProcess) throws {
        let fields = HTTPData.fields.joined(separator: ",")
        for sample in 0..<100 {
            let row = sample * data.data.rowCount / 100
            for (query, allFields) in [("?fields=\(fields)", false), ("", true)] {
                let path = "/v1/jobs/\(HTTPData.job)/keys/\(data.key(row: row))\(query)"
                let answer = try server.ask(
                    "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                guard answer.hasSuffix("\r\n\r\n" + data.body(row: row, allFields: allFields))
                else { throw Failure("wrong answer for \(path): \(answer)") }
            }
        }
    }

    /// The entity tag of the version that is served.
    func tag(of server: ServerProcess) throws -> String {
        let path = "/v1/jobs/\(HTTPData.job)/keys/\(data.key(row: 0))"
        let answer = try server.ask("HEAD \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let line = answer.split(separator: "\r\n").first { $0.hasPrefix("ETag: ") }
        guard let line else { throw Failure("no entity tag: \(answer)") }
        return String(line.dropFirst(6))
    }
}

/// One load of one server.
struct Load {
    private let requests: Requests
    private let port: Int
    private let connections: Int
    private let depth: Int
    private let isRedis: Bool
    private let answers: Int
    private let seconds: Double

    /// Ends after so many answers, if above 0, else after so many seconds.
    init(
        _ requests: Requests, port: Int, connections: Int, depth: Int, isRedis: Bool,
        answers: Int = 0, seconds: Double = 0
    ) {
        (self.requests, self.port, self.connections) = (requests, port, connections)
        (self.depth, self.isRedis) = (depth, isRedis)
        (self.answers, self.seconds) = (answers, seconds)
    }

    func run() throws -> LoadOutcome {
        var result = load_result()
        let code = requests.bytes.withUnsafeBufferPointer { bytes in
            requests.ends.withUnsafeBufferPointer { ends in
                var plan = load_plan()
                plan.port = Int32(port)
                plan.connections = Int32(connections)
                plan.depth = Int32(depth)
                plan.is_redis = isRedis ? 1 : 0
                plan.requests = bytes.baseAddress
                plan.ends = ends.baseAddress
                plan.count = ends.count
                plan.answers = UInt64(answers)
                plan.seconds = seconds
                return load_run(&plan, &result)
            }
        }
        guard code == 0 else { throw systemFailure("load", "port \(port)") }
        return LoadOutcome(result)
    }
}

/// The figures of one load.
struct LoadOutcome {
    let answers: Int
    let failures: Int
    let perSecond: Double
    /// Microseconds.
    let p50, p99, p999: Double

    init(_ result: load_result) {
        answers = Int(result.answers)
        failures = Int(result.failures)
        perSecond = Double(result.answers) / max(result.seconds, 1e-9)
        let times = withUnsafeBytes(of: result.times) { Array($0.bindMemory(to: UInt64.self)) }
        func percentile(_ share: Double) -> Double {
            var rest = UInt64((Double(result.answers) * share).rounded(.up))
            for (index, count) in times.enumerated() {
                if rest <= count { return load_class_limit(Int32(index)) / 1000 }
                rest -= count
            }
            return 0
        }
        (p50, p99, p999) = (percentile(0.5), percentile(0.99), percentile(0.999))
    }
}
