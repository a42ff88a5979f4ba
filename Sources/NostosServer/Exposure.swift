import NIOCore
import SystemPackage

/// The conditions under which other machines may reach the server: docs/data-plane.md,
/// "Exposure".
struct Exposure {
    let options: ServerOptions

    init(_ options: ServerOptions) { self.options = options }

    /// Whether the address is of this machine alone.
    var isLocal: Bool {
        guard let address = try? SocketAddress.makeAddressResolvingHost(options.host, port: 0)
        else {
            // Binding reports an address that is wrong.
            return false
        }
        return address.isLoopback
    }

    /// Refuses an address that other machines reach without tokens, or without TLS.
    func check() throws(ServerError) {
        guard !isLocal else { return }
        guard options.loadTokens != nil else { throw .notLoopback(host: options.host) }
        guard options.tls != nil || options.allowsPlainHTTP else {
            throw .notEncrypted(host: options.host)
        }
    }

    /// Refuses a store into which anybody may put a table.
    static func check(store root: FilePath) throws(ServerError) {
        for path in [root, root.appending("tables")] {
            guard let mode = try? path.stat().permissions, mode.contains(.otherWrite) else {
                continue
            }
            throw .writableStore(path: path.string)
        }
    }
}
