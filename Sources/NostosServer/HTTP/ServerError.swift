/// The reason for which the server does not start.
public enum ServerError: Error, Sendable, Equatable {
    /// The address is invalid, in use, or not permitted.
    case cannotBind(host: String, port: Int, reason: String)
    /// Other machines reach the address, and there are no tokens.
    case notLoopback(host: String)
    /// Other machines reach the address, and there is no TLS.
    case notEncrypted(host: String)
    /// Certificate and key cannot be used.
    case badCertificate(reason: String)
    /// Anybody on this machine may put files into the store.
    case writableStore(path: String)
    /// The tokens cannot be used; the reason names the file and the place.
    case badTokens(reason: String)
}

extension ServerError: CustomStringConvertible {
    /// The message for people.
    public var description: String {
        switch self {
        case .cannotBind(let host, let port, let reason):
            "cannot listen on \(host), port \(port): \(reason)"
        case .notLoopback(let host):
            "will not listen on \(host): other machines could reach it, and no tokens are set up;"
                + " use a loopback address such as 127.0.0.1, or make a tokens file with"
                + " `nostos token NAME`"
        case .notEncrypted(let host):
            "will not listen on \(host) without TLS: tokens would cross the network as plain text;"
                + " use --tls-cert and --tls-key, or --plain-http where a proxy does TLS"
        case .writableStore(let path):
            "will not serve \(path): anybody on this machine may write there; chmod o-w \(path)"
        case .badCertificate(let reason): reason
        case .badTokens(let reason): reason
        }
    }
}
