import NIOCore
import Nostos
import Synchronization
import TestSupport
import Testing

@testable import NostosServer

/// Starts, swaps of versions and shutdowns, over loopback.
@Suite(.timeLimit(.minutes(10))) struct DataPlaneLifeTests {
    @Test(arguments: LiveTransport.allCases)
    func swapsFailNoRequestAndMixNone(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
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
            let client = try TestClient(to: server)
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
        let client = try TestClient(to: server)
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

    @Test(arguments: LiveTransport.allCases)
    func shutdownFinishesWhatIsUnderWayAndClosesTheRest(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        let client = try TestClient(to: server)
        let idle = try TestClient(to: server)
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
            #expect(throws: TestClient.Failure.self) { try TestClient(to: server) }
        }
        await shutdown
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func shutdownDoesNotWaitForEver(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport) { $0.drainTimeout = .milliseconds(200) }
        let client = try TestClient(to: server)
        try await blocking {
            var pending: [UInt8] = []
            try client.send(LiveServer.get)
            #expect(try client.receiveAnswer(&pending).status == 200)
            try client.send("GET /livez HTTP/1.1\r\nHo")
        }
        await server.dataPlane.shutdown()
        #expect(try await blocking { try client.receiveAll() }.isEmpty)
    }

    @Test(arguments: LiveTransport.allCases, ["0.0.0.0", "::", "192.0.2.1"])
    func anAddressThatOthersReachIsRefused(on transport: LiveTransport, host: String) async throws {
        await #expect(throws: ServerError.notLoopback(host: host)) {
            _ = try await LiveServer(transport) { $0.host = host }
        }
    }

    @Test(arguments: LiveTransport.allCases)
    func aPortInUseIsAnError(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        let port = server.port
        await #expect {
            _ = try await LiveServer(transport) { $0.port = port }
        } throws: { error in
            guard case ServerError.cannotBind(_, port, _) = error else { return false }
            return true
        }
        await server.dataPlane.shutdown()
    }
}

/// The progress of readers, for the writer that changes the store under them.
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
