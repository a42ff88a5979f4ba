import Logging
import NIOConcurrencyHelpers
import Nostos
import Testing

@testable import NostosServer

/// The lines that the log writes about requests, and the values that it never writes.
@Suite(.timeLimit(.minutes(10))) struct RequestLogTests {
    /// Keeps lines as a program's log shows them.
    private struct Recorder: LogHandler {
        let lines: NIOLockedValueBox<[String]>
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted()
            let line = (["\(event.level)", "\(event.message)"] + fields).joined(separator: " ")
            lines.withLockedValue { $0.append(line) }
        }
    }

    private let lines = NIOLockedValueBox<[String]>([])

    private func log(slowerThan threshold: Duration?, logsAll: Bool = false) -> RequestLog {
        let lines = lines
        let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
        return RequestLog(slowerThan: threshold, logsAll: logsAll, logger: logger)
    }

    private var told: [String] { lines.withLockedValue { $0 } }

    @Test func onlySlowOnesAreToldUnlessAllAre() {
        let slow = log(slowerThan: .milliseconds(100))
        #expect(!slow.wants(99_999_999))
        #expect(slow.wants(100_000_000))
        #expect(!log(slowerThan: nil).wants(.max - 1))
        #expect(log(slowerThan: nil, logsAll: true).wants(0))
        slow.write(LoggedRequest(route: "record", code: "200", nanoseconds: 100_000_000))
        log(slowerThan: .seconds(1), logsAll: true).write(
            LoggedRequest(
                route: "rows", method: "GET", job: "users", code: "404", caller: "ranker",
                client: "10.0.0.1", id: "r-1", nanoseconds: 1500))
        #expect(
            told == [
                "warning slow request duration.us=100000 http.method=other http.route=record"
                    + " http.status=200",
                "info request client.address=10.0.0.1 duration.us=1 http.method=GET"
                    + " http.route=rows http.status=404 job.name=users request.id=r-1"
                    + " token.name=ranker",
            ])
    }

    /// However many there are; the next second says how many were left out.
    @Test func aSecondHasFewLinesAndNoneIsForgotten() {
        let log = self.log(slowerThan: .zero)
        var sent = 0
        repeat {
            log.write(LoggedRequest(route: "record", code: "200", nanoseconds: 1))
            sent += 1
        } while !told.contains(where: { $0.contains("suppressed=") })
        let suppressed = told.compactMap { line in
            line.firstMatch(of: /suppressed=(\d+)/).flatMap { Int($0.1) }
        }
        #expect(told.count + suppressed.reduce(0, +) == sent)
        #expect(suppressed.allSatisfy { $0 > 0 })
    }

    /// One line says who asked what, on each transport.
    @Test(arguments: LiveTransport.allCases)
    func aLineNamesMethodJobCallerClientAndIdentifier(on transport: LiveTransport) async throws {
        let log = self.log(slowerThan: nil, logsAll: true)
        let server = try await LiveServer(transport) {
            $0.access = Access(ControlHarness.tokens)
            $0.log = log
        }
        let heads = [
            "GET /v1/jobs/large/keys/x", "POST /v1/jobs/large/lookup", "BREW /v1/jobs/large/rows",
            "GET /v1/jobs/none/keys/1",
        ]
        for head in heads {
            _ = try await blocking {
                let client = try TestClient(to: server)
                try client.send(
                    "\(head) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer reader\r\n"
                        + "X-Request-Id: req-42\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return try client.receiveAll()
            }
        }
        await server.dataPlane.shutdown()
        #expect(told.count == heads.count)
        for line in told {
            #expect(line.contains(" client.address=127.0.0.1 "), "\(line)")
            #expect(line.contains(" request.id=req-42"), "\(line)")
        }
        #expect(told[0].contains(" http.method=GET ") && told[0].contains(" token.name=reader"))
        #expect(told[0].contains(" job.name=large ") && told[0].contains(" http.status=400 "))
        #expect(told[1].contains(" http.method=POST ") && told[1].contains(" job.name=large "))
        #expect(told[2].contains(" http.method=other ") && told[2].contains(" http.status=501 "))
        #expect(!told[3].contains("job.name"))
    }

    /// Requests full of secrets, answered well and badly, on both transports.
    @Test(arguments: TransportKind.allCases)
    func noKeyQueryOrTokenIsTold(on transport: TransportKind) async throws {
        let log = self.log(slowerThan: nil, logsAll: true)
        let server = try await LiveServer(transport) {
            $0.access = Access(ControlHarness.tokens)
            $0.log = log
        }
        let canary = "canary"
        let requests = [
            ("GET", "/v1/jobs/large/keys/\(canary)?fields=\(canary)", ""),
            ("GET", "/v1/jobs/\(canary)/rows?cursor=\(canary)", ""), ("GET", "/\(canary)", ""),
            ("POST", "/v1/jobs/large/lookup?x=\(canary)", #"{"keys":["\#(canary)"]}"#),
            ("CANARY", "/v1/lookup", canary),
        ]
        for token in ["reader", canary] {
            for (method, path, body) in requests {
                let text =
                    "\(method) \(path) HTTP/1.1\r\nHost: \(canary)\r\nConnection: close\r\n"
                    + "Authorization: Bearer \(token)\r\nCookie: \(canary)\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                let answer = try await blocking {
                    let client = try TestClient(port: server.port)
                    try client.send(text)
                    return try client.receiveAll()
                }
                #expect(answer.hasPrefix("HTTP/1.1 \(method == "CANARY" ? "501" : "4")"))
            }
        }
        await server.dataPlane.shutdown()
        #expect(told.count == 2 * requests.count)
        for line in told {
            #expect(line.hasPrefix("info request "))
            #expect(!line.lowercased().contains(canary))
        }
    }
}
