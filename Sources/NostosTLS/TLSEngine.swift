import CSSL

/// One connection's side of TLS, without input and output: bytes of the network go in and come
/// out, and so do bytes of the application.
///
/// Confined to one thread at a time.
@safe final class TLSEngine {
    /// The largest piece that ``receive(_:)`` and ``send(_:)`` take, in bytes: a record's.
    ///
    /// OpenSSL keeps a buffer as large as the largest piece for each connection (RFC 8446 §5.1).
    static let maxPieceSize = 16 << 10

    /// The outcome of a step.
    enum Step {
        /// It is done; of ``read(into:)``, so many bytes.
        case done(Int)
        /// The step goes on when more bytes of the network have come.
        case needsInput
        /// The other side has ended its sending.
        case ended
    }

    private let context: TLSContext
    private let connection: OpaquePointer
    // Both belong to the connection.
    private let input, output: OpaquePointer

    /// A connection of the context; `server` is the name or the IP address that a client asks,
    /// which the certificate must be of.
    ///
    /// - Throws: ``TLSError/library(reason:)``.
    init(_ context: TLSContext, server: String? = nil) throws(TLSError) {
        ErrorQueue.clear()
        guard let connection = unsafe SSL_new(context.pointer) else {
            throw .library(reason: ErrorQueue.takeText())
        }
        guard let input = unsafe BIO_new(BIO_s_mem()), let output = unsafe BIO_new(BIO_s_mem())
        else {
            unsafe SSL_free(connection)
            throw .library(reason: ErrorQueue.takeText())
        }
        unsafe SSL_set_bio(connection, input, output)
        self.context = context
        unsafe (self.connection, self.input, self.output) = (connection, input, output)
        switch context.role {
        case .server: unsafe SSL_set_accept_state(connection)
        case .client: unsafe SSL_set_connect_state(connection)
        }
        if let server { try expect(server) }
    }

    deinit { unsafe SSL_free(connection) }

    /// Demands a certificate of that name or address.
    private func expect(_ server: String) throws(TLSError) {
        let parameters = unsafe SSL_get0_param(connection)
        // An address is in a certificate by itself, and is no server name (RFC 6066 §3).
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, server) == 1 { return }
        ErrorQueue.clear()
        guard unsafe SSL_set1_host(connection, server) == 1,
            unsafe nostos_ssl_set_server_name(connection, server) == 1
        else { throw .library(reason: "the name \(server.prefix(80)) cannot be asked for") }
    }

    /// Takes bytes of the network, at most ``maxPieceSize``; they are copied.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
        guard unsafe !bytes.isEmpty else { return }
        // Unsafe: the size is that of the buffer.
        let taken = unsafe BIO_write(input, bytes.baseAddress, Int32(bytes.count))
        guard taken == bytes.count else { throw .library(reason: "no memory for a record") }
    }

    /// Goes on with the handshake.
    func shakeHands() throws(TLSError) -> Step {
        ErrorQueue.clear()
        let result = unsafe SSL_do_handshake(connection)
        return try step(result) { engine in engine.handshakeError() }
    }

    /// Decrypts into `buffer`; ``Step/done(_:)`` with the number of bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> Step {
        ErrorQueue.clear()
        // Unsafe: the size is that of the buffer.
        let result = unsafe SSL_read(
            connection, buffer.baseAddress, Int32(min(buffer.count, Self.maxPieceSize)))
        return try step(result) { _ in .badRecord(reason: ErrorQueue.takeText()) }
    }

    /// Encrypts bytes of the application, from 1 to ``maxPieceSize``.
    func send(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
        ErrorQueue.clear()
        // Unsafe: the size is that of the buffer. The output grows as needed: all is taken.
        let result = unsafe SSL_write(connection, bytes.baseAddress, Int32(bytes.count))
        guard result == bytes.count else { throw .badRecord(reason: ErrorQueue.takeText()) }
    }

    /// Ends this side's sending: the output gets TLS's own end.
    func endSending() {
        ErrorQueue.clear()
        _ = unsafe SSL_shutdown(connection)
        ErrorQueue.clear()
    }

    /// The number of bytes that wait for the network.
    var outputSize: Int { unsafe BIO_ctrl_pending(output) }

    /// Moves bytes for the network into `buffer`; returns their number.
    func takeOutput(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        // Unsafe: the size is that of the buffer.
        max(0, Int(unsafe BIO_read(output, buffer.baseAddress, Int32(buffer.count))))
    }

    private func step(
        _ result: Int32, _ failure: (TLSEngine) -> TLSError
    ) throws(TLSError) -> Step {
        if result > 0 { return .done(Int(result)) }
        switch unsafe SSL_get_error(connection, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: throw failure(self)
        }
    }

    private func handshakeError() -> TLSError {
        let entry = ErrorQueue.take()
        let verification = unsafe SSL_get_verify_result(connection)
        switch (entry?.reason, Int32(verification)) {
        case (SSL_R_CERTIFICATE_VERIFY_FAILED, X509_V_ERR_HOSTNAME_MISMATCH),
            (SSL_R_CERTIFICATE_VERIFY_FAILED, X509_V_ERR_IP_ADDRESS_MISMATCH):
            return .otherName
        case (SSL_R_CERTIFICATE_VERIFY_FAILED, _):
            // Unsafe: the text is a constant of OpenSSL's.
            let text = unsafe X509_verify_cert_error_string(verification)
            return .untrusted(reason: unsafe text.map { unsafe String(cString: $0) } ?? "")
        case (SSL_R_WRONG_VERSION_NUMBER, _), (SSL_R_HTTP_REQUEST, _),
            (SSL_R_PACKET_LENGTH_TOO_LONG, _):
            return .notTLS
        default: return .handshake(reason: entry?.text ?? "no reason is known")
        }
    }
}
