import ArgumentParser
import Foundation
import Nostos
import SystemPackage

/// The option `--store DIR` of all verbs that need a store.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store's directory (default: $NOSTOS_STORE, else ./nostos-store).",
            valueName: "dir"))
    var store: String?

    /// The directory: of the flag, else of the environment, else the default.
    var path: FilePath {
        let environment = ProcessInfo.processInfo.environment["NOSTOS_STORE"]
        return FilePath(store ?? environment.flatMap { $0.isEmpty ? nil : $0 } ?? "nostos-store")
    }

    /// Opens the store's catalog; a message says when it has to wait for another process.
    func open(create: Bool = false) throws -> Catalog {
        try Catalog.open(path, create: create) { lock in
            Output.message("waiting for \(lock), which another process holds")
        }
    }

    /// The store's catalog in the name of the user.
    func openLocal() throws -> LocalCatalog { LocalCatalog(try open(), actor: Actor.current) }

    /// Opens the store's catalog for a server.
    ///
    /// Where the path is missing or an empty directory it makes a store without jobs, so that a
    /// server may start before the first run.
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

    /// Opens the store's catalog; nil where there is no store, and none is made.
    func openIfThere() throws -> Catalog? {
        do { return try open() } catch CatalogError.noStore { return nil }
    }
}

/// The option `-o json` of all verbs that print a result.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(name: .shortAndLong, help: "The form of the result: text or json.")
    var output = Format.text

    var isJSON: Bool { output == .json }
}

/// The actor that the history names for a change.
enum Actor {
    /// `$NOSTOS_ACTOR`, else the user's name.
    static var current: String {
        let named = ProcessInfo.processInfo.environment["NOSTOS_ACTOR"] ?? ""
        return named.isEmpty ? NSUserName() : named
    }
}

/// The argument `JOB` or `JOB@V`, where V is a number, `current`, `previous` or `candidate`.
extension JobReference: ExpressibleByArgument {
    /// The reference of an argument; nil is a usage error.
    public init?(argument: String) { self.init(argument) }

    /// The job's name, for verbs that take no version; throws where one is given.
    func name() throws -> String {
        guard selector == nil else {
            throw ValidationError("\(job)@\(selector ?? ""): expected \(job), without a version")
        }
        return job
    }

    /// The number of the version after the `@`, for verbs that change one version; throws where
    /// there is none.
    func number(in catalog: any CatalogAccess) throws -> Int {
        guard let selector, let reference = VersionReference(selector) else {
            throw ValidationError("expected \(job)@VERSION, with the version's number")
        }
        if case .number(let number) = reference { return number }
        return try catalog.state(of: job).version(named: selector).number
    }
}

/// The argument that is a version's number, spelled as ``VersionReference`` has it.
struct VersionNumber: ExpressibleByArgument {
    let number: Int

    init?(argument: String) {
        guard case .number(let number) = VersionReference(argument) else { return nil }
        self.number = number
    }
}
