import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension NIOBSDSocket.Option {
    /// Lets other sockets of the same user bind the same port; the kernel spreads new connections
    /// over them (socket(7)).
    static let reusePort = NIOBSDSocket.Option(rawValue: SO_REUSEPORT)
}

extension SocketAddress {
    /// Whether only this machine reaches the address.
    var isLoopback: Bool {
        let text = ipAddress ?? ""
        return text == "::1" || text.hasPrefix("127.")
    }
}
