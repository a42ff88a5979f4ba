import Dispatch
public import Logging
public import Nostos

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `nostos serve`: the data plane until the process is told to end.
public enum Server {
    /// Serves a store until SIGTERM or SIGINT comes, then drains and returns.
    ///
    /// Calls `started` once, with the port that is bound. Throws ``ServerError``.
    public static func run(
        store: Store, options: DataPlaneOptions = DataPlaneOptions(), logger: Logger,
        started: (Int) -> Void = { _ in }
    ) async throws {
        // Before the port is bound: a signal that comes right after must not kill the process.
        let signals = Signals([SIGTERM, SIGINT])
        let dataPlane = try await DataPlane(store: store, options: options, logger: logger)
        started(dataPlane.boundPort)
        let signal = await signals.first()
        logger.info("told to end", metadata: ["signal": "\(signal)"])
        await dataPlane.shutdown()
    }
}

/// The signals that end the server, turned into values while the object lives.
///
/// A second signal ends the process at once: whoever sends it does not want to wait.
private final class Signals {
    private let sources: [any DispatchSourceSignal]
    private let stream: AsyncStream<Int32>

    init(_ numbers: [Int32]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.stream = stream
        sources = numbers.map { number in
            // The default action would end the process before the source sees the signal.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                _ = signal(number, SIG_DFL)
                continuation.yield(number)
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// The first signal that comes.
    func first() async -> Int32 {
        for await number in stream { return number }
        return SIGTERM
    }
}
