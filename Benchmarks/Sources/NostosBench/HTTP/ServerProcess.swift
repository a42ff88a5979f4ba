import Glibc

/// A server under test, pinned to one core; ends with the object.
final class ServerProcess {
    let port: Int
    let process: pid_t

    /// Starts the program on the first core and waits until it answers on that port.
    ///
    /// `words` are the program and its arguments; what it prints goes to the file `log`.
    init(_ words: [String], port: Int, log: String) throws {
        self.port = port
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let all = ["taskset", "-c", "0"] + words
        var arguments: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, "taskset", &actions, nil, &arguments, environ)
        guard code == 0 else {
            throw Failure("cannot start \(words[0]): \(String(cString: strerror(code)))")
        }
        self.process = process
        for _ in 0..<6000 {
            if let socket = Self.connect(port) {
                close(socket)
                return
            }
            guard waitpid(process, nil, WNOHANG) == 0 else { break }
            usleep(10_000)
        }
        throw Failure("\(words[0]) does not answer on port \(port); see \(log)")
    }

    deinit { stop() }

    /// Ends the server and waits for it.
    func stop() {
        guard kill(process, SIGTERM) == 0 else { return }
        waitpid(process, nil, 0)
    }

    /// Its anonymous memory: heap and stacks, without the page cache.
    var heldMemory: Int { anonymousMemory(of: "\(process)") }

    /// Sends a request on a connection of its own, with `Connection: close`, and gives the answer.
    func ask(_ request: String) throws -> String {
        guard let socket = Self.connect(port) else { throw systemFailure("connect", "\(port)") }
        defer { close(socket) }
        guard send(socket, request, request.utf8.count, 0) == request.utf8.count else {
            throw systemFailure("send", "\(port)")
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = recv(socket, &buffer, buffer.count, 0), count > 0 {
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }

    private static func connect(_ port: Int) -> Int32? {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0, !isConnectedToItself(file, port) { return file }
        close(file)
        return nil
    }

    /// Whether the system gave the socket the very port that it asks for: TCP then connects the
    /// socket to itself while no server listens (RFC 9293 §3.5, simultaneous open).
    private static func isConnectedToItself(_ file: Int32, _ port: Int) -> Bool {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(file, $0, &size)
            }
        }
        return address.sin_port == UInt16(port).bigEndian
    }

    /// A port that was free a moment ago.
    static func freePort() -> Int {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(file, $0, size)
                _ = getsockname(file, $0, &size)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
