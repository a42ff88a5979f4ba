import ArgumentParser
import Foundation
import Nostos
import NostosLoader

/// The receiver of the progress of runs; it writes to standard error.
protocol RunLog: AnyObject, Sendable {
    /// A job's turn begins; `isNamed` says that it is one of several.
    func begin(job: String, isNamed: Bool)
    /// It is so far.
    func show(_ progress: RunProgress)
    /// A job file has something doubtful.
    func warn(_ warning: JobDiagnostic)
    /// The job's run, or without a job the whole call, has failed.
    func fail(job: String?, _ failure: Failure)
}

/// `--log-format`.
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

/// The stage of a run that is under way, measured.
struct StageClock {
    /// `extract`, `write`, `check` or `read back`.
    let stage: String
    /// The generator whose rows are read.
    var generator: String?
    /// The unit that is counted: `rows` or `keys`.
    let unit: String
    /// The expected total, as far as it can be known.
    var expected: Int?
    /// The part that is done, from 0 to 1, where the stage itself reports it.
    var share: Double?
    /// The number so far.
    var count = 0
    /// Bytes of the file, once it is there.
    var size: Int?
    private let start = ContinuousClock.now

    init(_ stage: String, generator: String? = nil, unit: String = "keys", expected: Int? = nil) {
        (self.stage, self.generator, self.unit) = (stage, generator, unit)
        self.expected = expected
    }

    /// Since it began.
    var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// The part that is done, from 0 to 1; nil where it cannot be known.
    var progress: Double? {
        if let share { return min(1, share) }
        guard let expected, expected > 0, count <= expected else { return nil }
        return Double(count) / Double(expected)
    }

    /// The remaining time; nil where it cannot be known.
    var remainingSeconds: Double? {
        guard let progress, progress > 0.001 else { return nil }
        return seconds * (1 - progress) / progress
    }

    /// Rows or keys a second; nil before there is anything to measure, and for so few that the
    /// figure would be of the stage's start alone.
    var rate: Double? {
        let seconds = seconds
        return count >= 1000 && seconds > 0.05 ? Double(count) / seconds : nil
    }
}

/// Follows the events of a run: which stage is under way, and whether it has just ended.
struct StageTracker {
    private(set) var current: StageClock?
    private(set) var version: Int?
    private var expectation: RunExpectation?

    /// The job's generators; empty before the run has begun.
    var generators: [String] { expectation?.generators ?? [] }

    /// Takes an event; returns the stage that has ended with it.
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
