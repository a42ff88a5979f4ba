import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import NostosTLS

@Suite struct TLSClosingTests {
    @Test func aCloseWaitsForTheOtherSidesEnd() throws {
        let pair = try TLSPair()
        try pair.carry()
        let closed = pair.client.close()
        #expect(pair.client.isActive)
        try pair.carry()
        #expect(!pair.client.isActive)
        try closed.wait()
        #expect(!pair.server.isActive)
    }

    @Test func aCloseEndsAtItsTimeoutWhenTheOtherSideIsSilent() throws {
        let pair = try TLSPair()
        try pair.carry()
        let closed = pair.client.close()
        pair.client.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(pair.client.isActive)
        pair.client.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!pair.client.isActive)
        try closed.wait()
    }

    @Test func bytesBeforeACloseArriveAndLaterWritesFail() throws {
        let pair = try TLSPair()
        try pair.carry()
        pair.send([1, 2, 3], from: pair.client)
        pair.client.close(promise: nil)
        #expect(throws: ChannelError.self) { try pair.send([4], from: pair.client).wait() }
        try pair.carry()
        #expect(try pair.received(by: pair.server) == [1, 2, 3])
    }

    @Test func aCutConnectionIsReportedAsTruncated() throws {
        let pair = try TLSPair()
        try pair.carry()
        pair.server.pipeline.fireChannelInactive()
        #expect(throws: TLSError.truncated) { try pair.server.throwIfErrorCaught() }
    }

    @Test func aWriteThatWaitsForTheHandshakeFailsWhenTheConnectionEnds() throws {
        let pair = try TLSPair()
        let write = pair.send([1], from: pair.client)
        pair.client.pipeline.fireChannelInactive()
        #expect(throws: ChannelError.self) { try write.wait() }
        #expect(throws: TLSError.handshake(reason: "the connection was closed")) {
            try pair.client.throwIfErrorCaught()
        }
    }

    @Test func filesThatAreNoneSayWhich() throws {
        let files = try TLSPair.certificates.get()
        let none = "/nonexistent/file.pem"
        #expect(throws: TLSError.badFile(path: none, reason: "No such file or directory")) {
            _ = try TLSContext(certificateFile: none, keyFile: files.keyFile)
        }
        #expect(throws: TLSError.badFile(path: none, reason: "No such file or directory")) {
            _ = try TLSContext(certificateFile: files.certificateFile, keyFile: none)
        }
        let other = try TestCertificates()
        #expect(throws: TLSError.keyOfAnotherCertificate) {
            _ = try TLSContext(
                certificateFile: files.certificateFile, keyFile: other.keyFile)
        }
        #expect(throws: TLSError.self) { _ = try TLSContext(trusting: none) }
    }
}
