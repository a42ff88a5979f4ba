import Logging
import Nostos
import ServiceLifecycle
import UnixSignals

/// The data plane as a service: it serves from the moment it is made, and drains at the end.
struct DataPlaneService: Service {
    let dataPlane: DataPlane
    let notice: EndNotice
    /// The time from the notice to the drain.
    let time: Duration

    func run() async throws {
        try? await gracefulShutdown()
        notice.give()
        try? await Task.sleep(for: time)
        await dataPlane.shutdown()
    }
}

/// The service that runs twice a second, so that a table's space is back within a second: it
/// deletes the tables of dropped versions that are due, and reads for `/metrics` the figures that
/// would be too slow while a request waits.
struct Housekeeping: Service {
    static let interval = Duration.milliseconds(500)

    let store: Store
    let catalog: Catalog
    let loads: LoadMetrics

    func run() async throws {
        var generation: UInt64?
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            // The next round tries again what fails now; readers do not depend on it.
            _ = try? catalog.sweep()
            let snapshot = store.snapshot()
            loads.observe(snapshot)
            loads.observe(freeDisk: ProcessMetrics.freeDisk(of: catalog.root))
            if generation != snapshot.generation, let runs = try? catalog.runs() {
                loads.observe(runs)
                generation = snapshot.generation
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }
}

/// A service that reads tokens and certificates again on SIGHUP.
///
/// Those in force stay if the new ones are bad.
struct Reloader: Service {
    let signals: UnixSignalsSequence
    let access: Access?
    let loadTokens: (@Sendable () throws -> [Token])?
    let tls: TLSIdentity?
    let logger: Logger

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            do {
                if let access, let loadTokens { access.replace(with: try loadTokens()) }
                try tls?.reload()
                logger.info("tokens and certificates read again")
            } catch {
                logger.error(
                    "tokens or certificates are bad; those in force stay",
                    metadata: ["error": "\(error)"])
            }
        }
    }
}
