import NIOCore
import Nostos
import Synchronization
import Testing

@testable import NostosServer

/// The whole data plane over loopback.
@Suite struct DataPlaneTests {
    @Test func aConnectionIsKeptAndRequestsMayComeInAnyPieces() async throws {
        let server = try await LiveServer()
        try await blocking {
            let client = try TestClient(port: server.port)
            var pending: [UInt8] = []
            for _ in 0..<3 {
                try client.send(LiveServer.get)
                let answer = try client.receiveAnswer(&pending)
                #expect(answer.status == 200)
                #expect(answer.body == #"{"key":7,"version":1,"values":{"version":"v1"}}"#)
                #expect(answer.fields["Connection"] == nil)
            }
            for character in LiveServer.get.utf8 {
                try client.send(String(decoding: [character], as: UTF8.self))
            }
            #expect(try client.receiveAnswer(&pending).status == 200)
            try client.send(String(LiveServer.lookup.dropLast(20)))
            try client.send(String(LiveServer.lookup.suffix(20)) + LiveServer.get)
            #expect(try client.receiveAnswer(&pending).body.hasPrefix(#"{"job":"large""#))
            #expect(try client.receiveAnswer(&pending).body.hasPrefix(#"{"key":7"#))
        }
        await server.dataPlane.shutdown()
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let server = try await LiveServer()
        try await blocking {
            let client = try TestClient(port: server.port)
            let count = 1000
            let text = (0..<count).map { index in
                "GET /v1/jobs/large/keys/\(index)?fields=version HTTP/1.1\r\nHost: a\r\n\r\n"
            }.joined()
            let sending = Task.detached { _ = try client.send(text) }
            var pending: [UInt8] = []
            for index in 0..<count {
                let answer = try client.receiveAnswer(&pending)
                #expect(answer.status == (index < LiveServer.rowCount ? 200 : 404))
                #expect(answer.body.contains("\(index)"))
            }
            _ = sending
        }
        await server.dataPlane.shutdown()
    }

    @Test func theServerClosesAfterTheLastAnswerAndDropsWhatFollows() async throws {
        let server = try await LiveServer()
        for (request, status) in [
            ("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200 OK"),
            ("GET /livez HTTP/1.0\r\n\r\n", "200 OK"),
            ("GET /livez HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("GET / HTTP/1.1\r\nHost: a\nx", "400 Bad Request"),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n",
                "413 Content Too Large"
            ),
        ] {
            let text = try await blocking {
                let client = try TestClient(port: server.port)
                // Far more than the sockets' buffers hold: without lingering, a reset.
                try client.send(request + String(repeating: "x", count: 4 << 20))
                client.endSending()
                return try client.receiveAll()
            }
            #expect(text.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(request)")
            #expect(text.contains("\r\nConnection: close\r\n"))
            #expect(text.components(of: "HTTP/1.1 ") == 1)
        }
        await server.dataPlane.shutdown()
    }

    @Test func aClientThatEndsItsSideStillGetsItsAnswers() async throws {
        let server = try await LiveServer()
        let text = try await blocking {
            let client = try TestClient(port: server.port)
            try client.send(String(repeating: LiveServer.lookup, count: 20) + "GET /li")
            client.endSending()
            return try client.receiveAll()
        }
        #expect(text.components(of: "HTTP/1.1 200 OK") == 20)
        await server.dataPlane.shutdown()
    }

    @Test func aClientThatWaitsForContinueGetsIt() async throws {
        let server = try await LiveServer()
        try await blocking {
            let client = try TestClient(port: server.port)
            var pending: [UInt8] = []
            try client.send(
                "POST /v1/jobs/large/lookup HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 12\r\n\r\n")
            #expect(try client.receiveAnswer(&pending).status == 100)
            try client.send(#"{"keys":[1]}"#)
            #expect(try client.receiveAnswer(&pending).status == 200)
        }
        await server.dataPlane.shutdown()
    }

    @Test(arguments: ["", "GET /livez HTT", LiveServer.get + "GET", "\r\n"])
    func slowAndIdleClientsAreCut(start: String) async throws {
        let server = try await LiveServer {
            $0.headTimeout = .milliseconds(100)
            $0.idleTimeout = .milliseconds(100)
        }
        let text = try await blocking {
            let client = try TestClient(port: server.port)
            try client.send(start)
            return try client.receiveAll()
        }
        #expect(text.isEmpty == !start.contains("\r\n\r\n"))
        await server.dataPlane.shutdown()
    }

    @Test func aSlowBodyIsCut() async throws {
        let server = try await LiveServer { $0.bodyTimeout = .milliseconds(100) }
        let text = try await blocking {
            let client = try TestClient(port: server.port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")
            return try client.receiveAll()
        }
        #expect(text.isEmpty)
        await server.dataPlane.shutdown()
    }

    @Test func aClientThatNeverReadsIsHeldUpAndThenCut() async throws {
        let server = try await LiveServer { $0.stallTimeout = .milliseconds(300) }
        let sent = try await blocking {
            let client = try TestClient(port: server.port, receiveBufferSize: 4096)
            // 20 GB of answers asked for; the server must stop taking requests long before.
            return try client.send(String(repeating: LiveServer.lookup, count: 100_000))
        }
        #expect(sent < 100_000 * LiveServer.lookup.utf8.count)
        // And others are served as before.
        try await blocking {
            let client = try TestClient(port: server.port)
            var pending: [UInt8] = []
            try client.send(LiveServer.get)
            #expect(try client.receiveAnswer(&pending).status == 200)
        }
        await server.dataPlane.shutdown()
    }

    @Test func aSlowReaderGetsEverythingInTheEnd() async throws {
        let server = try await LiveServer()
        try await blocking {
            let client = try TestClient(port: server.port, receiveBufferSize: 4096)
            let count = 40
            let sending = Task.detached {
                _ = try client.send(String(repeating: LiveServer.lookup, count: count))
            }
            var pending: [UInt8] = []
            for _ in 0..<count {
                let answer = try client.receiveAnswer(&pending)
                #expect(answer.status == 200)
                #expect(answer.body.components(of: #""found":true"#) == LiveServer.rowCount)
            }
            _ = sending
        }
        await server.dataPlane.shutdown()
    }

    @Test func connectionsAboveTheLimitAreClosed() async throws {
        let server = try await LiveServer { $0.maxConnectionCount = 2 }
        try await blocking {
            var pending: [UInt8] = []
            let first = try TestClient(port: server.port)
            let second = try TestClient(port: server.port)
            for client in [first, second] {
                try client.send(LiveServer.get)
                #expect(try client.receiveAnswer(&pending).status == 200)
            }
            let third = try TestClient(port: server.port)
            #expect(try third.receiveAll().isEmpty)
            try first.send(LiveServer.get)
            #expect(try first.receiveAnswer(&pending).status == 200)
        }
        await server.dataPlane.shutdown()
    }

    @Test func swapsFailNoRequestAndMixNone() async throws {
        let server = try await LiveServer()
        let progress = Progress()
        try await withThrowingTaskGroup(of: Set<String>.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await blocking { try Self.readUntilDone(server, progress) }
                }
            }
            for round in 0..<12 {
                if round % 3 == 2 {
                    _ = try server.catalog.rollBack(job: "large", reason: "test", actor: "test")
                    _ = try server.catalog.release(job: "large", actor: "test")
                } else {
                    try server.publish()
                }
                server.store.refresh()
                await progress.wait(answers: 16)
            }
            progress.finish()
            var versions: Set<String> = []
            for try await seen in group { versions.formUnion(seen) }
            // Eight were published, and after each change answers were waited for.
            #expect(versions.count >= 8)
        }
        // After the last change, at once.
        let current = try #require(try server.catalog.job("large")?.currentNumber)
        try await blocking {
            let client = try TestClient(port: server.port)
            var pending: [UInt8] = []
            try client.send(LiveServer.get)
            let answer = try client.receiveAnswer(&pending)
            #expect(answer.fields["Nostos-Version"] == "\(current)")
        }
        await server.dataPlane.shutdown()
    }

    /// The versions that were seen; each answer must be whole and of one version.
    private static func readUntilDone(
        _ server: LiveServer, _ progress: Progress
    ) throws -> Set<String> {
        var versions: Set<String> = []
        let client = try TestClient(port: server.port)
        var pending: [UInt8] = []
        repeat {
            try client.send(LiveServer.lookup + LiveServer.get)
            for expected in [LiveServer.rowCount, 1] {
                let answer = try client.receiveAnswer(&pending)
                let version = answer.fields["Nostos-Version"] ?? ""
                #expect(answer.status == 200)
                #expect(answer.body.components(of: "\"version\":\"v\(version)\"") == expected)
                #expect(answer.body.components(of: "\"version\":\"v") == expected)
                versions.insert(version)
            }
            progress.answered()
        } while !progress.isFinished
        return versions
    }

    @Test func shutdownFinishesWhatIsUnderWayAndClosesTheRest() async throws {
        let server = try await LiveServer()
        let client = try TestClient(port: server.port)
        let idle = try TestClient(port: server.port)
        try await blocking {
            var pending: [UInt8] = []
            for each in [client, idle] {
                try each.send(LiveServer.get)
                #expect(try each.receiveAnswer(&pending).status == 200)
            }
            try client.send("GET /readyz HTTP/1.1\r\nHo")
        }
        async let shutdown: Void = server.dataPlane.shutdown()
        try await blocking {
            // Its connection ends without a request: the drain has begun.
            #expect(try idle.receiveAll().isEmpty)
            try client.send("st: a\r\n\r\n")
            let answer = TestAnswer(Array(try client.receiveAll().utf8))
            #expect(answer.status == 503)
            #expect(answer.fields["Connection"] == "close")
            #expect(throws: TestClient.Failure.self) { try TestClient(port: server.port) }
        }
        await shutdown
        await server.dataPlane.shutdown()
    }

    @Test func shutdownDoesNotWaitForEver() async throws {
        let server = try await LiveServer { $0.drainTimeout = .milliseconds(200) }
        let client = try TestClient(port: server.port)
        try await blocking {
            var pending: [UInt8] = []
            try client.send(LiveServer.get)
            #expect(try client.receiveAnswer(&pending).status == 200)
            try client.send("GET /livez HTTP/1.1\r\nHo")
        }
        await server.dataPlane.shutdown()
        #expect(try await blocking { try client.receiveAll() }.isEmpty)
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1"])
    func anAddressThatOthersReachIsRefused(host: String) async throws {
        await #expect(throws: ServerError.notLoopback(host: host)) {
            _ = try await LiveServer { $0.host = host }
        }
    }

    @Test func aPortInUseIsAnError() async throws {
        let server = try await LiveServer()
        let port = server.port
        await #expect {
            _ = try await LiveServer { $0.port = port }
        } throws: { error in
            guard case ServerError.cannotBind(_, port, _) = error else { return false }
            return true
        }
        await server.dataPlane.shutdown()
    }
}

/// How far readers are, for who changes what they read.
private final class Progress: Sendable {
    private let count = Atomic(0)
    private let state = Atomic(false)

    var isFinished: Bool { state.load(ordering: .relaxed) }
    func finish() { state.store(true, ordering: .relaxed) }
    func answered() { count.add(1, ordering: .relaxed) }

    /// Waits until there are that many more.
    func wait(answers: Int) async {
        let goal = count.load(ordering: .relaxed) + answers
        while count.load(ordering: .relaxed) < goal { try? await Task.sleep(for: .milliseconds(1)) }
    }
}

extension String {
    /// How often `part` is in it.
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
