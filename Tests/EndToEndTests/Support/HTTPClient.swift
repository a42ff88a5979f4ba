import Foundation
import Glibc
import Testing

/// A keep-alive HTTP/1.1 client on one plain socket: enough for the data plane's answers.
final class HTTPClient {
    struct Answer {
        let status: Int
        let head: String
        let body: Data

        /// The body as a JSON object.
        func object() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: Int32
    private var received: [UInt8] = []

    init(_ url: String) throws {
        let port = try #require(UInt16(url.split(separator: ":").last ?? ""))
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, size)
            }
        }
        try #require(result == 0, "connect to \(url)")
    }

    deinit { Glibc.close(socket) }

    func get(_ path: String) throws -> Answer {
        try send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
    }

    func post(_ path: String, _ body: Data) throws -> Answer {
        let head =
            "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        return try send(head + String(decoding: body, as: UTF8.self))
    }

    private func send(_ request: String) throws -> Answer {
        var rest = Array(request.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            #expect(count > 0, "send")
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        return try receive()
    }

    private func receive() throws -> Answer {
        let end = Array("\r\n\r\n".utf8)
        var headEnd = Self.find(end, in: received)
        while headEnd == nil {
            try fill()
            headEnd = Self.find(end, in: received)
        }
        let head = String(decoding: received[..<(headEnd ?? 0)], as: UTF8.self)
        received.removeFirst((headEnd ?? 0) + end.count)
        let lines = head.components(separatedBy: "\r\n")
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
        let size = try #require(
            Int(
                length?.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)
                    ?? ""))
        while received.count < size { try fill() }
        let body = Data(received[..<size])
        received.removeFirst(size)
        let status = try #require(Int(lines[0].split(separator: " ")[1]))
        return Answer(status: status, head: head, body: body)
    }

    private func fill() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(socket, $0.baseAddress, $0.count, 0)
        }
        try #require(count > 0, "the server closed the connection")
        received += buffer[..<count]
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (0...(bytes.count - pattern.count)).first { start in
            bytes[start..<start + pattern.count].elementsEqual(pattern)
        }
    }
}
