import CSSL

/// The settings that many connections share: certificates, trust, versions.
///
/// TLS is OpenSSL's, which libpq loads anyway and which the system's updates mend. SwiftNIO's own
/// library compiles BoringSSL, 300 of the 420 steps of a first build.
///
/// Versions are 1.2 and 1.3; with 1.2 only ciphers with forward secrecy and authentication.
@safe public final class TLSContext {
    /// The side of a connection.
    enum Role { case server, client }

    private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"

    let role: Role
    let pointer: OpaquePointer

    private init(_ role: Role) throws(TLSError) {
        ErrorQueue.clear()
        let method = role == .server ? unsafe TLS_server_method() : unsafe TLS_client_method()
        guard let pointer = unsafe SSL_CTX_new(method) else {
            throw .library(reason: ErrorQueue.takeText())
        }
        self.role = role
        unsafe self.pointer = pointer
        // Release: an idle connection keeps no buffers for records, 34 KB.
        unsafe nostos_ssl_set_mode(pointer, Int(SSL_MODE_RELEASE_BUFFERS))
        unsafe nostos_ssl_set_session_cache(pointer, Int(SSL_SESS_CACHE_OFF))
        unsafe nostos_ssl_refuse_renegotiation(pointer)
        guard unsafe nostos_ssl_set_minimum_version(pointer, TLS1_2_VERSION) == 1,
            unsafe SSL_CTX_set_cipher_list(pointer, Self.ciphers) == 1
        else { throw .library(reason: ErrorQueue.takeText()) }
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// A server's context.
    ///
    /// - Parameters:
    ///   - certificateFile: its certificate and those that lead to an authority, PEM.
    ///   - keyFile: the key of the first certificate, PEM without a passphrase.
    /// - Throws: ``TLSError/badFile(path:reason:)``, ``TLSError/keyOfAnotherCertificate``.
    public convenience init(
        certificateFile: String, keyFile: String
    ) throws(TLSError) {
        try self.init(.server)
        // OpenSSL would ask at the terminal for the passphrase of a key.
        unsafe SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in 0 }
        guard unsafe SSL_CTX_use_certificate_chain_file(pointer, certificateFile) == 1 else {
            throw .badFile(path: certificateFile, reason: ErrorQueue.takeText())
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(pointer, keyFile, SSL_FILETYPE_PEM) == 1 else {
            let entry = ErrorQueue.take()
            if entry?.reason == X509_R_KEY_VALUES_MISMATCH { throw .keyOfAnotherCertificate }
            throw .badFile(path: keyFile, reason: entry?.text ?? "no key")
        }
        guard unsafe SSL_CTX_check_private_key(pointer) == 1 else {
            ErrorQueue.clear()
            throw .keyOfAnotherCertificate
        }
        unsafe SSL_CTX_set_alpn_select_cb(pointer, chooseProtocol, nil)
    }

    /// A client's context, which trusts the authorities in `authorityFile`, PEM, or those of the
    /// system where that is nil.
    ///
    /// - Throws: ``TLSError/badFile(path:reason:)``.
    public convenience init(trusting authorityFile: String?) throws(TLSError) {
        try self.init(.client)
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        if let authorityFile {
            guard unsafe SSL_CTX_load_verify_file(pointer, authorityFile) == 1 else {
                throw .badFile(path: authorityFile, reason: ErrorQueue.takeText())
            }
        } else {
            guard unsafe SSL_CTX_set_default_verify_paths(pointer) == 1 else {
                throw .library(reason: ErrorQueue.takeText())
            }
        }
        guard unsafe SSL_CTX_set_alpn_protos(pointer, http11, UInt32(http11.count)) == 0 else {
            throw .library(reason: ErrorQueue.takeText())
        }
    }
}

// @unchecked: a context is not changed after `init`, and OpenSSL counts references atomically.
extension TLSContext: @unchecked Sendable {}

/// The one protocol that both sides speak (RFC 7301 §3.1): its length, then its name.
private let http11: [UInt8] = [8] + Array("http/1.1".utf8)

/// Chooses `http/1.1` where the client offers it, and no protocol where it does not.
private func chooseProtocol(
    _ connection: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenSize: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
    _ offeredSize: UInt32, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let chosen = unsafe chosen, let chosenSize = unsafe chosenSize,
        let offered = unsafe offered
    else { return SSL_TLSEXT_ERR_NOACK }
    // Unsafe: `offered` is as large as OpenSSL says, and the choice is a part of it.
    let bytes = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredSize))
    var position = 0
    while position < bytes.count {
        let end = unsafe position + 1 + Int(bytes[position])
        guard end <= bytes.count else { break }
        if unsafe bytes[position..<end].elementsEqual(http11) {
            unsafe chosen.pointee = offered + position + 1
            unsafe chosenSize.pointee = bytes[position]
            return SSL_TLSEXT_ERR_OK
        }
        position = end
    }
    return SSL_TLSEXT_ERR_NOACK
}
