import Logging
import NIOConcurrencyHelpers
import Nostos

/// One request as the log shows it: never its key, its query or its token.
struct LoggedRequest {
    /// The route's name, as in the metrics.
    var route: String
    /// The method, or `other` where the server does not know it.
    var method = "other"
    /// The job, where the path holds a valid name of one.
    var job: String?
    /// The status code.
    var code: String
    /// The token's name; nil where the caller has none, or a wrong one.
    var caller: String?
    /// The address of the client, or of the proxy before it.
    var client: String?
    /// See ``RequestID``.
    var id: String?
    var nanoseconds: Int64
}

/// The log of slow requests, or of all requests.
///
/// It writes at most ``maxLinesPerSecond`` lines a second, so that logging never slows the server
/// down. The next line counts the omitted ones.
final class RequestLog: Sendable {
    static let maxLinesPerSecond = 20

    private struct Window {
        var second: Int64 = 0
        var lines = 0
        var suppressed = 0
    }

    private let threshold: Int64
    private let logsAll: Bool
    private let logger: Logger
    private let window = NIOLockedValueBox(Window())

    /// A log of requests that take `threshold` or longer; nil logs none for their duration.
    init(slowerThan threshold: Duration?, logsAll: Bool, logger: Logger) {
        self.threshold = threshold.map(\.wholeNanoseconds) ?? .max
        self.logsAll = logsAll
        self.logger = logger
    }

    /// Whether a request of that duration is logged.
    func wants(_ nanoseconds: Int64) -> Bool { logsAll || nanoseconds >= threshold }

    /// Writes the line of a request.
    func write(_ request: LoggedRequest) {
        let now = SystemClock.nanoseconds() / 1_000_000_000
        let suppressed: Int? = window.withLockedValue { window in
            if window.second != now {
                defer { window = Window(second: now, lines: 1, suppressed: 0) }
                return window.suppressed
            }
            guard window.lines < Self.maxLinesPerSecond else {
                window.suppressed += 1
                return nil
            }
            window.lines += 1
            return 0
        }
        guard let suppressed else { return }
        var metadata = request.metadata
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        if request.nanoseconds >= threshold {
            logger.warning("slow request", metadata: metadata)
        } else {
            logger.info("request", metadata: metadata)
        }
    }
}

extension LoggedRequest {
    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "http.route": "\(route)", "http.method": "\(method)", "http.status": "\(code)",
            "duration.us": "\(nanoseconds / 1000)",
        ]
        metadata["job.name"] = job.map { "\($0)" }
        metadata["token.name"] = caller.map { "\($0)" }
        metadata["client.address"] = client.map { "\($0)" }
        metadata["request.id"] = id.map { "\($0)" }
        return metadata
    }
}

extension Duration {
    /// The duration in whole nanoseconds; a negative one is 0.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let limit: Int64 = 1 << 32
        return min(seconds, limit) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
