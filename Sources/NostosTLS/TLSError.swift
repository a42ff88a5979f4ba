import CSSL

/// The failures of TLS; each ends its connection.
public enum TLSError: Error, Sendable, Equatable {
    /// A file of certificates or keys cannot be used.
    case badFile(path: String, reason: String)
    /// A certificate and a key do not belong together.
    case keyOfAnotherCertificate
    /// The server's certificate is not trusted; `reason` is OpenSSL's, such as `certificate has
    /// expired`.
    case untrusted(reason: String)
    /// The server's certificate is of another name or address than the one that was asked.
    case otherName
    /// The other side does not speak TLS.
    case notTLS
    /// The handshake failed for another reason.
    case handshake(reason: String)
    /// A record cannot be read: it is damaged, or breaks the protocol.
    case badRecord(reason: String)
    /// The connection ended without TLS's own end (RFC 8446 §6.1): data may be missing.
    case truncated
    /// OpenSSL refused a setting, or had no memory.
    case library(reason: String)
}

extension TLSError: CustomStringConvertible {
    /// The failure in words.
    public var description: String {
        switch self {
        case .badFile(let path, let reason): "\(path): \(reason)"
        case .keyOfAnotherCertificate: "the key is not the certificate's"
        case .untrusted(let reason): "the certificate is not trusted: \(reason)"
        case .otherName: "the certificate is of another name"
        case .notTLS: "the other side does not speak TLS"
        case .handshake(let reason): "the handshake failed: \(reason)"
        case .badRecord(let reason): "a record cannot be read: \(reason)"
        case .truncated: "the connection ended without the end of TLS"
        case .library(let reason): "OpenSSL: \(reason)"
        }
    }
}

/// The queue of errors that OpenSSL keeps for each thread.
enum ErrorQueue {
    /// One entry: OpenSSL's number, and its words.
    struct Entry {
        let reason: Int32
        let text: String
    }

    /// Removes all entries; called before a call whose errors are read.
    static func clear() { ERR_clear_error() }

    /// Takes the oldest entry, the cause, and removes all others; nil where there is none.
    static func take() -> Entry? {
        let code = ERR_get_error()
        defer { clear() }
        guard code != 0 else { return nil }
        let size = 256
        let text = unsafe String(unsafeUninitializedCapacity: size) { buffer in
            // Unsafe: OpenSSL writes at most `size` bytes, the last one 0.
            unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe ERR_error_string_n(code, $0.baseAddress, size)
            }
            return unsafe buffer.firstIndex(of: 0) ?? 0
        }
        // error:0A000126:SSL routines::unexpected eof while reading
        let words = text.split(separator: ":").last.map(String.init) ?? text
        return Entry(reason: ERR_GET_REASON(code), text: words)
    }

    /// The words of the oldest entry.
    static func takeText() -> String { take()?.text ?? "no reason is known" }
}
