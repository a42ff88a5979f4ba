import Testing

@testable import NostosServer

/// Requests of which one server could make another thing than the next (RFC 9112 §11.2), in the
/// forms under which they were found in well-known servers: none is taken.
extension RequestParserTests {
    private static let body = "\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n"

    static let smuggled: [String] = lengths + encodings + lines

    private static let lengths = [
        "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5, 5", "Content-Length: 5,6", "Content-Length: +5", "Content-Length: -5",
        "Content-Length: 0x5", "Content-Length: 5 5", "Content-Length: 5.0", "Content-Length: 5;",
        "Content-Length: ", "Content-Length:", "Content-Length: \u{0661}", "Content-Length : 5",
        "Content-Length\t: 5", " Content-Length: 5", "\tContent-Length: 5",
        "Content-Length: 5\u{b}",
        "Content-Length: \u{c}5", "Content-Length\0: 5", "Content-Length: 5\0", "Content-Length",
        "X: y\r\n Content-Length: 5", "X: y\r\n\tContent-Length: 5", ": 5", "Content Length: 5",
        "\u{a0}Content-Length: 5", "\"Content-Length\": 5", "Content-Length: \"5\"",
        "Content-Length: 18446744073709551621", "Content-Length: 4294967301",
    ].map { "POST / HTTP/1.1\r\nHost: a\r\n\($0)\(body)" }

    private static let encodings = [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5", "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding:",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: \"chunked\"",
        "tRANSFER-eNCODING: x",
        "Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked",
        " Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x", "Transfer-Encoding:\u{b}chunked",
        "Transfer-Encoding: chunked\0", "X: y\r\n Transfer-Encoding: chunked",
        "Transfer-Encoding\0: chunked", "Transfer\u{7f}Encoding: x",
        "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked,",
        "Transfer-Encoding: ,chunked", "Transfer-Encoding: chunked;a=b",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: chunked chunked", "Transfer-Encoding: gzip",
        "Content-Length: 0\r\nTransfer-Encoding: chunked",
    ].map { "POST / HTTP/1.1\r\nHost: a\r\n\($0)\(body)" }

    private static let lines = [
        "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\nContent-Length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
        "GET / HTTP/1.1\rHost: a\r\r", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET / x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET / HTTP/0.9\r\nHost: a\r\n\r\n", "GET / HTTP/01.1\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1x\r\nHost: a\r\n\r\n",
        "GET /\r\n\r\n", "GET / \r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\0\u{1}",
    ]

    @Test(arguments: smuggled.indices)
    func refusesWhatCouldBeSmuggled(index: Int) {
        let text = Self.smuggled[index]
        guard case .refused = outcome(of: Array(text.utf8)) else {
            Issue.record("not refused: \(text.debugDescription)")
            return
        }
    }
}
