import Foundation
import TestSupport
import Testing

@testable import NostosServer

/// Whatever is asked, the answer is whole, is JSON, and blames the request.
@Suite struct ResponderRandomTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    @Test(arguments: UInt64(0)..<16)
    func mutatedRequestsGetWholeAnswers(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var responder = Responder()
        let lines = ResponderErrorTests.problems.map(\.line).filter { $0.utf8.count < 200 }
        for _ in 0..<300 {
            guard let line = lines.randomElement(using: &random) else { return }
            let path = mutated(line, using: &random) { ByteSet.target.contains($0) }
            try check(&responder, "\(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
    }

    @Test(arguments: UInt64(0)..<16)
    func mutatedContentsGetWholeAnswers(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var responder = Responder()
        let bodies =
            ResponderErrorTests.contents.map(\.body)
            + [#"{"keys":[1001,-5],"fields":["score"],"version":12}"#]
        let jobs = ["profile", "course", "page"]
        for _ in 0..<300 {
            guard let job = jobs.randomElement(using: &random),
                let body = bodies.randomElement(using: &random)
            else { return }
            let content = mutated(body, using: &random) { _ in true }
            try check(
                &responder,
                "POST /v1/jobs/\(job)/lookup HTTP/1.1\r\nHost: a\r\n"
                    + "Content-Length: \(content.utf8.count)\r\n\r\n\(content)")
        }
    }

    private func check(_ responder: inout Responder, _ text: String) throws {
        let answer = TestAnswer(try store.rawAnswer(&responder, Array(text.utf8)))
        #expect([200, 400, 404, 405, 410, 413, 501, 505].contains(answer.status), "\(text)")
        #expect(answer.fields["Content-Length"] == "\(answer.body.utf8.count)", "\(text)")
        let json = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        #expect(json is [String: Any], "\(text)\n\(answer.body)")
    }

    private func mutated(
        _ text: String, using random: inout SplitMix64, where isAllowed: (UInt8) -> Bool
    ) -> String {
        var bytes = Array(text.utf8)
        let start = bytes.firstIndex(of: UInt8(ascii: " ")).map { $0 + 2 } ?? 0
        let marks = Array("\"\\{}[]:,/?%=&-+.0129eunkf \t\n".utf8).filter(isAllowed)
        for _ in 0..<Int.random(in: 1...3, using: &random) where bytes.count > start {
            let index = Int.random(in: start..<bytes.count, using: &random)
            let byte = marks.randomElement(using: &random) ?? 0x30
            switch UInt8.random(in: 0..<3, using: &random) {
            case 0: bytes[index] = byte
            case 1: bytes.remove(at: index)
            default: bytes.insert(byte, at: index)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
