import Testing

@testable import NostosServer

@Suite struct RequestParserTests {
    /// Good requests, and what they are.
    static let good: [(text: String, expected: @Sendable (inout ReadRequest) -> Void)] = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", { _ in }),
        ("GET / HTTP/1.1\r\nhost:a\r\n\r\n", { _ in }),
        ("GET / HTTP/1.1\r\nHOST:\t a:80 \t\r\n\r\n", { $0.host = "a:80" }),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", { $0.host = "" }),
        ("GET / HTTP/1.1\r\nHost: [::1]:7480\r\n\r\n", { $0.host = "[::1]:7480" }),
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", { _ in }),
        ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", { $0.method = .head }),
        ("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", { $0.method = .untaken }),
        ("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", { $0.method = .options }),
        ("get / HTTP/1.1\r\nHost: a\r\n\r\n", { $0.method = .other }),
        ("M-SEARCH!#$%&'* / HTTP/1.1\r\nHost: a\r\n\r\n", { $0.method = .other }),
        (
            "GET /a/b%2F?c=d HTTP/1.1\r\nHost: a\r\n\r\n",
            {
                $0.path = "/a/b%2F"; $0.query = "c=d"
            }
        ),
        ("GET /? HTTP/1.1\r\nHost: a\r\n\r\n", { _ in }),
        ("GET /?a?b HTTP/1.1\r\nHost: a\r\n\r\n", { $0.query = "a?b" }),
        ("GET //a HTTP/1.1\r\nHost: a\r\n\r\n", { $0.path = "//a" }),
        ("GET /-._~!$&'()*+,;=:@ HTTP/1.1\r\nHost: a\r\n\r\n", { $0.path = "/-._~!$&'()*+,;=:@" }),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", { $0.path = "/%zz" }),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", { $0.keepsAlive = false }),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nconnection: x ,\tCLOSE , y\r\n\r\n",
            { $0.keepsAlive = false }
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, closed\r\n\r\n", { _ in }),
        (
            "GET / HTTP/1.1\r\nConnection: close\r\nConnection: te\r\nHost: a\r\n\r\n",
            { $0.keepsAlive = false }
        ),
        (
            "GET / HTTP/1.0\r\n\r\n",
            {
                $0.keepsAlive = false; $0.host = ""
            }
        ),
        ("GET / HTTP/1.0\r\nHost: a\r\nConnection: x, Keep-Alive\r\n\r\n", { _ in }),
        (
            "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n",
            { $0.keepsAlive = false }
        ),
        ("GET / HTTP/1.0\r\nHost: a\r\nExpect: the worst\r\n\r\n", { $0.keepsAlive = false }),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\", W/\"y\"\r\n\r\n",
            { $0.ifNoneMatch = "\"x\", W/\"y\"" }
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nAccept: b/c\r\nAccept: d/e\r\n\r\n",
            { $0.traits = .accept }
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{e9}\tb  c\r\n\r\n", { _ in }),
        ("GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY: :\r\n\r\n", { _ in }),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", { _ in }),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na\nb",
            { $0.body = "a\nb" }
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: t/u\r\nContent-Length: 002\r\n\r\n{}",
            {
                $0.method = .post; $0.body = "{}"
            }
        ),
        (
            "QUERY / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length:2\r\n\r\n[]",
            {
                $0.method = .query; $0.body = "[]"
            }
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", { $0.method = .post }),
        (
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n",
            {
                $0.path = "/1"; $0.rest = "GET /2 HTTP/1.1\r\n"
            }
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxy\0\n",
            {
                $0.method = .post; $0.body = "x"; $0.rest = "y\0\n"
            }
        ),
        // Limits: the last that is taken.
        (
            "GET /\(String(repeating: "a", count: RequestParser.maxTargetSize - 1)) HTTP/1.1\r\n"
                + "Host: a\r\n\r\n",
            { $0.path = "/" + String(repeating: "a", count: RequestParser.maxTargetSize - 1) }
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X:y\r\n", count: 99))\r\n", { _ in }
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX:"
                + String(repeating: "y", count: RequestParser.maxFieldsSize - 15) + "\r\n\r\n",
            { _ in }
        ),
    ]

    /// Bad requests, and why they are refused.
    static let bad: [(text: String, refusal: Refusal)] = [
        ("GET / HTTP/1.1\nHost: a\n\n", .badLineEnd),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", .badLineEnd),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", .badLineEnd),
        ("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", .badLineEnd),
        ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", .badLineEnd),
        ("\n", .badLineEnd),
        ("\u{16}\u{3}\u{1}", .controlCharacter),
        ("GET /\0 HTTP/1.1\r\n", .controlCharacter),
        ("GET / HTTP/1.1\r\nHost: a\0\r\n", .controlCharacter),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{7f}", .controlCharacter),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\u{1}: b", .controlCharacter),
        ("\r\n\r\n", .badRequestLine),
        ("GET\r\n", .badRequestLine),
        ("GET /\r\n", .badRequestLine),
        ("GET  / HTTP/1.1\r\n", .badRequestLine),
        (" GET / HTTP/1.1\r\n", .badRequestLine),
        ("G\tT / HTTP/1.1\r\n", .badRequestLine),
        ("G(T / HTTP/1.1\r\n", .badRequestLine),
        ("G\u{e9}T / HTTP/1.1\r\n", .badRequestLine),
        ("THIRTY-THREE-LETTERS-OF-METHOD-NAME / HTTP/1.1\r\n", .unknownMethod),
        ("CONNECT a:80 HTTP/1.1\r\n", .connect),
        ("GET a HTTP/1.1\r\n", .badTarget),
        ("GET a:80 HTTP/1.1\r\n", .badTarget),
        ("GET * HTTP/1.1\r\n", .badTarget),
        ("OPTIONS ** HTTP/1.1\r\n", .badTarget),
        ("OPTIONS */ HTTP/1.1\r\n", .badTarget),
        ("GET ftp://a/ HTTP/1.1\r\n", .badTarget),
        ("GET http:/a HTTP/1.1\r\n", .badTarget),
        ("GET http:///a HTTP/1.1\r\n", .badTarget),
        ("GET http://u@a/ HTTP/1.1\r\n", .badTarget),
        ("GET http://a\\b/ HTTP/1.1\r\n", .badTarget),
        ("GET http://a#b HTTP/1.1\r\n", .badTarget),
        ("GET http://a/#b HTTP/1.1\r\n", .badTarget),
        ("GET http:// HTTP/1.1\r\n", .badTarget),
        ("GET /#a HTTP/1.1\r\n", .badTarget),
        ("GET /a\tb HTTP/1.1\r\n", .badTarget),
        ("GET http://a/\tb HTTP/1.1\r\n", .badTarget),
        ("GET /?a#b HTTP/1.1\r\n", .badTarget),
        ("GET / HTTP/1.2\r\n", .otherVersion),
        ("GET / HTTP/2.0\r\n", .otherVersion),
        ("PRI * HTTP/2.0\r\n\r\n", .otherVersion),
        ("GET / HTTP/1.10\r\n", .badVersion),
        ("GET / HTTP/1,1\r\n", .badVersion),
        ("GET / HTTP/a.1\r\n", .badVersion),
        ("GET / HTTP/1.1 \r\n", .badVersion),
        ("GET /  HTTP/1.1\r\n", .badVersion),
        ("GET / \r\n", .badVersion),
        ("GET / http/1.1\r\n", .badVersion),
        ("GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nHost\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\n: a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nH(st: a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nH\u{e9}: a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\n\r\n", .badHost),
        ("GET / HTTP/1.1\r\nHosts: a\r\n\r\n", .badHost),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .badHost),
        ("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", .badHost),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .badHost),
        ("GET / HTTP/1.1\r\nHost: a,b\r\nHost: c\r\n\r\n", .badHost),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badHost),
        ("GET / HTTP/1.1\r\nHost: u@b\r\n\r\n", .badHost),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1,1\r\n\r\n", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1.0\r\n\r\n", .badContentLength),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            .badContentLength
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\n",
            .badContentLength
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:\txchunked\r\nContent-Length: 1\r\n",
            .transferEncoding
        ),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: identity\r\n\r\n", .transferEncoding),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", .badExpectation),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\n\r\n", .badExpectation),
        // Limits: the first that is not taken.
        (
            "GET /\(String(repeating: "a", count: RequestParser.maxTargetSize)) HTTP/1.1\r\n",
            .targetTooLong
        ),
        (String(repeating: "a", count: RequestParser.maxTargetSize + 44), .targetTooLong),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X:y\r\n", count: 100))\r\n",
            .fieldsTooLarge
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX:"
                + String(repeating: "y", count: RequestParser.maxFieldsSize - 14) + "\r\n\r\n",
            .fieldsTooLarge
        ),
        (
            "GET / HTTP/1.1\r\n" + String(repeating: "y", count: RequestParser.maxFieldsSize),
            .fieldsTooLarge
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(RequestParser.maxBodySize + 1)\r\n\r\n",
            .bodyTooLarge
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            .bodyTooLarge
        ),
    ]

    @Test(arguments: good.indices)
    func takesWhatIsGood(index: Int) throws {
        let bytes = Array(Self.good[index].text.utf8)
        var expected = ReadRequest()
        Self.good[index].expected(&expected)
        guard case .request(let request) = outcome(of: bytes) else {
            Issue.record("not taken: \(Self.good[index].text.prefix(200))")
            return
        }
        #expect(ReadRequest(request, in: bytes) == expected)
    }

    @Test(arguments: bad.indices)
    func refusesWhatIsBad(index: Int) {
        let (text, refusal) = Self.bad[index]
        #expect(outcome(of: Array(text.utf8)) == .refused(refusal), "\(text.prefix(200))")
    }

    @Test func everyRefusalHasItsRequest() {
        let refusals = Self.bad.map(\.refusal) + Self.badChunks.map(\.refusal)
        #expect(Set(refusals) == Set(Refusal.allCases))
    }

    @Test func asksForTheContentOnceWhenTheClientWaits() {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
        let bytes = Array(text.utf8)
        var parser = RequestParser()
        #expect(parser.parse(bytes.span) == .awaitsContinue)
        #expect(parser.isInBody)
        #expect(parser.parse(bytes.span) == .incomplete)
        guard case .request(let request) = parser.parse((bytes + [0x78]).span) else {
            Issue.record("not taken")
            return
        }
        #expect(request.size == bytes.count + 1)
        #expect(!parser.isInBody)
        // Once a part of the content is there, nobody waits any more.
        let longer = Array(text.replacing("Length: 1", with: "Length: 2").utf8)
        #expect(parser.parse((longer + [0x78]).span) == .incomplete)
    }

    @Test func theLargestBodyIsTaken() {
        let size = RequestParser.maxBodySize
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n"
        let bytes = Array(head.utf8) + Array(repeating: 0, count: size)
        #expect(outcome(of: Array(bytes.dropLast())) == .incomplete)
        guard case .request(let request) = outcome(of: bytes) else {
            Issue.record("not taken")
            return
        }
        #expect(request.body == head.utf8.count..<bytes.count)
    }
}
