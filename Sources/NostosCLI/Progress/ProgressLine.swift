/// One line of progress: `extract  language   ████░░░░  2,104,331 rows   412k rows/s   0:05`.
struct ProgressLine {
    private static let barWidth = 20
    private static let minBarWidth = 4

    private let stage: StageClock
    private let isDone: Bool
    private let head: String
    private let tail: String

    /// The line of a stage; the generator's name takes `nameWidth` cells.
    init(_ stage: StageClock, nameWidth: Int, isDone: Bool) {
        (self.stage, self.isDone) = (stage, isDone)
        var name = stage.generator ?? ""
        if name.count > nameWidth { name = name.prefix(nameWidth - 1) + "…" }
        head = Self.padded(stage.stage, 9) + "  " + Self.padded(name, nameWidth)
        let count = Shown.count(stage.count)
        let space = String(repeating: " ", count: max(0, 11 - count.count))
        var parts = ["\(space)\(count) \(stage.unit)"]
        if let size = stage.size { parts.append(Shown.size(size)) }
        if let rate = stage.rate { parts.append("\(Shown.rate(rate)) \(stage.unit)/s") }
        if !isDone, let remaining = stage.remainingSeconds {
            parts.append("eta \(Shown.duration(remaining))")
        } else {
            parts.append(Shown.duration(stage.seconds))
        }
        tail = parts.joined(separator: "   ")
    }

    /// The line for a terminal of that width, with a bar where there is room for one; without a
    /// width there is no bar.
    ///
    /// It is shorter than the terminal is wide, so that it can be redrawn in place.
    func text(width: Int?) -> String {
        guard let width else { return "\(head)  \(tail)" }
        let room = width - 1 - head.count - tail.count - 4
        guard room >= Self.minBarWidth else { return String("\(head)  \(tail)".prefix(width - 1)) }
        return "\(head)  \(bar(cells: min(room, Self.barWidth)))  \(tail)"
    }

    /// The bar; a block that moves to and fro where the share done is unknown.
    private func bar(cells: Int) -> String {
        let (full, empty) = ("█", "░")
        if let progress = isDone ? 1 : stage.progress {
            let done = Int((progress * Double(cells)).rounded(.down))
            return String(repeating: full, count: done)
                + String(repeating: empty, count: cells - done)
        }
        let block = min(3, cells - 1)
        let steps = cells - block
        let step = Int(stage.seconds * 5) % (2 * steps)
        let start = step < steps ? step : 2 * steps - step
        return String(repeating: empty, count: start) + String(repeating: full, count: block)
            + String(repeating: empty, count: cells - block - start)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
