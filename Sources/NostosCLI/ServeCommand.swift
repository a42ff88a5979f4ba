import ArgumentParser
import Foundation
import Logging
import Nostos
import NostosServer

/// `nostos serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the store's current versions over HTTP.")

    @OptionGroup var store: StoreOptions
    @Option(help: "The data plane's port; 0 takes a free one.") var port = 7480
    @Option(help: "The address to bind to.") var host = "127.0.0.1"
    @Option(help: "Threads that serve (default: one a core).") var threads: Int?
    @Option(
        help: "What moves the bytes: epoll or nio (default: epoll on Linux).", transform: transport)
    var transport = TransportKind.preferred

    func validate() throws {
        guard (0...65535).contains(port) else {
            throw ValidationError("--port \(port): expected 0 to 65535")
        }
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads \(threads): expected 1 to 256")
        }
    }

    func run() async throws {
        do {
            let store = try Store(opening: store.path)
            let catalog = try Catalog.open(self.store.path, create: false)
            let sweeper = Task.detached {
                // Dropped tables are deleted when they are due and no reader holds them. A sweep
                // that fails now is tried again; readers do not depend on it.
                while !Task.isCancelled {
                    _ = try? catalog.sweep()
                    try await Task.sleep(for: .seconds(1))
                }
            }
            defer { sweeper.cancel() }
            var options = DataPlaneOptions()
            (options.host, options.port) = (host, port)
            options.transport = transport
            if let threads { options.threadCount = threads }
            let host = host
            try await Server.run(
                store: store, options: options, logger: Logger(label: "nostos")
            ) { port in
                Output.line("serving http://\(host):\(port)/")
            }
        } catch {
            throw Failure.exit(error)
        }
    }

    private static func transport(_ name: String) throws -> TransportKind {
        guard let kind = TransportKind(rawValue: name) else {
            throw ValidationError("--transport \(name): expected epoll or nio")
        }
        return kind
    }
}
