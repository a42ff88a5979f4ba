import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import NostosTLS

@Suite struct TLSHandlerTests {
    @Test(arguments: [1, 2, 3, 5, 100, 5000, .max])
    func bytesArriveAsTheyWereSentHoweverTheNetworkCutsThem(pieceSize: Int) throws {
        let pair = try TLSPair(pieceSize: pieceSize)
        try pair.carry()
        var random = SplitMix64(seed: 7)
        for size in [0, 1, 2, 255, 16_383, 16_384, 16_385, 100_000] {
            let message = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            pair.send(message, from: pair.client)
            pair.send(message.reversed(), from: pair.server)
            try pair.carry()
            #expect(try pair.received(by: pair.server) == message)
            #expect(try pair.received(by: pair.client) == message.reversed())
        }
    }

    @Test func writesBeforeTheHandshakeAreSentAfterIt() throws {
        let pair = try TLSPair()
        let done = pair.send([1, 2, 3], from: pair.client)
        pair.client.write(ByteBuffer(bytes: [4]), promise: nil)
        try pair.carry()
        #expect(try pair.received(by: pair.server) == [1, 2, 3])
        try done.wait()
        pair.client.flush()
        try pair.carry()
        #expect(try pair.received(by: pair.server) == [4])
    }

    @Test func nothingOfTheMessageIsOnTheNetwork() throws {
        let pair = try TLSPair()
        try pair.carry()
        let secret = Array("a secret of thirty-two characters".utf8)
        pair.send(secret, from: pair.client)
        var seen: [UInt8] = []
        try pair.carry { seen += $0 }
        #expect(try pair.received(by: pair.server) == secret)
        #expect(seen.count > secret.count)
        #expect(!seen.indices.contains { seen[$0...].starts(with: secret.prefix(8)) })
    }

    @Test func aServerOfAnotherNameIsRefused() throws {
        for name in ["example.com", "127.0.0.1", "::1", "localhos"] {
            let pair = try TLSPair(name: name)
            #expect(throws: TLSError.otherName) { try pair.carry() }
            #expect(!pair.client.isActive)
        }
    }

    @Test func aServerOfAnotherAuthorityIsRefused() throws {
        let context = try TLSContext(
            trusting: TLSPair.certificates.get().otherAuthority)
        let pair = try TLSPair(clientContext: context)
        #expect {
            try pair.carry()
        } throws: { error in
            guard case TLSError.untrusted(let reason) = error else { return false }
            return reason.contains("unable to get local issuer certificate")
        }
    }

    /// Every changed byte of a record is an error: none arrives as another message.
    @Test func aChangedByteIsAnErrorAndNeverAnotherMessage() throws {
        let message = Array("message".utf8)
        for position in 0..<64 {
            let pair = try TLSPair()
            try pair.carry()
            pair.send(message, from: pair.client)
            var isChanged = false
            do {
                try pair.carry { bytes in
                    guard position < bytes.count else { return }
                    bytes[position] ^= 1
                    isChanged = true
                }
            } catch {
                #expect(error is TLSError)
            }
            guard isChanged else { continue }
            #expect(try pair.received(by: pair.server).isEmpty, "byte \(position)")
        }
    }

    @Test func plainTextIsReportedToTheClientAsNoTLS() throws {
        let pair = try TLSPair()
        let answer = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")
        #expect(throws: TLSError.notTLS) { try pair.client.writeInbound(answer) }
    }
}
