import Hummingbird
import Logging

/// The plain hello of Hummingbird's own documentation, for `scripts/bench http`.
@main
struct HummingbirdHello {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
        let router = Router()
        router.get("hello") { _, _ in "hello" }
        var logger = Logger(label: "hello")
        logger.logLevel = .error
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await app.runService()
    }
}
