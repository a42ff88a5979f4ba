#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import NIOCore
import NIOPosix

/// Checks that all ports are free before the server listens on the first, so that it never accepts
/// a connection on one port and then fails because of another.
enum PortProbe {
    /// Throws ``ServerError/cannotBind(host:port:reason:)`` for the first port that is in use.
    ///
    /// Port 0 is always free. The real binding reports all other errors.
    static func check(host: String, ports: [Int], sharesPorts: Bool) throws(ServerError) {
        for port in ports where port != 0 && isInUse(host, port, sharesPorts) {
            let hint =
                sharesPorts
                ? "; a server there was started without --share-ports, or is another user's"
                : "; to take over from a running server, start both with --share-ports"
            throw .cannotBind(
                host: host, port: port, reason: "the address is in use already\(hint)")
        }
    }

    /// Binds a socket as the server would, and never listens on it.
    private static func isInUse(_ host: String, _ port: Int, _ sharesPort: Bool) -> Bool {
        guard let address = try? SocketAddress.makeAddressResolvingHost(host, port: port) else {
            return false
        }
        let family: Int32
        switch address {
        case .v4: family = AF_INET
        case .v6: family = AF_INET6
        case .unixDomainSocket: return false
        }
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var isOn: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Unsafe: the kernel reads the option and the address during the calls.
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, size)
        if sharesPort {
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &isOn, size)
        }
        let result = unsafe address.withSockAddr { pointer, size in
            unsafe bind(descriptor, pointer, socklen_t(size))
        }
        return result != 0 && errno == EADDRINUSE
    }
}
