import Logging
import NIOConcurrencyHelpers
import Nostos

/// Tells of slow requests, and of all where that is asked for; never of keys, queries or tokens.
///
/// At most ``maxLinesPerSecond`` lines a second: a log must not be what makes a server slow.
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

    /// A log of requests that take `threshold` or longer; nil is none of them.
    init(slowerThan threshold: Duration?, logsAll: Bool, logger: Logger) {
        self.threshold = threshold.map(\.wholeNanoseconds) ?? .max
        self.logsAll = logsAll
        self.logger = logger
    }

    /// Whether a request of that duration is told of.
    func wants(_ nanoseconds: Int64) -> Bool { logsAll || nanoseconds >= threshold }

    /// Tells of a request.
    func tell(route: String, code: String, nanoseconds: Int64) {
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
        var metadata: Logger.Metadata = [
            "http.route": "\(route)", "http.status": "\(code)",
            "duration.us": "\(nanoseconds / 1000)",
        ]
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        if nanoseconds >= threshold {
            logger.warning("slow request", metadata: metadata)
        } else {
            logger.info("request", metadata: metadata)
        }
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
