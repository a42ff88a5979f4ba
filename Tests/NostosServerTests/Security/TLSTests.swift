import Foundation
import NIOCore
import SystemPackage
import TestSupport
import Testing

@testable import NostosServer

/// TLS itself; what is answered over it is the transports' suite (``LiveTransport``).
@Suite(.timeLimit(.minutes(10))) struct TLSTests {
    /// A client that speaks plain HTTP learns why it gets no answer, on both ports alike.
    @Test(arguments: ["GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", "G", "post / HTTP/1.0\r\n\r\n"])
    func plainHTTPIsToldThatThePortSpeaksTLS(request: String) async throws {
        let identity = try TLSStream.certificates.get().identity()
        let server = try await LiveServer(TransportKind.nio) { $0.tls = identity }
        let control = try await LiveControl { $0.tls = identity }
        for port in [server.port, control.plane.boundPort] {
            let answer = try await blocking {
                let client = try TestClient(port: port)
                try client.send(request)
                return try client.receiveAll()
            }
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(answer.contains("This port speaks TLS"))
        }
        await control.stop()
        await server.dataPlane.shutdown()
    }

    /// A client that connects and never speaks, or neither TLS nor HTTP, is cut without an answer.
    @Test(arguments: ["", "\u{1}\u{2}\u{3}", "\u{16}\u{3}\u{1}"])
    func whoDoesNotShakeHandsIsCut(start: String) async throws {
        let identity = try TLSStream.certificates.get()
            .identity(handshakeTimeout: .milliseconds(100))
        let server = try await LiveServer(TransportKind.nio) { $0.tls = identity }
        let answer = try await blocking {
            let client = try TestClient(port: server.port)
            try client.send(start)
            do { return try client.receiveAll() } catch let failure as TestClient.Failure
                where failure.code == ECONNRESET
            { return "" }
        }
        // An alert of TLS at most.
        #expect(!answer.contains("HTTP"))
        await server.dataPlane.shutdown()
    }

    /// Files that cannot be used, and what is said of them.
    @Test func badFilesSayWhich() throws {
        let good = try TLSStream.certificates.get()
        let directory = try TemporaryDirectory()
        let nonsense = directory.file("nonsense.pem").string
        try "nonsense".write(toFile: nonsense, atomically: false, encoding: .utf8)
        let other = try TestCertificates()
        for (certificate, key) in [
            ("none.pem", good.keyFile), (good.certificateFile, "none.pem"),
            (nonsense, good.keyFile), (good.certificateFile, nonsense),
            (good.certificateFile, other.keyFile), (good.keyFile, good.certificateFile),
        ] {
            #expect {
                _ = try TLSIdentity(certificateFile: certificate, keyFile: key)
            } throws: { error in
                guard case ServerError.badCertificate(let reason) = error else { return false }
                return reason.hasPrefix("\(certificate), \(key): expected PEM files of a")
            }
        }
    }
}
