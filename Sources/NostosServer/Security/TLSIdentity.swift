import NIOConcurrencyHelpers
import NIOCore
import NostosTLS

/// The server's certificate chain and key, read from PEM files, and again when they change.
///
/// A reload affects new connections only.
public final class TLSIdentity: Sendable {
    /// The files, as the caller gave them.
    public let certificateFile, keyFile: String
    private let context: NIOLockedValueBox<TLSContext>
    private let handshakeTimeout: TimeAmount

    /// Reads both files and checks that they belong together.
    ///
    /// `handshakeTimeout` is the longest time from a connection's start to the end of its
    /// handshake.
    ///
    /// - Throws: ``ServerError/badCertificate(reason:)``.
    public init(
        certificateFile: String, keyFile: String, handshakeTimeout: Duration = .seconds(5)
    ) throws(ServerError) {
        self.handshakeTimeout = TimeAmount(handshakeTimeout)
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        context = NIOLockedValueBox(try Self.context(certificateFile, keyFile))
    }

    /// Reads both files again.
    ///
    /// The old certificate stays in force if the new one is bad.
    public func reload() throws(ServerError) {
        let new = try Self.context(certificateFile, keyFile)
        context.withLockedValue { $0 = new }
    }

    /// Adds TLS to a new connection.
    func addHandlers(to channel: any Channel) throws {
        let context = context.withLockedValue { $0 }
        try channel.pipeline.syncOperations.addHandlers([
            PlainHTTPRefusal(), try TLSHandler(context), HandshakeDeadline(handshakeTimeout),
        ])
    }

    private static func context(
        _ certificateFile: String, _ keyFile: String
    ) throws(ServerError) -> TLSContext {
        do {
            return try TLSContext(certificateFile: certificateFile, keyFile: keyFile)
        } catch {
            throw .badCertificate(
                reason: "\(certificateFile), \(keyFile): expected PEM files of a certificate chain"
                    + " and of its key: \(error)")
        }
    }
}

/// Closes a connection whose handshake takes too long.
final class HandshakeDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let timeout: TimeAmount
    private var task: Scheduled<Void>?

    init(_ timeout: TimeAmount) { self.timeout = timeout }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        task = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .established = event as? TLSEvent {
            task?.cancel()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        task?.cancel()
        context.fireChannelInactive()
    }
}
