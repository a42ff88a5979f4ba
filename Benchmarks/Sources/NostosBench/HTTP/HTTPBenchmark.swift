import Glibc

/// Loads each server with each operation in turn, round after round.
struct HTTPBenchmark {
    let options: HTTPOptions

    func run() throws -> HTTPResults {
        let data = try HTTPData(options)
        let servers = HTTPServers(options: options, data: data)
        let keys = try data.queries()
        var results = HTTPResults(
            options: options, bodySize: data.averageBodySize(allFields: false))
        print(Machine.summary)
        var running: [(name: HTTPServerName, process: ServerProcess)] = []
        for name in options.servers {
            say("starting \(name.rawValue)")
            running.append((name, try servers.start(name)))
        }
        let tag = try running.first { $0.name == .nostos }.map { try servers.tag(of: $0.process) }
        for operation in options.operations {
            var loads: [(HTTPServerName, ServerProcess, Load)] = []
            for (name, process) in running where name.takesPart(in: operation) {
                let requests = Requests.of(operation, to: name, keys, tag: tag ?? "")
                loads.append((name, process, load(operation, name, process, requests)))
            }
            for round in 0...options.rounds {
                for (name, process, load) in loads {
                    let outcome = try load.run()
                    guard outcome.failures == 0 else {
                        throw Failure("\(name.rawValue): \(outcome.failures) bad answers")
                    }
                    // The first round warms caches and touches every page.
                    guard round > 0 || options.rounds == 1 else { continue }
                    results.add(outcome, operation, name, memory: process.heldMemory)
                }
                say("\(operation.rawValue): round \(round) of \(options.rounds)")
            }
        }
        running = []
        if options.countsInstructions {
            for name in options.servers where name != .hummingbird {
                // Hummingbird's main is asynchronous too: see NostosServe.
                say("counting the instructions of \(name.rawValue)")
                results.instructions[name] = try InstructionCount(servers).count(name, keys)
            }
        }
        if !options.keepsFiles { removeFolder(options.folder) }
        return results
    }

    private func load(
        _ operation: HTTPOperation, _ name: HTTPServerName, _ process: ServerProcess,
        _ requests: Requests
    ) -> Load {
        let isRedis = name == .redis
        let port = process.port + (name == .nginx && operation == .all ? 1 : 0)
        // 100 keys in one request against 100 requests that need not wait for each other.
        let depth = isRedis && operation == .lookup ? 16 : operation.depth
        return Load(
            requests, port: port, connections: options.connections, depth: depth, isRedis: isRedis,
            seconds: options.seconds)
    }
}

/// User instructions of a request of `http.get`, as callgrind counts them: the same in every run.
struct InstructionCount {
    private let servers: HTTPServers

    init(_ servers: HTTPServers) { self.servers = servers }

    /// The difference of two runs, so that starting and ending do not count.
    func count(_ name: HTTPServerName, _ keys: [Int64]) throws -> Double {
        let few = Array(keys.prefix(HTTPData.countedRequestCount))
        let requests = Requests.of(.get, to: name, few, tag: "")
        let (short, long) = (10_000, 50_000)
        let difference = try total(name, requests, long) - total(name, requests, short)
        return Double(difference) / Double(long - short)
    }

    private func total(_ name: HTTPServerName, _ requests: Requests, _ answers: Int) throws -> Int {
        let port = ServerProcess.freePort()
        let log = "\(servers.options.folder)/callgrind.log"
        let command = try servers.command(name, port: port, isBare: true)
        let server = try ServerProcess(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + command,
            port: port, log: log)
        _ = try Load(
            requests, port: port, connections: servers.options.connections, depth: 1,
            isRedis: name == .redis, answers: answers
        ).run()
        server.stop()
        let text = try String(decoding: [UInt8](MappedBytes(log).bytes), as: UTF8.self)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.contains("Collected"), let count = words.last.flatMap({ Int($0) }) else {
                continue
            }
            return count
        }
        throw Failure("callgrind says nothing in \(log)")
    }
}
