import ArgumentParser
import Foundation
import Nostos
import NostosLoader

/// A log of runs on standard error.
protocol RunLog: AnyObject, Sendable {
    /// Notes that a job begins; `isNamed` says that it is one of several.
    func begin(job: String, isNamed: Bool)
    /// Notes progress of the job.
    func show(_ progress: RunProgress)
    /// Notes a warning about a job file.
    func warn(_ warning: JobDiagnostic)
    /// Notes that the run of a job failed, or without a job the whole call.
    func fail(job: String?, _ failure: Failure)
}

/// The formats of `--log-format`.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json

    /// A log of that format.
    func makeLog() -> any RunLog {
        switch self {
        case .text: ProgressDisplay()
        case .json: JSONLog()
        }
    }
}

/// The measured progress of a run's current stage.
struct StageClock {
    /// `extract`, `write`, `check` or `read back`.
    let stage: String
    /// The generator whose rows are read.
    var generator: String?
    /// The unit of ``count``: `rows` or `keys`.
    let unit: String
    /// The expected count, where it is known.
    var expected: Int?
    /// The share done from 0 to 1, where the stage reports it.
    var share: Double?
    /// The count so far.
    var count = 0
    /// The size of the finished file in bytes.
    var size: Int?
    private let start = ContinuousClock.now

    init(_ stage: String, generator: String? = nil, unit: String = "keys", expected: Int? = nil) {
        (self.stage, self.generator, self.unit) = (stage, generator, unit)
        self.expected = expected
    }

    /// The time since the stage began.
    var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// The share done from 0 to 1; nil where it is unknown.
    var progress: Double? {
        if let share { return min(1, share) }
        guard let expected, expected > 0, count <= expected else { return nil }
        return Double(count) / Double(expected)
    }

    /// The estimated time that is left; nil where it is unknown.
    var remainingSeconds: Double? {
        guard let progress, progress > 0.001 else { return nil }
        return seconds * (1 - progress) / progress
    }

    /// Rows or keys per second; nil for fewer than 1,000 and before 50 ms, when the figure would
    /// measure the start of the stage alone.
    var rate: Double? {
        let seconds = seconds
        return count >= 1000 && seconds > 0.05 ? Double(count) / seconds : nil
    }
}

/// A follower of a run's events that knows the current stage.
struct StageTracker {
    private(set) var current: StageClock?
    private(set) var version: Int?
    private var expectation: RunExpectation?

    /// The names of the job's generators; empty before the run has begun.
    var generators: [String] { expectation?.generators ?? [] }

    /// Takes an event and returns the stage that it ends, or nil.
    mutating func take(_ progress: RunProgress) -> StageClock? {
        switch progress {
        case .began(let version, let expected):
            self.version = version
            expectation = expected
        case .extract(let generator, let rows, let isDone):
            enter(
                "extract", generator: generator, unit: "rows",
                expected: expectation?.rows[generator])
            return count(rows, isDone: isDone)
        case .write(let rows, let share, let size):
            enter("write")
            current?.share = share
            current?.size = size
            return count(rows, isDone: size != nil)
        case .verified(let rows):
            enter("read back")
            return count(rows ?? 0, isDone: rows != nil)
        case .checking(let rows):
            enter("check")
            current?.count = rows
        case .checked: current = nil
        case .warning: break
        case .published: current = nil
        }
        return nil
    }

    private mutating func enter(
        _ stage: String, generator: String? = nil, unit: String = "keys", expected: Int? = nil
    ) {
        guard current?.stage != stage || current?.generator != generator else { return }
        current = StageClock(stage, generator: generator, unit: unit, expected: expected)
    }

    private mutating func count(_ rows: Int, isDone: Bool) -> StageClock? {
        current?.count = rows
        guard isDone else { return nil }
        defer { current = nil }
        return current
    }
}
