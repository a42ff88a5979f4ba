import NIOCore
import Testing

@testable import NostosServer

/// The whole data plane over loopback.
@Suite(.timeLimit(.minutes(10))) struct DataPlaneTests {
    @Test(arguments: LiveTransport.allCases)
    func aConnectionIsKeptAndRequestsMayComeInAnyPieces(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        try await blocking {
            let client = try TestClient(to: server)
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

    @Test(arguments: LiveTransport.allCases)
    func pipelinedRequestsAreAnsweredInOrder(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        try await blocking {
            let client = try TestClient(to: server)
            let count = 1000
            let text = (0..<count).map { index in
                "GET /v1/jobs/large/keys/\(index)?fields=version HTTP/1.1\r\nHost: a\r\n\r\n"
            }.joined()
            #expect(try client.send(text) == .complete)
            var pending: [UInt8] = []
            for index in 0..<count {
                let answer = try client.receiveAnswer(&pending)
                #expect(answer.status == (index < LiveServer.rowCount ? 200 : 404))
                #expect(answer.body.contains("\(index)"))
            }
        }
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func theServerClosesAfterTheLastAnswerAndDropsWhatFollows(on transport: LiveTransport)
        async throws
    {
        let server = try await LiveServer(transport)
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
                let client = try TestClient(to: server)
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

    @Test(arguments: LiveTransport.allCases)
    func aClientThatEndsItsSideStillGetsItsAnswers(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        let text = try await blocking {
            let client = try TestClient(to: server)
            try client.send(String(repeating: LiveServer.lookup, count: 20) + "GET /li")
            client.endSending()
            return try client.receiveAll()
        }
        #expect(text.components(of: "HTTP/1.1 200 OK") == 20)
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func aClientThatWaitsForContinueGetsIt(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        try await blocking {
            let client = try TestClient(to: server)
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

    @Test(
        arguments: LiveTransport.allCases, ["", "GET /livez HTT", LiveServer.get + "GET", "\r\n"])
    func slowAndIdleClientsAreCut(on transport: LiveTransport, start: String) async throws {
        let server = try await LiveServer(transport) {
            $0.headTimeout = .milliseconds(100)
            // Not where something is sent: the server must not be quicker than the client.
            if start.isEmpty { $0.idleTimeout = .milliseconds(100) }
        }
        let text = try await blocking {
            let client = try TestClient(to: server)
            try client.send(start)
            return try client.receiveAll()
        }
        #expect(text.isEmpty == !start.contains("\r\n\r\n"))
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func aSlowBodyIsCut(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport) { $0.bodyTimeout = .milliseconds(100) }
        let text = try await blocking {
            let client = try TestClient(to: server)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")
            return try client.receiveAll()
        }
        #expect(text.isEmpty)
        await server.dataPlane.shutdown()
    }

    /// 20 GB of answers asked for and never read: the server stops taking requests, then cuts.
    @Test(arguments: LiveTransport.allCases, [true, false])
    func aClientThatNeverReadsIsHeldUpOrCut(on transport: LiveTransport, isPatient: Bool)
        async throws
    {
        let server = try await LiveServer(transport) {
            $0.stallTimeout = isPatient ? .seconds(60) : .milliseconds(200)
            $0.drainTimeout = .milliseconds(200)
        }
        let greedy = try TestClient(to: server, receiveBufferSize: 4096)
        let sending = try await blocking {
            try greedy.send(String(repeating: LiveServer.lookup, count: 100_000))
        }
        #expect(sending == (isPatient ? .blocked : .closed))
        // And others are served as before.
        try await blocking {
            let client = try TestClient(to: server)
            var pending: [UInt8] = []
            try client.send(LiveServer.get)
            #expect(try client.receiveAnswer(&pending).status == 200)
        }
        withExtendedLifetime(greedy) {}
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func aSlowReaderGetsEverythingInTheEnd(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        try await blocking {
            let client = try TestClient(to: server, receiveBufferSize: 4096)
            let count = 40
            // Less than the sockets' buffers hold: nobody need read yet.
            let sending = try client.send(String(repeating: LiveServer.lookup, count: count))
            #expect(sending == .complete)
            var pending: [UInt8] = []
            for _ in 0..<count {
                let answer = try client.receiveAnswer(&pending)
                #expect(answer.status == 200)
                #expect(answer.body.components(of: #""found":true"#) == LiveServer.rowCount)
            }
        }
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func connectionsAboveTheLimitAreClosed(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport) { $0.maxConnectionCount = 2 }
        try await blocking {
            var pending: [UInt8] = []
            let first = try TestClient(to: server)
            let second = try TestClient(to: server)
            for client in [first, second] {
                try client.send(LiveServer.get)
                #expect(try client.receiveAnswer(&pending).status == 200)
            }
            let third = try TestClient(to: server)
            #expect(try third.receiveAll().isEmpty)
            try first.send(LiveServer.get)
            #expect(try first.receiveAnswer(&pending).status == 200)
        }
        await server.dataPlane.shutdown()
    }
}
