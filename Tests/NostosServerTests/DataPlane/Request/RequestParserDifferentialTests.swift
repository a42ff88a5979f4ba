import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing

@testable import NostosServer

/// Each text that we accept, SwiftNIO's decoder (llhttp) reads in the same way or refuses: no
/// request of ours can be a different one, or two, to another server in front of us.
///
/// The reverse does not hold: we refuse more. What it refuses of ours are tabs around a length.
@Suite struct RequestParserDifferentialTests {
    private static let texts =
        RequestParserTests.good.map(\.text) + RequestParserTests.bad.map(\.text)
        + RequestParserTests.chunked.map(\.text) + RequestParserTests.badChunks.map(\.text)

    @Test func everyExampleIsReadAlike() {
        let compared = Self.texts.count { compare(Array($0.utf8)) }
        #expect(compared > 20)
    }

    /// Examples, pairs of them one behind the other, and some with bytes changed.
    @Test(arguments: UInt64(0)..<32)
    func mutationsAndPairsAreReadAlike(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let short = Self.texts.filter { $0.utf8.count < 200 }
        for _ in 0..<300 {
            guard let first = short.randomElement(using: &random),
                let second = RequestParserTests.smuggled.randomElement(using: &random)
            else { return }
            var bytes = Array(Bool.random(using: &random) ? first.utf8 : second.utf8)
            if Bool.random(using: &random) { bytes += Array(first.utf8) }
            _ = compare(RequestMutation.mutated(bytes, using: &random))
        }
    }

    /// Every string of up to five bytes in the places where peers are known to differ.
    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a", "\r\n\r\n"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length", "2\r\n\r\n{}"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2",
            "\r\n\r\n{}GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
        ("GET /", "HTTP/1.1\r\nHost: a\r\n\r\n"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1",
            "x\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx",
            "0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0",
            "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
    ])
    func everyShortInsertionIsReadAlike(before: String, after: String) {
        let alphabet = Array("\r\n :\t,1".utf8)
        var compared = 0
        for size in 0...4 {
            for code in 0..<Self.power(alphabet.count, size) {
                var rest = code
                let inserted = (0..<size).map { _ in
                    defer { rest /= alphabet.count }
                    return alphabet[rest % alphabet.count]
                }
                compared += compare(Array(before.utf8) + inserted + Array(after.utf8)) ? 1 : 0
            }
        }
        #expect(compared > 0)
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    /// True when both took the request.
    private func compare(_ bytes: [UInt8]) -> Bool {
        // llhttp knows methods by name only.
        guard case .request(let request) = outcome(of: bytes),
            ![.other, .untaken].contains(request.method), request.path.lowerBound > 0,
            bytes[request.path.lowerBound - 1] == UInt8(ascii: " ")
        else { return false }
        let ours = ReadRequest(request, in: bytes)
        let theirs = NIORequest(Array(bytes[..<request.size]))
        guard theirs.error == nil else { return false }
        let text = String(decoding: bytes, as: UTF8.self).debugDescription
        let target = ours.path + (bytes[request.path.upperBound] == UInt8(ascii: "?") ? "?" : "")
        #expect(theirs.count == 1, "\(text)")
        #expect(theirs.uri == target + ours.query, "\(text)")
        #expect(theirs.method == "\(request.method)".uppercased(), "\(text)")
        #expect(String(decoding: theirs.body, as: UTF8.self) == ours.body, "\(text)")
        #expect(theirs.hosts <= 1, "\(text)")
        return true
    }
}

/// The request that SwiftNIO's decoder reads from bytes.
private struct NIORequest {
    var method = ""
    var uri = ""
    var body: [UInt8] = []
    var hosts = 0
    /// Requests that were read to their ends.
    var count = 0
    var error: (any Error)?

    init(_ bytes: [UInt8]) {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do {
            try channel.pipeline.syncOperations.addHandler(
                ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) { add(part) }
        } catch {
            self.error = error
        }
    }

    private mutating func add(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            (method, uri) = (head.method.rawValue, head.uri)
            hosts = head.headers["host"].count
        case .body(let buffer): body += Array(buffer.readableBytesView)
        case .end: count += 1
        }
    }
}
