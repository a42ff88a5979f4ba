import Testing
import TestSupport

@testable import NostosServer

/// However bytes are split, and whatever they are, the outcome is the same, and nothing traps.
@Suite struct RequestParserSplitTests {
    private static let texts =
        RequestParserTests.good.map(\.text) + RequestParserTests.bad.map(\.text)
        + RequestParserTests.chunked.map(\.text) + RequestParserTests.badChunks.map(\.text)

    @Test(arguments: texts.indices)
    func everySplitHasTheSameOutcome(index: Int) {
        let bytes = Array(Self.texts[index].utf8)
        let whole = outcome(of: bytes)
        // Of the long ones, the ends: their middles are all alike.
        for split in 0...bytes.count where min(split, bytes.count - split) < 200 {
            #expect(outcome(of: bytes, split: split) == whole, "split at \(split)")
        }
        if bytes.count < 1000 { #expect(outcomeByteByByte(of: bytes) == whole) }
    }

    /// 7⁰ + … + 7⁵ = 19,608 inputs, alone, and behind the start of a good request.
    @Test func everyShortInputHasTheSameOutcomeByteByByte() {
        let alphabet = Array("G/ :\r\na".utf8)
        let prefixes = ["", "GET / HTTP/1.1\r\nHost:a", "GET / HTTP/1.1\r\n"]
        for prefix in prefixes.map({ Array($0.utf8) }) {
            for size in 0...5 {
                var places = [Int](repeating: 0, count: size)
                repeat {
                    let bytes = prefix + places.map { alphabet[$0] }
                    let whole = outcome(of: bytes)
                    guard outcomeByteByByte(of: bytes) != whole else { continue }
                    Issue.record("\(bytes)")
                } while advance(&places, below: alphabet.count)
            }
        }
    }

    /// Good and bad requests with a few bytes changed, taken out and put in.
    @Test(arguments: UInt64(0)..<32)
    func mutationsHaveTheSameOutcomeWhateverTheSplit(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let short = Self.texts.filter { $0.utf8.count < 200 }
        for _ in 0..<200 {
            guard let text = short.randomElement(using: &random) else { return }
            let bytes = RequestMutation.mutated(Array(text.utf8), using: &random)
            let whole = outcome(of: bytes)
            let split = Int.random(in: 0...bytes.count, using: &random)
            #expect(outcome(of: bytes, split: split) == whole, "\(bytes) at \(split)")
            #expect(outcomeByteByByte(of: bytes) == whole, "\(bytes)")
            if case .request(let request) = whole { #expect(isSane(request, in: bytes)) }
        }
    }

    @Test func theByteSetsHoldWhatTheyName() {
        let alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        for (set, marks) in [
            (ByteSet.token, "!#$%&'*+-.^_`|~"), (.target, "-._~!$&'()*+,;=:@/?%"),
            (.host, "-._~!$&'()*+,;=:[]%"),
        ] {
            let expected = Set((alphanumeric + marks).utf8)
            for byte in UInt8.min...UInt8.max {
                #expect(set.contains(byte) == expected.contains(byte), "\(byte)")
            }
        }
    }

    private func isSane(_ request: Request, in bytes: [UInt8]) -> Bool {
        let ranges = [
            request.path, request.query, request.ifNoneMatch, request.host, request.fields,
            request.authorization, request.body,
        ]
        return (1...bytes.count).contains(request.size)
            && ranges.allSatisfy { $0.upperBound <= request.size }
            && request.body.upperBound == request.size
    }

    /// Counts up; false when all numbers of that many digits were seen.
    private func advance(_ places: inout [Int], below base: Int) -> Bool {
        for index in places.indices {
            places[index] += 1
            if places[index] < base { return true }
            places[index] = 0
        }
        return false
    }
}
