import TestSupport
import Testing

@testable import NostosServer

/// A request with its parts as text, for comparing by eye.
struct ReadRequest: Equatable {
    var method = Request.Method.get
    var path = "/"
    var query = ""
    var host = "a"
    var ifNoneMatch = ""
    var traits: Request.Traits = []
    var body = ""
    var keepsAlive = true
    /// The bytes after the request.
    var rest = ""

    init() {}

    init(_ request: Request, in bytes: [UInt8]) {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        method = request.method
        path = text(request.path)
        query = text(request.query)
        host = text(request.host)
        ifNoneMatch = text(request.ifNoneMatch)
        traits = request.traits
        let (joined, content) = request.decoded(in: bytes.span)
        let isChunked = request.traits.contains(.chunked)
        body =
            isChunked ? String(decoding: content[joined.body], as: UTF8.self) : text(request.body)
        keepsAlive = request.keepsAlive
        rest = text(request.size..<bytes.count)
    }
}

/// The outcome of a parser for bytes that come whole.
func outcome(of bytes: [UInt8]) -> RequestParser.Outcome {
    var parser = RequestParser()
    return settled { parser.parse(bytes.span) }
}

/// The outcome of a parser for bytes of which the first `split` come first.
func outcome(of bytes: [UInt8], split: Int) -> RequestParser.Outcome {
    var parser = RequestParser()
    let first = settled { parser.parse(bytes.span.extracting(..<split)) }
    return first == .incomplete ? settled { parser.parse(bytes.span) } : first
}

/// The outcome of a parser for bytes that come one by one.
func outcomeByteByByte(of bytes: [UInt8]) -> RequestParser.Outcome {
    var parser = RequestParser()
    for count in 0...bytes.count {
        let outcome = settled { parser.parse(bytes.span.extracting(..<count)) }
        if outcome != .incomplete { return outcome }
    }
    return .incomplete
}

/// `awaitsContinue` depends on when bytes come, and is said once.
private func settled(_ parse: () -> RequestParser.Outcome) -> RequestParser.Outcome {
    let outcome = parse()
    guard outcome == .awaitsContinue else { return outcome }
    let again = parse()
    #expect(again != .awaitsContinue)
    return again
}

enum RequestMutation {
    /// The bytes with one to four changed, taken out or put in.
    static func mutated(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        let marks = Array("\r\n :;\t/?%,\0\u{7f}A10".utf8) + [0xFF]
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            let byte = marks.randomElement(using: &random) ?? 0
            switch UInt8.random(in: 0..<3, using: &random) {
            case 0: bytes[index] = byte
            case 1: bytes.remove(at: index)
            default: bytes.insert(byte, at: index)
            }
        }
        return bytes
    }
}
