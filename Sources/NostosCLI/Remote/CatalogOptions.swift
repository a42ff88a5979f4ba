import ArgumentParser
import Foundation
import NIOSSL
import Nostos

/// Where the catalog is: a store on this machine, or a server's control plane.
struct CatalogOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(
        help: ArgumentHelp(
            "A server's control plane instead of a store (default: $NOSTOS_URL).",
            valueName: "http://host:7481"))
    var url: String?
    @Option(
        help: ArgumentHelp(
            "With --url: the file that holds your token, mode 600 (default: $NOSTOS_TOKEN_FILE).",
            valueName: "file"))
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "With --url: who signed the server's certificate, PEM (default: the system's).",
            valueName: "file"))
    var caFile: String?

    func validate() throws {
        guard url == nil || store.store == nil else {
            throw ValidationError("--url and --store: expected one of them")
        }
    }

    /// The catalog.
    func open() throws -> any CatalogAccess {
        guard let url = remoteURL else { return LocalCatalog(catalog: try store.open()) }
        guard let address = ServerAddress(url) else {
            throw Failure(
                .configuration,
                "--url \(url): expected http://127.0.0.1:7481 or https://host:7481")
        }
        let file = tokenFile ?? Self.environment("NOSTOS_TOKEN_FILE")
        let token = try file.map(TokenFile.read)
        guard token == nil || address.isSecure || address.isLoopback else {
            throw Failure(
                .configuration,
                "\(url): the token would cross the network as plain text; expected https://")
        }
        return RemoteCatalog(address, token: token, tls: try context(address))
    }

    /// The catalog of a store on this machine; verbs that read tables need one.
    func openLocal(_ verb: String) throws -> LocalCatalog {
        guard remoteURL == nil else {
            throw ValidationError("\(verb) reads tables: expected --store, not --url")
        }
        return LocalCatalog(catalog: try store.open())
    }

    /// The flag, else the environment where no store is named.
    private var remoteURL: String? {
        url ?? (store.store == nil ? Self.environment("NOSTOS_URL") : nil)
    }

    private func context(_ address: ServerAddress) throws -> NIOSSLContext? {
        guard address.isSecure else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let caFile { configuration.trustRoots = .file(caFile) }
        do { return try NIOSSLContext(configuration: configuration) } catch {
            guard let caFile else { throw Failure(.configuration, "TLS: \(error)") }
            throw Failure(.configuration, "\(caFile): expected a PEM file of certificates")
        }
    }

    private static func environment(_ name: String) -> String? {
        let value = ProcessInfo.processInfo.environment[name] ?? ""
        return value.isEmpty ? nil : value
    }
}
