import Testing

@testable import NostosServer

/// Targets as browsers, proxies and careless clients write them.
@Suite struct RequestTargetTests {
    /// Request lines without their version, and what they are: path, query, host.
    private static let targets: [(line: String, path: String, query: String, host: String)] = [
        ("GET /a|b[c]^{d}", "/a|b[c]^{d}", "", "h"),
        ("GET /\"<>\\`", "/\"<>\\`", "", "h"),
        ("GET /caf\u{e9}?\u{1F600}", "/caf\u{e9}", "\u{1F600}", "h"),
        ("GET /a?b|c[]={}", "/a", "b|c[]={}", "h"),
        ("GET http://a/b?c", "/b", "c", "a"),
        ("GET HTTP://a:1/b", "/b", "", "a:1"),
        ("GET https://[::1]:2/|", "/|", "", "[::1]:2"),
        ("POST http://a/b/c?d?e", "/b/c", "d?e", "a"),
        ("GET http://a", "", "", "a"),
        ("GET http://a?b", "", "b", "a"),
        ("OPTIONS http://a", "", "", "a"),
        ("OPTIONS *", "*", "", "h"),
        ("OPTIONS /*", "/*", "", "h"),
    ]

    @Test(arguments: targets.indices)
    func unusualTargetsAreReadForWhatTheyAre(index: Int) throws {
        let (line, path, query, host) = Self.targets[index]
        let bytes = Array("\(line) HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        guard case .request(let request) = outcome(of: bytes) else {
            Issue.record("not taken: \(line)")
            return
        }
        let read = ReadRequest(request, in: bytes)
        #expect([read.path, read.query, read.host] == [path, query, host])
        #expect(outcomeByteByByte(of: bytes) == .request(request))
        // The host of the target counts, but the field must be there all the same.
        let hostless = Array("\(line) HTTP/1.1\r\n\r\n".utf8)
        #expect(outcome(of: hostless) == .refused(.badHost))
    }

    @Test func everyByteInATargetIsTakenOrRefusedByItsKind() {
        for byte in UInt8.min...UInt8.max {
            let bytes = Array("GET /a".utf8) + [byte] + Array("b HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
            let outcome = outcome(of: bytes)
            switch byte {
            case 0x09: #expect(outcome == .refused(.badTarget))
            case UInt8(ascii: "#"): #expect(outcome == .refused(.badTarget))
            case 0x20: #expect(outcome == .refused(.badVersion))
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"): #expect(outcome == .refused(.badLineEnd))
            case 0..<0x20, 0x7F: #expect(outcome == .refused(.controlCharacter))
            default:
                guard case .request(let request) = outcome else {
                    Issue.record("not taken: \(byte)")
                    continue
                }
                #expect(request.path.count + request.query.count >= 3)
            }
        }
    }

    @Test(arguments: [
        ("PUT", Request.Method.untaken), ("PATCH", .untaken), ("DELETE", .untaken),
        ("TRACE", .untaken), ("CONNECT", .untaken), ("OPTIONS", .options), ("QUERY", .query),
        ("get", .other), ("PROPFIND", .other), ("THIRTY-TWO-LETTERS-OF-A-METHOD-N", .other),
    ])
    func methodsAreKnownByTheirExactNames(name: String, method: Request.Method) {
        let bytes = Array("\(name) / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        guard case .request(let request) = outcome(of: bytes) else {
            Issue.record("not taken")
            return
        }
        #expect(request.method == method)
    }

    @Test(arguments: [
        "Accept: a", "Accept-Encoding: a", "If-Match: a", "Origin: a", "Content-Encoding: gzip",
        "If-None-Match: a\r\nIf-None-Match: b",
    ])
    func fieldsThatNeedASecondLookLeaveATrait(field: String) {
        let traits: [String: Request.Traits] = [
            "Accept": .accept, "Accept-Encoding": .acceptEncoding, "If-Match": .ifMatch,
            "Origin": .origin, "Content-Encoding": .contentCoding,
            "If-None-Match": .severalIfNoneMatch,
        ]
        let bytes = Array("GET / HTTP/1.1\r\n\(field)\r\nHost: h\r\n\r\n".utf8)
        guard case .request(let request) = outcome(of: bytes) else {
            Issue.record("not taken")
            return
        }
        #expect(request.traits == traits[String(field.prefix { $0 != ":" })])
        #expect(String(decoding: bytes[request.fields], as: UTF8.self) == "\(field)\r\nHost: h\r\n")
    }
}
