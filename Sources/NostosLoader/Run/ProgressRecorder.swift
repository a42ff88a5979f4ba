import Nostos

/// Keeps a run's progress file by what the run reports.
final class ProgressRecorder {
    private let file: RunProgressFile
    private var expected: RunExpectation?
    private var rowCount = 0

    init(_ run: JobRun) { file = RunProgressFile(run) }

    /// Ends the file, before the run ends.
    func stop() { file.stop() }

    /// The progress that the file has within a second.
    var shown: ActiveRun { file.run }

    /// Notes the stages that are done.
    func finish(_ stages: [RunStage]) { file.update { $0.stages = stages } }

    /// Notes a report of the run.
    func take(_ progress: RunProgress) {
        let now = Timestamp.now
        switch progress {
        case .began(let version, let expected):
            self.expected = expected
            file.update { $0.note("version \(version) begins", at: now) }
        case .extract(let generator, let rows, let isDone):
            let most = expected?.rows[generator]
            file.update { run in
                if run.stage != "extract" || run.generator != generator {
                    run.begin(stage: "extract", generator: generator, at: now)
                }
                run.rows = rows
                run.expectedRows = most
                run.share = isDone ? 1 : most.flatMap { Self.share(rows, of: $0) }
                guard isDone else { return }
                run.note("extract \(generator): \(Figures.count(rows, "row"))", at: now)
            }
        case .write(let rows, let share, let size):
            file.update { run in
                if run.stage != "write" { run.begin(stage: "write", at: now) }
                (run.rows, run.share) = (rows, min(1, max(0, share)))
                guard let size else { return }
                let sizes = Figures.count(size, "byte")
                run.note("write: \(Figures.count(rows, "key")), \(sizes)", at: now)
            }
            if size != nil { rowCount = rows }
        case .verified(let rows):
            file.update { run in
                if run.stage != "read back" { run.begin(stage: "read back", at: now) }
                guard let rows else { return }
                (run.rows, run.share) = (rows, 1)
                run.note("read back: \(Figures.count(rows, "key"))", at: now)
            }
        case .checking(let rows):
            let most = rowCount
            file.update { run in
                if run.stage != "check" { run.begin(stage: "check", at: now) }
                (run.rows, run.share) = (rows, Self.share(rows, of: most))
            }
        case .checked(let results):
            file.update { run in
                run.share = 1
                run.warningCount += results.count { $0.status == .warn }
                for result in results {
                    run.note("check \(result.label): \(result.sentence)", at: now)
                }
            }
        case .warning(let text):
            file.update { run in
                run.warningCount += 1
                run.note("warning: \(text)", at: now)
            }
        case .published: break
        }
    }

    private static func share(_ rows: Int, of count: Int) -> Double? {
        count > 0 ? min(1, Double(rows) / Double(count)) : nil
    }
}
