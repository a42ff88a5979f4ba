import Dispatch
import Glibc

/// A stream that carries a client's bytes.
///
/// Every call may block, at most a minute.
protocol ByteStream: Sendable {
    /// Sends all bytes, or as many as are taken.
    func send(_ bytes: [UInt8]) throws -> TestClient.Sending
    /// Ends this side of the connection.
    func endSending()
    /// Some bytes, or none at the end of the stream.
    func receive() throws -> [UInt8]
}

/// A connection to the server by blocking calls: use it within ``blocking(_:)``.
final class TestClient: Sendable {
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    /// The result of sending.
    enum Sending {
        /// The server, or the sockets' buffers, took everything.
        case complete
        /// The server took nothing for a second.
        case blocked
        /// The server closed the connection before it had everything.
        case closed
    }

    private let stream: any ByteStream

    /// Connects to a port of this machine; a small receive buffer makes a slow reader felt soon.
    init(port: Int, receiveBufferSize: Int32? = nil) throws {
        stream = try PlainStream(port: port, receiveBufferSize: receiveBufferSize)
    }

    /// Connects to a server, by TLS where it speaks that.
    init(to server: LiveServer, receiveBufferSize: Int32? = nil) throws {
        if server.isEncrypted {
            stream = try TLSStream(port: server.port, receiveBufferSize: receiveBufferSize)
        } else {
            stream = try PlainStream(port: server.port, receiveBufferSize: receiveBufferSize)
        }
    }

    /// Sends all bytes, or as many as are taken.
    @discardableResult
    func send(_ text: String) throws -> Sending { try stream.send(Array(text.utf8)) }

    /// Ends this side of the connection.
    func endSending() { stream.endSending() }

    /// Some bytes, or none at the end of the stream.
    func receive() throws -> [UInt8] { try stream.receive() }

    /// All bytes up to the end of the stream.
    func receiveAll() throws -> String {
        var bytes: [UInt8] = []
        while true {
            let more = try receive()
            if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += more
        }
    }

    /// The next answer, and those after it if they came along; `pending` is what came too early.
    func receiveAnswer(_ pending: inout [UInt8]) throws -> TestAnswer {
        while true {
            if let size = answerSize(pending) {
                let answer = TestAnswer(Array(pending[..<size]))
                pending.removeFirst(size)
                return answer
            }
            let more = try receive()
            guard !more.isEmpty else { throw Failure(call: "recv", code: 0) }
            pending += more
        }
    }

    private func answerSize(_ bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard let start = bytes.firstRange(of: end) else { return nil }
        let head = TestAnswer(Array(bytes[..<start.upperBound]))
        let size = start.upperBound + (head.fields["Content-Length"].flatMap { Int($0) } ?? 0)
        return size <= bytes.count ? size : nil
    }
}

/// Plain TCP by the system's own calls, so that each byte is under control.
private final class PlainStream: ByteStream {
    typealias Failure = TestClient.Failure

    private let socket: Int32

    /// Connects to a port of this machine; a small receive buffer makes a slow reader felt soon.
    init(port: Int, receiveBufferSize: Int32?) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        if let receiveBufferSize { set(SO_RCVBUF, receiveBufferSize) }
        set(SO_RCVTIMEO, timeval(tv_sec: 60, tv_usec: 0))
        set(SO_SNDTIMEO, timeval(tv_sec: 1, tv_usec: 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // Unsafe: the pointer is to a local variable and used during the call only.
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(call: "connect", code: errno) }
    }

    deinit { close(socket) }

    private func set<T: BitwiseCopyable>(_ option: Int32, _ value: T) {
        var value = value
        // Unsafe: as above.
        _ = unsafe setsockopt(
            socket, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<T>.size))
    }

    /// Sends all bytes, or as many as are taken.
    func send(_ bytes: [UInt8]) throws -> TestClient.Sending {
        var sent = 0
        while sent < bytes.count {
            // Unsafe, here and below: the pointer is used within the closure only.
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                switch errno {
                case EAGAIN: return .blocked
                case EPIPE, ECONNRESET: return .closed
                default: throw Failure(call: "send", code: errno)
                }
            }
            sent += count
        }
        return .complete
    }

    /// Ends this side of the connection.
    func endSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Some bytes, or none at the end of the stream.
    func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(socket, $0.baseAddress, $0.count, 0)
        }
        guard count >= 0 else { throw Failure(call: "recv", code: errno) }
        return Array(buffer[..<count])
    }
}

/// Runs what blocks on a thread of its own.
func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        let thread = DispatchQueue(label: "test")
        thread.async { continuation.resume(with: Result { try body() }) }
    }
}

extension String {
    /// The number of times that `part` is in it.
    func components(of part: String) -> Int { ranges(of: part).count }
}
