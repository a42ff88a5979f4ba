import TestSupport
import Testing

@testable import NostosServer

/// Chunked contents: taken by hand, refused by hand, and held against a plain model.
extension RequestParserTests {
    private static let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// Good chunked contents, and what they are.
    static let chunked: [(text: String, body: String, rest: String)] = [
        (head + "0\r\n\r\n", "", ""),
        (head + "2\r\n{}\r\n0\r\n\r\n", "{}", ""),
        (head + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\nGET", "{}", "GET"),
        (head + "a\r\n0123456789\r\nA\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij", ""),
        (head + "0002\r\n\r\n\r\n000\r\n\r\n", "\r\n", ""),
        (head + "2;a\r\nxy\r\n0;b=c\r\n\r\n", "xy", ""),
        (head + "2 ; a = \"b;c\" \r\nxy\r\n0\r\n\r\n", "xy", ""),
        (head + "1\r\n0\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\nz", "0", "z"),
        (head + "0\r\nTransfer-Encoding: x\r\nHost: b\r\n\r\n", "", ""),
        (head.replacing(": chunked", with: ":\tCHUNKED ") + "1\r\nx\r\n0\r\n\r\n", "x", ""),
        (head.replacing("POST", with: "GET") + "1\r\nx\r\n0\r\n\r\n", "x", ""),
    ]

    /// Bad ones, and why they are refused.
    static let badChunks: [(text: String, refusal: Refusal)] =
        [
            ("\r\n", Refusal.badChunk), ("x\r\n", .badChunk), ("-1\r\n", .badChunk),
            ("+1\r\n", .badChunk), ("0x1\r\n", .badChunk), (" 1\r\n", .badChunk),
            ("1 \r\n", .badChunk), ("1\t\r\n", .badChunk), ("1 2\r\n", .badChunk),
            ("1,\r\n", .badChunk), (";a\r\n", .badChunk), ("1.\r\n", .badChunk),
            ("1\n", .badLineEnd), ("1\rx", .badLineEnd), ("1;\0\r\n", .controlCharacter),
            ("1\r\nxyz", .badChunk), ("1\r\nx\n", .badLineEnd), ("1\r\nxy\r\n", .badChunk),
            ("1\r\nx\ry", .badLineEnd), ("0\r\nx\r\n", .badChunk), ("0\r\n: x\r\n", .badChunk),
            ("0\r\n x: y\r\n", .badChunk), ("0\r\nx : y\r\n", .badChunk),
            ("0\r\nx: y\n", .badLineEnd), ("0\r\nx: \0\r\n", .controlCharacter),
            ("100001\r\n", .bodyTooLarge), ("fffffffffffffffffffff\r\n", .bodyTooLarge),
            ("1;" + String(repeating: "a", count: 1022), .badChunk),
            ("0\r\n" + String(repeating: "X:y\r\n", count: 101), .fieldsTooLarge),
            (
                "0\r\nX:" + String(repeating: "y", count: RequestParser.maxFieldsSize),
                .fieldsTooLarge
            ),
        ].map { (head + $0.0, $0.1) }
        + [
            (head.replacing("1.1", with: "1.0") + "0\r\n\r\n", .transferEncoding),
            (head.replacing("Host", with: "Content-Length: 5\r\nHost"), .twoLengths),
            (head.replacing("\r\n\r\n", with: "\r\nContent-Length: 0\r\n\r\n"), .twoLengths),
            (head.replacing("chunked", with: "gzip, chunked"), .unknownCoding),
            (head.replacing("chunked", with: "gzip;x=y , Chunked"), .unknownCoding),
            (head.replacing("chunked", with: "chunked, chunked"), .transferEncoding),
            (head.replacing("chunked", with: "chunked, gzip"), .transferEncoding),
        ]

    @Test(arguments: chunked.indices)
    func chunksAreJoined(index: Int) {
        let (text, body, rest) = Self.chunked[index]
        let bytes = Array(text.utf8)
        guard case .request(let request) = outcome(of: bytes) else {
            Issue.record("not taken: \(text.debugDescription)")
            return
        }
        let read = ReadRequest(request, in: bytes)
        #expect(read.body == body)
        #expect(read.rest == rest)
        #expect(request.traits.contains(.chunked))
        let (joined, copy) = request.decoded(in: bytes.span)
        #expect(joined.body.upperBound == copy.count && joined.size == request.size)
        #expect(copy[joined.path] == bytes[request.path])
    }

    @Test(arguments: badChunks.indices)
    func badChunksAreRefused(index: Int) {
        let (text, refusal) = Self.badChunks[index]
        #expect(outcome(of: Array(text.utf8)) == .refused(refusal), "\(text.debugDescription)")
    }

    @Test func aClientThatWaitsBeforeItsChunksIsAskedForThemOnce() {
        let bytes = Array(Self.head.replacing("Host", with: "Expect: 100-continue\r\nHost").utf8)
        var parser = RequestParser()
        #expect(parser.parse(bytes.span) == .awaitsContinue)
        #expect(parser.isInBody)
        #expect(parser.parse(bytes.span) == .incomplete)
        #expect(parser.parse((bytes + Array("1\r\nx".utf8)).span) == .incomplete)
        guard case .request = parser.parse((bytes + Array("1\r\nx\r\n0\r\n\r\n".utf8)).span) else {
            Issue.record("not taken")
            return
        }
    }

    @Test func theLargestChunkedContentIsTakenAndOneByteMoreIsNot() {
        let size = RequestParser.maxBodySize
        let whole =
            Array("\(String(size, radix: 16))\r\n".utf8) + Array(repeating: 0x78, count: size)
        let end = Array("\r\n0\r\n\r\n".utf8)
        guard case .request(let request) = outcome(of: Array(Self.head.utf8) + whole + end) else {
            Issue.record("not taken")
            return
        }
        let bytes = Array(Self.head.utf8) + whole + end
        #expect(request.decoded(in: bytes.span).request.body.count == size)
        let more = Array(Self.head.utf8) + whole + Array("\r\n1\r\n".utf8)
        #expect(outcome(of: more) == .refused(.bodyTooLarge))
    }

    @Test func contentThatIsMostlyFramingIsTooLarge() {
        let line = "1;" + String(repeating: "a", count: 1000) + "\r\nx\r\n"
        let many = String(repeating: line, count: RequestParser.maxFramingSize / 1000)
        #expect(outcome(of: Array((Self.head + many).utf8)) == .refused(.bodyTooLarge))
    }

    /// 6⁰ + … + 6⁶ = 55,987 contents, against a model that knows nothing of how bytes come.
    @Test func everyShortContentIsReadAsTheModelReadsIt() {
        let alphabet = Array("01;\r\nx".utf8)
        let head = Array(Self.head.utf8)
        var taken = 0
        for size in 0...6 {
            for code in 0..<(0..<size).reduce(1, { product, _ in product * alphabet.count }) {
                var rest = code
                let content = (0..<size).map { _ in
                    defer { rest /= alphabet.count }
                    return alphabet[rest % alphabet.count]
                }
                let bytes = head + content
                let found = outcome(of: bytes)
                if size <= 4 { #expect(outcomeByteByByte(of: bytes) == found, "\(content)") }
                switch (ChunkModel.read(content), found) {
                case (.whole(let body, let used), .request(let request)):
                    taken += 1
                    let (joined, copy) = request.decoded(in: bytes.span)
                    #expect(Array(copy[joined.body]) == body && request.size == head.count + used)
                case (.open, .incomplete), (.bad, .refused): break
                case (let expected, _): Issue.record("\(content): \(expected), but \(found)")
                }
            }
        }
        #expect(taken > 5)
    }
}

/// Chunked contents read in the dullest way.
private enum ChunkModel {
    enum Reading {
        case whole([UInt8], used: Int)
        case open, bad
    }

    static func read(_ content: [UInt8]) -> Reading {
        var rest = content[...]
        var body: [UInt8] = []
        while true {
            switch line(&rest) {
            case .none: return .open
            case .some(nil): return .bad
            case .some(.some(let line)):
                let digits = line.prefix { $0 == 0x30 || $0 == 0x31 }
                guard !digits.isEmpty, digits.count == line.count || line[digits.endIndex] == 0x3B,
                    let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return .bad }
                guard size > 0 else { return trailers(rest, body, content.count) }
                guard rest.count >= size else { return .open }
                body += rest.prefix(size)
                rest = rest.dropFirst(size)
                let end = rest.prefix(2)
                guard
                    [UInt8](end) == Array("\r\n".utf8.prefix(end.count))
                        || end.count == 1 && isText(end)
                else { return .bad }
                guard end.count == 2 else { return .open }
                rest = rest.dropFirst(2)
            }
        }
    }

    private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 != 0x0D && $0 != 0x0A }
    }

    private static func trailers(
        _ rest: ArraySlice<UInt8>, _ body: [UInt8], _ count: Int
    ) -> Reading {
        var rest = rest
        switch line(&rest) {
        case .none: return .open
        // No colon is in the alphabet, so that no trailer field is good.
        case .some(let line):
            return line?.isEmpty == true ? .whole(body, used: count - rest.count) : .bad
        }
    }

    /// The next line; nil inside where its end is a bad one, and nil where there is none yet.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>?? {
        guard let end = rest.firstIndex(where: { $0 == 0x0D || $0 == 0x0A }) else {
            return .none
        }
        guard rest[end] == 0x0D else { return .some(nil) }
        guard end + 1 < rest.endIndex else { return .none }
        guard rest[end + 1] == 0x0A else { return .some(nil) }
        defer { rest = rest[(end + 2)...] }
        return rest[rest.startIndex..<end]
    }
}
