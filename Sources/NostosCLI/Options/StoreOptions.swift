import ArgumentParser
import Foundation
import Nostos
import SystemPackage

/// `--store DIR`, common to all verbs that need a store.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store's directory (default: $NOSTOS_STORE, else ./nostos-store).",
            valueName: "dir"))
    var store: String?

    /// The directory: flag, else environment, else the default.
    var path: FilePath {
        let environment = ProcessInfo.processInfo.environment["NOSTOS_STORE"]
        return FilePath(store ?? environment.flatMap { $0.isEmpty ? nil : $0 } ?? "nostos-store")
    }

    /// The store's catalog; says so on stderr when it has to wait for another process.
    func open(create: Bool = false) throws -> Catalog {
        try Catalog.open(path, create: create) { lock in
            Output.message("waiting for \(lock), which another process holds")
        }
    }

    /// The store's catalog in the name of the user.
    func openLocal() throws -> LocalCatalog { LocalCatalog(try open(), actor: Actor.current) }

    /// The store's catalog, for a server; where nothing is at the path yet, or an empty directory,
    /// a store without a job is made, so that a server may start before the first run.
    func openForServing() throws -> Catalog {
        do { return try open() } catch CatalogError.noStore {
            let names = try? FileManager.default.contentsOfDirectory(atPath: path.string)
            guard (names ?? []).allSatisfy({ $0 == "lost+found" }) else {
                throw CatalogError.noStore(path: path.string)
            }
            Output.message(
                "\(path): the store is empty; `nostos run --store \(path) FILE` fills it")
            return try open(create: true)
        }
    }

    /// The store's catalog, or nil where there is no store yet; none is made.
    func openIfThere() throws -> Catalog? {
        do { return try open() } catch CatalogError.noStore { return nil }
    }
}

/// `-o json`, common to all verbs that print data.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(name: .shortAndLong, help: "How to print: text or json.")
    var output = Format.text

    var isJSON: Bool { output == .json }
}

/// The name of the person or program that makes a change, for the history.
enum Actor {
    /// `$NOSTOS_ACTOR`, else the user's name.
    static var current: String {
        let named = ProcessInfo.processInfo.environment["NOSTOS_ACTOR"] ?? ""
        return named.isEmpty ? NSUserName() : named
    }
}
