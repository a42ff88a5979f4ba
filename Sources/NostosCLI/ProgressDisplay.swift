import Foundation
import NostosLoader

/// Shows how far a run is: on a terminal one line that is drawn anew, elsewhere a line every ten
/// seconds and one at the end of each stage.
final class ProgressDisplay {
    private static let lineInterval: TimeInterval = 10
    private static let drawInterval: TimeInterval = 0.1

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var stage = ""
    private var stageStart = Date()
    private var lastShown = Date.distantPast
    private var isDrawn = false

    /// Takes note of the progress and shows it when it is time.
    func show(_ progress: RunProgress) {
        switch progress {
        case .extract(let generator, let rows, let isDone):
            update("extract  \(generator)", "\(Shown.count(rows)) rows", rows, isDone: isDone)
        case .write(let rows, let size):
            let bytes = size.map { "   " + Shown.size($0) } ?? ""
            update(
                "write", "\(Shown.count(rows)) keys\(bytes)", rows, isDone: size != nil)
        case .verified(let rows):
            update("read back", "\(Shown.count(rows)) keys", rows, isDone: true)
        case .warning(let text):
            clear()
            Output.message("warning: \(text)")
        case .published:
            clear()
        }
    }

    private func update(_ stage: String, _ text: String, _ rows: Int, isDone: Bool) {
        let now = Date()
        if stage != self.stage {
            self.stage = stage
            stageStart = now
            lastShown = isTerminal ? .distantPast : now
        }
        let interval = isTerminal ? Self.drawInterval : Self.lineInterval
        guard isDone || now.timeIntervalSince(lastShown) >= interval else { return }
        lastShown = now
        let seconds = now.timeIntervalSince(stageStart)
        let rate = seconds > 0.05 ? "   \(Self.rate(Double(rows) / seconds)) rows/s" : ""
        let name = stage.padding(toLength: max(20, stage.count), withPad: " ", startingAt: 0)
        let line = "\(name)  \(text)\(rate)   \(Shown.duration(seconds))"
        guard isTerminal else { return Output.message(line) }
        Output.draw("\r\u{1B}[K\(line)\(isDone ? "\n" : "")")
        isDrawn = !isDone
    }

    private func clear() {
        if isDrawn { Output.draw("\r\u{1B}[K") }
        isDrawn = false
    }

    private static func rate(_ value: Double) -> String {
        value >= 10_000 ? "\(Int(value / 1000))k" : "\(Int(value))"
    }
}
