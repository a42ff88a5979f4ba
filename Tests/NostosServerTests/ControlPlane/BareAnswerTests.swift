import Nostos
import Testing

@testable import NostosServer

/// Bytes that the library's parser refuses, before a router sees them.
@Suite(.timeLimit(.minutes(10))) struct BareAnswerTests {
    @Test func bytesThatAreNoRequestGetAProblemToo() async throws {
        let live = try await LiveControl()
        let plane = live.plane
        let good = "GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let large = String(repeating: "a", count: 2 * ControlRequest.maxFieldsSize + 1)
        for bad in [
            "garbage\r\n\r\n", "BAD METHOD / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(large)\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        ] {
            for start in ["", good] {
                let answer: TestAnswer? = try await blocking {
                    let client = try TestClient(port: plane.boundPort)
                    var pending: [UInt8] = []
                    if !start.isEmpty {
                        try client.send(start)
                        #expect(try client.receiveAnswer(&pending).status == 200)
                    }
                    try client.send(bad)
                    // The library closes without reading on: what it did not read may reset the
                    // connection under the answer.
                    if bad.utf8.count > large.utf8.count {
                        return try? client.receiveAnswer(&pending)
                    }
                    let answer = try client.receiveAnswer(&pending)
                    // And that was the last one.
                    #expect(try client.receiveAll().isEmpty)
                    return answer
                }
                guard let answer else { continue }
                let isLarge = bad.utf8.count > large.utf8.count
                #expect(answer.status == (isLarge ? 431 : 400), "\(bad.prefix(30))")
                #expect(answer.fields["Content-Type"] == "application/problem+json")
                #expect(answer.fields["Connection"] == "close")
                #expect(
                    answer["type"] == (isLarge ? "headers-too-large" : "bad-request"),
                    "\(answer.body)")
            }
        }
        await live.stop()
    }
}
