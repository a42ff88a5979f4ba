import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SystemPackage

/// The message for an exchange without an answer: what failed, and what to try.
enum ExchangeFailure {
    /// The text for an error of ``HTTPExchange/send(_:to:tls:)``.
    static func text(of error: any Error, from address: ServerAddress) -> String {
        "\(address.authority): \(reason(error, address))"
    }

    private static func reason(_ error: any Error, _ address: ServerAddress) -> String {
        switch error {
        case let error as NIOConnectionError: return reason(error)
        case ChannelError.connectTimeout:
            let seconds = HTTPExchange.connectTimeout.nanoseconds / 1_000_000_000
            return "no connection within \(seconds) s"
        case is HTTPParserError: return "the answer is not that of a `nostos serve`"
        case let error as ExchangeError:
            let hint =
                error == .closed && !address.isSecure ? "; use https:// if it speaks TLS" : ""
            return "\(error)\(hint)"
        case NIOSSLError.handshakeFailed(let error): return reason(handshake: error)
        case NIOSSLError.uncleanShutdown: return "\(ExchangeError.closed)"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            return "the server's certificate names another host"
        default: return "\((error as? IOError).map(reason) ?? "\(error)")"
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        if let error = error.connectionErrors.first?.error {
            let reason = (error as? IOError).map(reason) ?? "\(error)"
            return "\(reason); expected the admin port of a `nostos serve`"
        }
        return "the host name has no address"
    }

    private static func reason(_ error: IOError) -> String {
        Errno(rawValue: error.errnoCode).description
    }

    /// The reason for a failed handshake; BoringSSL states it as words within its text.
    private static func reason(handshake error: BoringSSLError) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "the server's certificate has expired, or an unknown authority signed it; "
                + "--ca-file names the authority"
        }
        if text.contains("WRONG_VERSION_NUMBER") {
            return "the server does not speak TLS there; use http:// if that is right"
        }
        return "no TLS connection: \(text)"
    }
}
