import Foundation
import Nostos
import NostosLoader
import Synchronization

/// `--log-format json`: one JSON object a line, for programs.
///
/// Its keys: `event` (`started`, `progress` each ten seconds, `finished` at the end of a stage,
/// `checked`, `warning`, `published`, `failed`), `time`, and what the event has of `job`,
/// `version`, `stage`, `generator`, `rows`, `expected_rows`, `rows_per_second`, `seconds`,
/// `eta_seconds`, `bytes`, `checks`.
final class JSONLog: RunLog {
    private static let interval = Duration.seconds(10)

    private struct State {
        var tracker = StageTracker()
        var job: String?
        var lastShown = ContinuousClock.now
    }

    /// One line of the log.
    private struct Event: Encodable {
        var event: String
        var time = Timestamp.text(Timestamp.now)
        var job: String?
        var version: Int?
        var stage: String?
        var generator: String?
        var rows: Int?
        var expectedRows: Int?
        var rowsPerSecond: Int?
        var seconds: Double?
        var etaSeconds: Double?
        var bytes: Int?
        var outcome: String?
        var from: Int?
        var dropped: [Int]?
        var checks: [CheckResult]?
        var message: String?
        var file: String?
        var line: Int?
        var column: Int?
        var exitCode: Int32?

        init(_ event: String, job: String? = nil) {
            self.event = event
            self.job = job
        }
    }

    private let state = Mutex(State())

    /// A log on standard error, which also writes while a stage reports nothing.
    init() {
        Thread.detachNewThread { [weak self] in
            while let log = self {
                log.tick()
                Thread.sleep(forTimeInterval: 0.5)
            }
        }
    }

    func begin(job: String, isNamed: Bool) {
        state.withLock { state in
            state.tracker = StageTracker()
            state.job = job
        }
    }

    func show(_ progress: RunProgress) {
        state.withLock { state in
            let before = state.tracker.current
            if let ended = state.tracker.take(progress) {
                write(measured("finished", ended, state))
            } else if before?.stage != state.tracker.current?.stage
                || before?.generator != state.tracker.current?.generator
            {
                state.lastShown = .now
            }
            var event = Event("", job: state.job)
            event.version = state.tracker.version
            switch progress {
            case .began: event.event = "started"
            case .checked(let results):
                event.event = "checked"
                event.checks = results
            case .warning(let text):
                event.event = "warning"
                event.message = text
            case .published(let outcome, let summary):
                event.event = "published"
                event.outcome = (outcome.isPromoted ? RunOutcome.promoted : .candidate).rawValue
                (event.from, event.dropped) = (outcome.from, outcome.dropped)
                (event.rows, event.bytes) = (summary.rowCount, summary.size)
            case .extract, .write, .verified, .checking: return
            }
            write(event)
        }
    }

    func warn(_ warning: JobDiagnostic) {
        var event = Event("warning")
        event.message = warning.message
        event.file = warning.file
        (event.line, event.column) = (warning.line, warning.column)
        write(event)
    }

    func fail(job: String?, _ failure: Failure) {
        state.withLock { state in
            var event = Event("failed", job: job ?? state.job)
            event.version = state.tracker.version
            event.message = failure.message
            event.exitCode = failure.status.rawValue
            state.tracker = StageTracker()
            write(event)
        }
    }

    private func tick() {
        state.withLock { state in
            guard let stage = state.tracker.current,
                ContinuousClock.now - state.lastShown >= Self.interval
            else { return }
            state.lastShown = .now
            write(measured("progress", stage, state))
        }
    }

    private func measured(_ name: String, _ stage: StageClock, _ state: State) -> Event {
        var event = Event(name, job: state.job)
        event.version = state.tracker.version
        (event.stage, event.generator) = (stage.stage, stage.generator)
        event.rows = stage.count
        event.expectedRows = stage.expected
        event.rowsPerSecond = stage.rate.map { Int($0) }
        event.seconds = (stage.seconds * 1000).rounded() / 1000
        if name == "progress" {
            event.etaSeconds = stage.remainingSeconds.map { ($0 * 10).rounded() / 10 }
        }
        event.bytes = stage.size
        return event
    }

    private func write(_ event: Event) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // An event of these types always has a JSON form.
        guard let text = try? encoder.encode(event) else { return }
        Output.message(String(decoding: text, as: UTF8.self))
    }
}
