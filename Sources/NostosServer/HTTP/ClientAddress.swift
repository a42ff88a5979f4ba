import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The address of one connection's client, which is read from the system only when a log line needs
/// it.
final class ClientAddress {
    private enum Origin {
        case socket(Int32)
        case known(SocketAddress?)
    }

    private let origin: Origin

    /// The client at the other end of a connected socket, which stays open as long as this is used.
    init(socket: Int32) { origin = .socket(socket) }

    init(_ address: SocketAddress?) { origin = .known(address) }

    /// The IP address; nil where there is none.
    var text: String? {
        switch origin {
        case .known(let address): address?.ipAddress
        case .socket(let socket): Self.peer(of: socket)?.ipAddress
        }
    }

    private static func peer(of socket: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // Unsafe: all pointers are to local variables and used during the calls only; the storage
        // is large enough for the address of every family, and is read as the family says.
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer -> SocketAddress? in
            let generic = UnsafeMutableRawPointer(pointer)
            let address = unsafe generic.assumingMemoryBound(to: sockaddr.self)
            guard unsafe getpeername(socket, address, &size) == 0 else { return nil }
            switch Int32(unsafe address.pointee.sa_family) {
            case AF_INET:
                let known = unsafe generic.assumingMemoryBound(to: sockaddr_in.self).pointee
                return SocketAddress(known, host: "")
            case AF_INET6:
                let known = unsafe generic.assumingMemoryBound(to: sockaddr_in6.self).pointee
                return SocketAddress(known, host: "")
            default: return nil
            }
        }
    }
}
