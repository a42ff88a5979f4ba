import NIOCore
import NIOHTTP1
import NIOPosix
import NostosTLS
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
        case let error as TLSError: return reason(error)
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

    private static func reason(_ error: TLSError) -> String {
        switch error {
        case .truncated: "\(ExchangeError.closed)"
        case .otherName: "the server's certificate names another host"
        case .untrusted(let reason):
            "the server's certificate has expired, or an unknown authority signed it (\(reason));"
                + " --ca-file names the authority"
        case .notTLS: "the server does not speak TLS there; use http:// if that is right"
        case .badFile, .keyOfAnotherCertificate, .handshake, .badRecord, .library:
            "no TLS connection: \(error)"
        }
    }
}
