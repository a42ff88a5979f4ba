import Testing

@testable import NostosServer

/// Requests as real clients and proxies send them, over every transport.
@Suite(.timeLimit(.minutes(10))) struct LiveClientsTests {
    private static let head =
        "POST /v1/jobs/large/lookup HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static let content =
        "9\r\n{\"keys\":[\r\n1c;x=y\r\n7],\"fields\":[\"version\"],\"ver"
        + "\r\n9\r\nsion\":1 }\r\n0\r\nX: y\r\n\r\n"

    @Test(arguments: LiveTransport.allCases)
    func chunkedContentsAreAnsweredWhereverTheyAreSplit(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        try await blocking {
            let client = try TestClient(to: server)
            let text = Self.head + Self.content
            var pending: [UInt8] = []
            for split in stride(from: 0, through: text.utf8.count, by: transport == .tls ? 7 : 1) {
                // Of bytes, not of characters: CR and LF are one of these.
                let (first, second) = (text.utf8.prefix(split), text.utf8.dropFirst(split))
                try client.send(String(Substring(first)))
                try client.send(String(Substring(second)) + LiveServer.get)
                let answer = try client.receiveAnswer(&pending)
                #expect(answer.status == 200, "split at \(split): \(answer.body)")
                #expect(answer.body.contains(#"{"key":7,"found":true,"values":{"version":"v1"}}"#))
                #expect(try client.receiveAnswer(&pending).body.hasPrefix(#"{"key":7,"version":1"#))
            }
        }
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func whatCouldBeSmuggledEndsTheConnection(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        for (field, status) in [
            ("Transfer-Encoding: chunked\r\nContent-Length: 4", "400"),
            ("Transfer-Encoding: gzip, chunked", "501"),
            ("Transfer-Encoding: chunked, chunked", "400"),
            ("Expect: 200-ok", "417"),
        ] {
            let text = try await blocking {
                let client = try TestClient(to: server)
                try client.send(
                    "POST /v1/lookup HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n0\r\n\r\n"
                        + LiveServer.get)
                return try client.receiveAll()
            }
            #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
            #expect(
                text.contains("Connection: close\r\n") && text.components(of: "\r\nDate: ") == 1)
        }
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func aClientThatWaitsIsAskedForItsChunks(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        try await blocking {
            let client = try TestClient(to: server)
            try client.send(Self.head.replacing("Host", with: "Expect: 100-continue\r\nHost"))
            var pending: [UInt8] = []
            #expect(try client.receiveAnswer(&pending).status == 100)
            try client.send(Self.content)
            #expect(try client.receiveAnswer(&pending).status == 200)
        }
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func aClientOfHTTP10KeepsItsConnectionAndReadsLinesToItsEnd(
        on transport: LiveTransport
    ) async throws {
        let server = try await LiveServer(transport)
        try await blocking {
            let client = try TestClient(to: server)
            var pending: [UInt8] = []
            for _ in 0..<3 {
                try client.send(
                    "GET /v1/jobs/large/keys/7?fields=version HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"
                )
                let answer = try client.receiveAnswer(&pending)
                #expect(answer.status == 200 && answer.fields["Connection"] == "keep-alive")
            }
            try client.send(
                "GET /v1/jobs/large/rows HTTP/1.0\r\nConnection: keep-alive\r\nAccept: application/x-ndjson\r\n\r\n"
            )
            let text = try client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("Connection: close\r\n"))
            #expect(
                text.hasSuffix("}\n") && text.components(of: "{\"key\":") == LiveServer.rowCount)
        }
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func codedLinesComeWholeAndTheConnectionIsKept(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport)
        for coding in ["gzip", "zstd"] {
            let text = try await blocking {
                let client = try TestClient(to: server)
                try client.send(
                    "GET /v1/jobs/large/rows HTTP/1.1\r\nHost: a\r\nAccept: application/x-ndjson\r\n"
                        + "Accept-Encoding: \(coding)\r\n\r\n"
                        + LiveServer.get.replacing("Host", with: "Connection: close\r\nHost"))
                return try client.receiveAll()
            }
            #expect(text.contains("Content-Encoding: \(coding)\r\n"))
            #expect(
                text.contains("\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"),
                "the last chunk, and the next answer")
            #expect(text.hasSuffix(#"{"key":7,"version":1,"values":{"version":"v1"}}"#))
        }
        await server.dataPlane.shutdown()
    }

    @Test(arguments: LiveTransport.allCases)
    func optionsOfTheServerKeepTheConnection(on transport: LiveTransport) async throws {
        let server = try await LiveServer(transport) { $0.isLocalOnly = true }
        try await blocking {
            let client = try TestClient(to: server)
            try client.send(
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "GET http://features.internal:7480/v1/jobs/large/keys/7 HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n"
                    + "BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n" + LiveServer.get)
            var pending: [UInt8] = []
            let statuses = try (0..<5).map { _ in try client.receiveAnswer(&pending).status }
            #expect(statuses == [204, 200, 403, 501, 200])
        }
        await server.dataPlane.shutdown()
    }
}
