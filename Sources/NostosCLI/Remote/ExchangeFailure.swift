import NIOCore
import NIOHTTP1
import NIOPosix
import NostosTLS
import SystemPackage

/// The message for people when no answer came from a server: the failure, and the remedy to try.
enum ExchangeFailure {
    /// The text for what ``HTTPExchange/send(_:to:tls:)`` threw.
    static func text(of error: any Error, from address: ServerAddress) -> String {
        "\(address.authority): \(reason(error, address))"
    }

    private static func reason(_ error: any Error, _ address: ServerAddress) -> String {
        switch error {
        case let error as NIOConnectionError: return reason(error)
        case ChannelError.connectTimeout:
            let seconds = HTTPExchange.connectTimeout.nanoseconds / 1_000_000_000
            return "no connection within \(seconds) s"
        case is HTTPParserError: return "what answers is no `nostos serve`"
        case let error as ExchangeError:
            let hint = error == .closed && !address.isSecure ? "; if it speaks TLS: https://" : ""
            return "\(error)\(hint)"
        case let error as TLSError: return reason(error)
        default: return "\((error as? IOError).map(reason) ?? "\(error)")"
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        if let error = error.connectionErrors.first?.error {
            let reason = (error as? IOError).map(reason) ?? "\(error)"
            return "\(reason); expected the admin port of a `nostos serve`"
        }
        return "no address is known of this name"
    }

    private static func reason(_ error: IOError) -> String {
        Errno(rawValue: error.errnoCode).description
    }

    private static func reason(_ error: TLSError) -> String {
        switch error {
        case .truncated: "\(ExchangeError.closed)"
        case .otherName: "the server's certificate is of another name"
        case .untrusted(let reason):
            "the server's certificate has expired, or is signed by nobody known here"
                + " (\(reason)); --ca-file names who signed it"
        case .notTLS: "no TLS is spoken there; if that is right: http://"
        case .badFile, .keyOfAnotherCertificate, .handshake, .badRecord, .library:
            "no TLS connection: \(error)"
        }
    }
}
