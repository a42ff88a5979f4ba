import Glibc
import TestSupport

@testable import Nostos
@testable import NostosServer

/// The entry point of libFuzzer for each input: bytes of a client go through the parser and, where
/// they are requests, through the responder.
///
/// The first byte says where the bytes are split. However they are split, the parser must say the
/// same, and each answer must be whole. Anything else ends the process, which is what libFuzzer
/// looks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let split = input.first else { return 0 }
    var bytes = Array(input.dropFirst())
    while !bytes.isEmpty {
        let whole = outcome(bytes, first: bytes.count)
        precondition(outcome(bytes, first: Int(split) % (bytes.count + 1)) == whole)
        if bytes.count < 256 { precondition(outcomeByteByByte(bytes) == whole) }
        guard case .request(let request) = whole else { return 0 }
        check(request, bytes)
        checkLikeOnes(request, bytes, split)
        if request.traits.contains(.chunked) {
            let (joined, copy) = request.decoded(in: bytes.span)
            unsafe FuzzStore.answer(joined, copy)
        } else {
            unsafe FuzzStore.answer(request, bytes)
        }
        bytes.removeFirst(request.size)
    }
    return 0
}

/// The outcome of the parser when the first bytes come alone.
private func outcome(_ bytes: [UInt8], first: Int) -> RequestParser.Outcome {
    var parser = RequestParser()
    var outcome = parser.parse(bytes.span.extracting(..<first))
    if outcome == .awaitsContinue { outcome = .incomplete }
    guard outcome == .incomplete else { return outcome }
    outcome = parser.parse(bytes.span)
    return outcome == .awaitsContinue ? .incomplete : outcome
}

private func outcomeByteByByte(_ bytes: [UInt8]) -> RequestParser.Outcome {
    var parser = RequestParser()
    for count in 0...bytes.count {
        let outcome = parser.parse(bytes.span.extracting(..<count))
        if outcome != .incomplete, outcome != .awaitsContinue { return outcome }
    }
    return .incomplete
}

private func check(_ request: Request, _ bytes: [UInt8]) {
    precondition((1...bytes.count).contains(request.size))
    precondition(request.body.upperBound == request.size)
    for range in [
        request.path, request.query, request.ifNoneMatch, request.authorization, request.host,
        request.fields,
    ] {
        precondition(range.upperBound <= request.body.lowerBound)
    }
    guard request.traits.contains(.chunked) else { return }
    let (joined, copy) = request.decoded(in: bytes.span)
    precondition(joined.body.upperBound == copy.count && copy.count <= bytes.count)
    precondition(joined.body.count <= RequestParser.maxBodySize)
}

/// Checks that a request read by comparison is the one that the parser reads: of the request
/// itself, and with a byte more somewhere in it.
private func checkLikeOnes(_ request: Request, _ bytes: [UInt8], _ byte: UInt8) {
    var (heads, habit) = (KnownHeads(), KnownHeads.Habit())
    heads.note(request, in: bytes.span, &habit)
    let place = request.path.upperBound - Int(byte) % (request.path.count + 1)
    var longer = bytes
    longer.insert(byte, at: place)
    for input in [bytes, longer] {
        guard var read = heads.request(input.span, habit) else { continue }
        unsafe FuzzStore.answer(read, input)
        unsafe FuzzStore.answer(read, input)
        (read.likeness, read.segment) = (0, 0..<0)
        precondition(outcome(input, first: input.count) == .request(read))
    }
}

/// A store of three small jobs, and one responder for all inputs.
private enum FuzzStore {
    // Unsafe: libFuzzer calls from one thread only.
    nonisolated(unsafe) private static var responder = Responder()
    private static let time = AnswerTime(seconds: 1_767_323_045)
    private static let snapshot: StoreSnapshot = {
        let number = KeyColumn(name: "id", type: .int64)
        let text = KeyColumn(name: "slug", type: .string)
        do {
            return StoreSnapshot(
                generation: 1,
                jobs: [
                    try FuzzJob.make("n", [number], [[.int64(1)], [.int64(42)]]),
                    try FuzzJob.make("t", [text], [[.string("a")], [.string("b,")]]),
                    try FuzzJob.make("c", [number, text], [[.int64(1), .string("a")]]),
                ], problems: [])
        } catch {
            fatalError("no store: \(error)")
        }
    }()

    static func answer(_ request: Request, _ bytes: [UInt8]) {
        var output: [UInt8] = []
        unsafe responder.answer(
            request, in: bytes.span, from: snapshot, time: time, isDraining: false,
            isLast: !request.keepsAlive, to: &output)
        switch unsafe responder.takeRest() {
        case .rows(let stream):
            do { while try stream.appendChunk(to: &output) {} } catch { fatalError("\(error)") }
        case .pending(let answer):
            while unsafe responder.goOn(answer, time: time, to: &output) {}
            while answer.appendPiece(to: &output) {}
        case nil: break
        }
        precondition(output.starts(with: Array("HTTP/1.1 ".utf8)))
        precondition(
            output[9] == UInt8(ascii: "2") || output[9] == UInt8(ascii: "3")
                || output[9] == UInt8(ascii: "4") || output.starts(with: Array("HTTP/1.1 501".utf8))
        )
    }
}
