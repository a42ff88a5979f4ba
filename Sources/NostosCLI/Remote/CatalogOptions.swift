import ArgumentParser
import Foundation
import NostosTLS
import Nostos

/// The option `--url`, and those for the token and the certificate.
struct ServerOptionsOfClient: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A server's admin port instead of a store (default: $NOSTOS_URL).",
            valueName: "http://host:7481"))
    var url: String?
    @Option(
        help: ArgumentHelp(
            "With --url: the file with your token, - for standard input (default: $NOSTOS_TOKEN, "
                + "else the file $NOSTOS_TOKEN_FILE).",
            valueName: "file"))
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "With --url: the authority of the server's certificate, PEM (default: the system's).",
            valueName: "file"))
    var caFile: String?

    /// The server's address: of the flag, else of the environment, else nil.
    var address: String? { url ?? Self.environment("NOSTOS_URL") }

    /// A client of the server that flag or environment name, else of the one at `fallback`.
    func connect(default fallback: String? = nil) throws -> RemoteCatalog {
        guard let url = address ?? fallback else {
            throw ValidationError("expected --url, or NOSTOS_URL in the environment")
        }
        guard let address = ServerAddress(url) else {
            throw Failure(
                .configuration,
                "--url \(url): expected http://127.0.0.1:7481 or https://host:7481")
        }
        let token = try TokenSource.token(
            file: tokenFile, environment: ProcessInfo.processInfo.environment)
        guard token == nil || address.isSecure || address.isLoopback else {
            throw Failure(
                .configuration,
                "\(url): the token would cross the network as plain text; expected https://")
        }
        return RemoteCatalog(address, token: token, tls: try context(address))
    }

    private func context(_ address: ServerAddress) throws -> TLSContext? {
        guard address.isSecure else { return nil }
        do { return try TLSContext(trusting: caFile) } catch {
            guard let caFile else { throw Failure(.configuration, "TLS: \(error)") }
            throw Failure(.configuration, "\(caFile): expected a PEM file of certificates")
        }
    }

    private static func environment(_ name: String) -> String? {
        let value = ProcessInfo.processInfo.environment[name] ?? ""
        return value.isEmpty ? nil : value
    }
}

/// The place of the catalog: a store on this machine, or a server's control plane.
struct CatalogOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var server: ServerOptionsOfClient

    func validate() throws {
        guard server.url == nil || store.store == nil else {
            throw ValidationError("--url and --store: expected one of them")
        }
    }

    /// Opens the catalog.
    func open() throws -> any CatalogAccess {
        isRemote ? try server.connect() : try store.openLocal()
    }

    /// Opens the catalog of a store on this machine, for verbs that no server offers.
    func openLocal(_ verb: String) throws -> LocalCatalog {
        guard !isRemote else {
            throw ValidationError("\(verb) reads tables: expected --store, not --url")
        }
        return try store.openLocal()
    }

    /// Whether the catalog is a server's: by the flag, or by the environment where no store is
    /// named.
    private var isRemote: Bool {
        server.url != nil || store.store == nil && server.address != nil
    }
}
