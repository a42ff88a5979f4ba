import TestSupport
import Testing

@testable import NostosServer

/// A request that is read by comparing is what the parser reads.
@Suite struct KnownHeadsTests {
    private static let texts = [
        "GET /v1/jobs/a/keys/12?fields=b,c HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/jobs/a/keys/12 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/jobs/a/keys/12? HTTP/1.1\r\nHost: a\r\nAccept: x\r\n\r\n",
        "GET /v1/jobs/a/keys/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /1 HTTP/1.1\r\nhost:a\r\nIf-None-Match: \"x\"\r\nAccept: y\r\n\r\n",
        "GET /a/b%2F?/c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /1 HTTP/1.0\r\nContent-Type: z\r\nContent-Length: 0\r\n\r\n",
        "GET /1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nIf-None-Match:\r\n\r\n",
    ]

    @Test func aRequestOfAnotherKeyIsReadByComparing() throws {
        for text in Self.texts {
            for key in ["7", "12", "12345", "caf%C3%A9", "42,en"] {
                let bytes = Array(Self.replacingKey(text, with: key).utf8) + Array("GET".utf8)
                let read = try #require(Self.known(text, bytes))
                #expect(read.likeness == 1)
                #expect(String(decoding: bytes[read.segment], as: UTF8.self) == key)
                #expect(Self.isParsed(read, bytes), "\(text) with \(key)")
            }
        }
    }

    @Test func whatDiffersElsewhereIsLeftToTheParser() {
        let text = Self.texts[0]
        for other in [
            "GET /v1/jobs/b/keys/12?fields=b,c HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/jobs/a/keys/12?fields=b,d HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/jobs/a/keys/12?fields=b,c HTTP/1.1\r\nHost: b\r\n\r\n",
            "GET /v1/jobs/a/keys/1/2?fields=b,c HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/jobs/a/keys/1\u{0}2?fields=b,c HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/jobs/a/keys/12?fields=b,c HTTP/1.1\r\nHost: a\r\n",
            "POST /v1/jobs/a/keys/12?fields=b,c HTTP/1.1\r\nHost: a\r\n\r\n",
        ] { #expect(Self.known(text, Array(other.utf8)) == nil, "\(other)") }
    }

    /// The target's limit holds for every key.
    @Test func aKeyThatMakesTheTargetTooLongIsLeftToTheParser() {
        for text in [Self.texts[0], Self.texts[2]] {
            for size in 8100...8200 {
                let key = String(repeating: "1", count: size)
                let bytes = Array(Self.replacingKey(text, with: key).utf8)
                var isTaken = false
                if case .request = outcome(of: bytes) { isTaken = true }
                #expect((Self.known(text, bytes) != nil) == isTaken, "\(size)")
            }
        }
    }

    /// Whatever bytes come: what is read by comparing is what the parser reads.
    @Test(arguments: UInt64(0)..<16)
    func mutationsAreReadAsTheParserReadsThem(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var count = 0
        for _ in 0..<2000 {
            guard let text = Self.texts.randomElement(using: &random) else { return }
            let bytes = RequestMutation.mutated(Array(text.utf8), using: &random)
            guard let read = Self.known(text, bytes) else { continue }
            count += 1
            #expect(Self.isParsed(read, bytes), "\(text) as \(bytes)")
        }
        #expect(count > 0)
    }

    @Test func theOldestHeadGoesAndLongOnesAndContentsAreNotKept() {
        var heads = KnownHeads()
        func bytes(_ host: Int) -> [UInt8] {
            Array("GET /1 HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8)
        }
        func note(_ bytes: [UInt8]) -> KnownHeads.Habit {
            var habit = KnownHeads.Habit()
            if case .request(let request) = outcome(of: bytes) {
                heads.note(request, in: bytes.span, &habit)
            }
            return habit
        }
        let first = note(bytes(100))
        for host in 101..<100 + KnownHeads.maxCount { _ = note(bytes(host)) }
        #expect(heads.request(bytes(100).span, first)?.likeness == 1)
        // Once more: it is there already.
        #expect(heads.request(bytes(105).span, note(bytes(105)))?.likeness == 6)
        let last = note(bytes(200))
        #expect(heads.request(bytes(200).span, last)?.likeness == KnownHeads.maxCount + 1)
        #expect(heads.request(bytes(100).span, first) == nil)
        let long = Array(
            ("GET /1 HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 2048)
                + "\r\n\r\n").utf8)
        #expect(heads.request(long.span, note(long)) == nil)
        let content = Array("GET /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".utf8)
        #expect(heads.request(content.span, note(content)) == nil)
    }

    private static func replacingKey(_ text: String, with key: String) -> String {
        let line = text.split(separator: "\r\n", maxSplits: 1)[0]
        let target = line.split(separator: " ")[1]
        let path = target.split(separator: "?", omittingEmptySubsequences: false)[0]
        let head = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return text.prefix(while: { $0 != "/" }) + head + key + text[path.endIndex...]
    }

    /// The request read from `bytes` where `text` was read before.
    private static func known(_ text: String, _ bytes: [UInt8]) -> Request? {
        var (heads, habit) = (KnownHeads(), KnownHeads.Habit())
        let first = Array(text.utf8)
        guard case .request(let request) = outcome(of: first) else { return nil }
        heads.note(request, in: first.span, &habit)
        return heads.request(bytes.span, habit)
    }

    private static func isParsed(_ read: Request, _ bytes: [UInt8]) -> Bool {
        var read = read
        (read.likeness, read.segment) = (0, 0..<0)
        return outcome(of: bytes) == .request(read)
    }
}
