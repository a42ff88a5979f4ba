import NIOCore
import NIOEmbedded
import TestSupport

@testable import NostosTLS

/// A client and a server that are connected by hand: a test decides which bytes arrive when.
final class TLSPair {
    static let certificates = Result { try TestCertificates() }

    let client: EmbeddedChannel
    let server: EmbeddedChannel
    /// The size of the pieces in which bytes arrive.
    private let pieceSize: Int

    init(
        clientContext: TLSContext? = nil, name: String = "localhost", pieceSize: Int = .max
    ) throws {
        let files = try Self.certificates.get()
        let context = try TLSContext(
            certificateFile: files.certificateFile, keyFile: files.keyFile)
        let trust = try clientContext ?? TLSContext(trusting: files.authority)
        self.pieceSize = pieceSize
        client = EmbeddedChannel(handler: try TLSHandler(trust, server: name))
        server = EmbeddedChannel(handler: try TLSHandler(context))
        for channel in [server, client] {
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }
    }

    deinit {
        for channel in [client, server] {
            channel.close(promise: nil)
            // A close waits for the other side's end, at most so long.
            channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        }
    }

    /// Carries bytes both ways until no side sends any more; `change` may alter them on their way
    /// to the server.
    func carry(_ change: (inout [UInt8]) -> Void = { _ in }) throws {
        while true {
            let toServer = try sent(by: client, change)
            let toClient = try sent(by: server) { _ in }
            if toServer.isEmpty, toClient.isEmpty { return }
            try deliver(toServer, to: server)
            try deliver(toClient, to: client)
        }
    }

    private func sent(
        by channel: EmbeddedChannel, _ change: (inout [UInt8]) -> Void
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            bytes += Array(buffer.readableBytesView)
        }
        change(&bytes)
        return bytes
    }

    private func deliver(_ bytes: [UInt8], to channel: EmbeddedChannel) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(pieceSize)
            rest = rest.dropFirst(piece.count)
            try channel.writeInbound(ByteBuffer(bytes: piece))
        }
    }

    /// Writes and flushes bytes of the application, to be carried.
    @discardableResult
    func send(_ bytes: [UInt8], from channel: EmbeddedChannel) -> EventLoopFuture<Void> {
        channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// All bytes of the application that came to a side.
    func received(by channel: EmbeddedChannel) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readInbound(as: ByteBuffer.self) {
            bytes += Array(buffer.readableBytesView)
        }
        return bytes
    }
}
