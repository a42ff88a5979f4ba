import Nostos

/// The lines that show check results in a run's progress, in `show` and in `runs`.
enum CheckLines {
    /// One line for each result, and one with the offending keys where there are some.
    ///
    ///     row_count         ok      2,104,331 (+1.2 % vs 12)
    ///     missing language  FAILED  50.0 % of 10,000 keys without language (at most 5 %)
    ///                               keys 1, 4, 9
    static func lines(_ results: [CheckResult]) -> [String] {
        let labels = results.map(\.label.count).max() ?? 0
        let words = results.map { word($0.status).count }.max() ?? 0
        return results.flatMap { result in
            let head =
                padded(result.label, labels) + "  " + padded(word(result.status), words) + "  "
            let keys =
                String(repeating: " ", count: head.count)
                + "keys \(result.keys.joined(separator: ", "))"
            return [head + result.sentence] + (result.keys.isEmpty ? [] : [keys])
        }
    }

    /// The number of results of each status, such as `7 ok, 1 WARN, 1 FAILED`; a dash for none.
    static func counts(_ results: [CheckResult]) -> String {
        let statuses: [CheckResult.Status] = [.ok, .skipped, .warn, .failed]
        let parts = statuses.compactMap { status in
            let count = results.count { $0.status == status }
            return count == 0 ? nil : "\(count) \(word(status))"
        }
        return parts.isEmpty ? "-" : parts.joined(separator: ", ")
    }

    private static func word(_ status: CheckResult.Status) -> String {
        switch status {
        case .ok, .skipped: status.rawValue
        case .warn, .failed: status.rawValue.uppercased()
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
