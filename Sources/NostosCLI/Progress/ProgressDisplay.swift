import Foundation
import Nostos
import NostosLoader
import Synchronization

/// The progress of a run for people: on a terminal one line that is redrawn, elsewhere a line every
/// ten seconds and one at the end of each stage.
final class ProgressDisplay: RunLog {
    private static let lineInterval = 10.0
    private static let drawInterval = 0.1

    private struct State {
        var tracker = StageTracker()
        var job: String?
        var lastShown = ContinuousClock.now
        var isDrawn = false
    }

    private let terminal: Terminal?
    private let state = Mutex(State())

    /// A display on standard error, which also draws while a stage reports nothing.
    init() {
        terminal = Terminal.standardError
        let interval = Self.drawInterval
        Thread.detachNewThread { [weak self] in
            while let display = self {
                display.tick()
                Thread.sleep(forTimeInterval: interval)
            }
        }
    }

    func begin(job: String, isNamed: Bool) {
        state.withLock { state in
            clear(&state)
            state.tracker = StageTracker()
            state.job = isNamed ? job : nil
            if isNamed { Output.message("job \(job)") }
        }
    }

    func show(_ progress: RunProgress) {
        state.withLock { state in
            let stageBefore = (state.tracker.current?.stage, state.tracker.current?.generator)
            let ended = state.tracker.take(progress)
            if let ended {
                clear(&state)
                Output.message(line(ended, state.tracker, isDone: true))
            } else if stageBefore
                != (state.tracker.current?.stage, state.tracker.current?.generator)
            {
                state.lastShown = .now
                draw(&state)
            }
            switch progress {
            case .warning(let text):
                clear(&state)
                Output.message("warning: \(text)")
            case .checked(let results):
                clear(&state)
                for line in CheckLines.lines(results) { Output.message("check    \(line)") }
            case .published: clear(&state)
            default: break
            }
        }
    }

    func warn(_ warning: JobDiagnostic) {
        Output.message("\(warning)")
    }

    func fail(job: String?, _ failure: Failure) {
        state.withLock { state in
            clear(&state)
            state.tracker = StageTracker()
            let name = job.map { "\($0): " } ?? ""
            Output.message("nostos: \(name)\(failure.message)")
        }
    }

    /// Shows the current stage when its time has come.
    private func tick() {
        state.withLock { state in
            guard let stage = state.tracker.current else { return }
            guard terminal == nil else { return draw(&state) }
            guard ContinuousClock.now - state.lastShown >= .seconds(Self.lineInterval) else {
                return
            }
            state.lastShown = .now
            Output.message(line(stage, state.tracker, isDone: false))
        }
    }

    private func draw(_ state: inout State) {
        guard let stage = state.tracker.current, terminal != nil else { return }
        Output.draw("\r\u{1B}[K\(line(stage, state.tracker, isDone: false))")
        state.isDrawn = true
    }

    private func clear(_ state: inout State) {
        if state.isDrawn { Output.draw("\r\u{1B}[K") }
        state.isDrawn = false
    }

    private func line(_ stage: StageClock, _ tracker: StageTracker, isDone: Bool) -> String {
        let names = tracker.generators.map(\.count).max() ?? 0
        return ProgressLine(
            stage, nameWidth: min(max(names, 9), 32), isDone: isDone
        ).text(width: terminal?.width)
    }
}

/// A terminal that can redraw a line.
struct Terminal {
    private static let defaultWidth = 80

    /// The terminal on standard error; nil where there is none.
    static var standardError: Terminal? {
        let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
        return isatty(STDERR_FILENO) == 1 && kind != "dumb" && !kind.isEmpty ? Terminal() : nil
    }

    /// The current width in cells.
    var width: Int {
        let columns = SystemCall.terminalColumns(STDERR_FILENO) ?? 0
        return columns > 1 ? columns : Self.defaultWidth
    }
}
