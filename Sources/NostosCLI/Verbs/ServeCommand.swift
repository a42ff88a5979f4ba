import ArgumentParser
import Foundation
import Logging
import Nostos
import NostosServer

/// `nostos serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the current versions and the catalog over HTTP.",
        discussion: """
            Without a tokens file the server is for this machine alone: everybody on it may read, \
            and the printed URL lets one browser administer. On SIGHUP it reads tokens and \
            certificates again; on SIGTERM it finishes the requests under way and ends.
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: "The data plane's port; 0 takes a free one.") var port = 7480
    @Option(help: "The control plane's port; 0 takes a free one.") var adminPort = 7481
    @Option(help: "The address to bind to.") var host = "127.0.0.1"
    @Option(help: "The number of serving threads (default: one per core).") var threads: Int?
    @Option(
        help: "The data plane's transport: epoll or nio (default: epoll on Linux; nio with TLS).",
        transform: transport)
    var transport: TransportKind?
    @OptionGroup var security: SecurityOptions
    @Option(
        help: """
            An origin whose pages may read the data plane, such as https://app.example, or '*' for \
            all; may be given several times (default: none).
            """, transform: origin)
    var allowOrigin: [String] = []

    @Flag(help: "Let another reader listen on the same ports, to take over without a gap.")
    var sharePorts = false
    @Option(
        help:
            "The time after SIGTERM for which /readyz says 503 before connections are refused: 5s."
    )
    var drainDelay = ShortTime(milliseconds: 0)
    @Option(help: "Log requests that take longer than this, such as 100ms or 2s; 0ms logs none.")
    var slowRequest = ShortTime(milliseconds: 100)
    @Flag(help: "Log all requests.") var logRequests = false

    func validate() throws {
        for (name, port) in [("--port", port), ("--admin-port", adminPort)] {
            guard (0...65535).contains(port) else {
                throw ValidationError("\(name) \(port): expected 0 to 65535")
            }
        }
        guard port == 0 || port != adminPort else {
            throw ValidationError("--admin-port \(adminPort): expected another port than --port")
        }
        guard transport != .epoll || security.tlsCert == nil else {
            throw ValidationError(
                "--transport epoll: only nio serves TLS; leave the option out, or let a proxy do "
                    + "TLS")
        }
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads \(threads): expected 1 to 256")
        }
    }

    func run() async throws {
        do {
            let catalog = try store.openForServing()
            let store = try Store(opening: store.path)
            let options = try options()
            if security.isFound {
                Output.message(
                    "nostos: using the tokens of ./tokens.yml, found in the working directory; "
                        + "--tokens names another file")
            }
            let scheme = options.tls == nil ? "http" : "https"
            try await Server.run(
                store: store, catalog: catalog, options: options, logger: Logger(label: "nostos")
            ) { bound in
                let host = options.host.contains(":") ? "[\(options.host)]" : options.host
                Output.line("serving \(scheme)://\(host):\(bound.port)/")
                let admin = "\(scheme)://\(host):\(bound.adminPort)/"
                Output.line(bound.code.map { "admin \(admin)login?code=\($0)" } ?? "admin \(admin)")
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

    private static func origin(_ text: String) throws -> String {
        guard let origin = DataPlaneOptions.origin(text) else {
            throw ValidationError(
                "expected a scheme, a host and maybe a port, such as https://app.example:8443, or "
                    + "'*'"
            )
        }
        return origin
    }

    private func options() throws -> ServerOptions {
        var options = ServerOptions()
        (options.host, options.dataPlane.port, options.adminPort) = (host, port, adminPort)
        options.dataPlane.transport = transport ?? .preferred
        if let threads { options.dataPlane.threadCount = threads }
        options.sharesPorts = sharePorts
        options.endNoticeTime = drainDelay.duration
        options.slowRequest = slowRequest.duration == .zero ? nil : slowRequest.duration
        options.logsRequests = logRequests
        options.version = NostosCommand.version
        options.dataPlane.allowedOrigins = allowOrigin
        options.loadTokens = security.loadTokens()
        options.hasPublicReads = security.publicReads
        options.allowsPlainHTTP = security.plainHTTP
        options.tls = try security.identity()
        return options
    }
}

/// A duration in milliseconds or seconds: `100ms`, `2s`.
struct ShortTime: ExpressibleByArgument {
    let duration: Duration

    init(milliseconds: Int64) { duration = .milliseconds(milliseconds) }

    init?(argument: String) {
        let isMilliseconds = argument.hasSuffix("ms")
        guard isMilliseconds || argument.hasSuffix("s"),
            let count = Int64(argument.dropLast(isMilliseconds ? 2 : 1)),
            (0...86_400_000).contains(count)
        else { return nil }
        duration = isMilliseconds ? .milliseconds(count) : .seconds(count)
    }

    var defaultValueDescription: String {
        "\(duration.components.attoseconds / 1_000_000_000_000_000)ms"
    }
}
