import Dispatch
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NostosTLS
import TestSupport

@testable import NostosServer

/// TLS with blocking calls; the certificate is checked as strangers check it.
final class TLSStream: ByteStream {
    /// Those of all servers under test.
    static let certificates = Result { try TestCertificates() }
    private static let maxChunkSize = 256 << 10

    private let channel: any Channel
    private let inbox: Inbox

    /// Connects to a port of this machine; the handshake goes on meanwhile.
    init(port: Int, receiveBufferSize: Int32?) throws {
        let inbox = Inbox(maxSize: receiveBufferSize.map(Int.init) ?? 64 << 10)
        let context = try Self.context()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        try TLSHandler(context, server: "localhost"),
                        InboxHandler(inbox),
                    ])
                }
            }
        if let receiveBufferSize {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBufferSize))
        }
        do {
            channel = try bootstrap.connect(host: "127.0.0.1", port: port).wait()
        } catch {
            throw TestClient.Failure(call: "connect", code: 0)
        }
        self.inbox = inbox
    }

    deinit { channel.close(promise: nil) }

    private static func context() throws -> TLSContext {
        try TLSContext(trusting: try certificates.get().authority)
    }

    func send(_ bytes: [UInt8]) throws -> TestClient.Sending {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Self.maxChunkSize)
            rest = rest.dropFirst(chunk.count)
            let done = DispatchSemaphore(value: 0)
            let isSent = NIOLockedValueBox(false)
            channel.writeAndFlush(ByteBuffer(bytes: chunk)).whenComplete { result in
                if case .success = result { isSent.withLockedValue { $0 = true } }
                done.signal()
            }
            // Longer than over plain TCP: a server that cuts waits for the end of TLS first.
            guard done.wait(timeout: .now() + 5) == .success else { return .blocked }
            guard isSent.withLockedValue({ $0 }) else { return .closed }
        }
        return .complete
    }

    func endSending() { try? channel.close(mode: .output).wait() }

    func receive() throws -> [UInt8] {
        let (bytes, wasFull) = try inbox.take()
        if wasFull { channel.setOption(.autoRead, value: true).whenComplete { _ in } }
        return bytes
    }
}

/// The bytes that came, until they are taken.
private final class Inbox: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
    }

    private let maxSize: Int
    private let state = ConditionLock(value: 0)
    private let box = NIOLockedValueBox(State())

    init(maxSize: Int) { self.maxSize = maxSize }

    /// Adds what came; whether no more should come for now.
    func add(_ bytes: [UInt8]) -> Bool {
        state.lock()
        defer { state.unlock(withValue: 1) }
        return box.withLockedValue { box in
            box.bytes += bytes
            return box.bytes.count >= maxSize
        }
    }

    func end() {
        state.lock()
        box.withLockedValue { $0.hasEnded = true }
        state.unlock(withValue: 1)
    }

    /// All that is there, once something is; nothing at the end.
    func take() throws -> (bytes: [UInt8], wasFull: Bool) {
        guard state.lock(whenValue: 1, timeoutSeconds: 20) else {
            throw TestClient.Failure(call: "recv", code: 0)
        }
        let (bytes, hasEnded) = box.withLockedValue { box in
            defer { box.bytes = [] }
            return (box.bytes, box.hasEnded)
        }
        state.unlock(withValue: hasEnded ? 1 : 0)
        return (bytes, bytes.count >= maxSize)
    }
}

/// Puts what comes into an inbox.
private final class InboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: Inbox

    init(_ inbox: Inbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if inbox.add(Array(unwrapInboundIn(data).readableBytesView)) {
            context.channel.setOption(.autoRead, value: false).whenComplete { _ in }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { inbox.end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) { inbox.end() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.end()
        context.close(promise: nil)
    }
}

extension TestCertificates {
    /// The identity of a server under test.
    func identity(handshakeTimeout: Duration = .seconds(300)) throws -> TLSIdentity {
        try TLSIdentity(
            certificateFile: certificateFile, keyFile: keyFile, handshakeTimeout: handshakeTimeout)
    }
}
