/// `row_count`: at least `min` keys, and at most `maxChange` percent more or fewer than before.
///
/// A version without any key is nothing to measure a change by: the first good one may follow it.
struct RowCountCheck {
    let min: Int?
    let maxChange: Double?

    func finding(rowCount: Int, against baseline: Baseline?) -> Finding {
        var limits: [String] = []
        var complaints: [String] = []
        if let min {
            let limit = "at least \(Figures.count(min))"
            limits.append(limit)
            if rowCount < min { complaints.append(limit) }
        }
        var observed = Figures.count(rowCount)
        var isCompared = false
        if let maxChange {
            let limit = "at most \(Figures.percent(stated: maxChange)) more or fewer"
            limits.append(limit)
            if let baseline, baseline.rowCount > 0 {
                isCompared = true
                let change = rowCount - baseline.rowCount
                let share = Double(change) * 100 / Double(baseline.rowCount)
                let sign = change > 0 ? "+" : ""
                observed +=
                    " (\(sign)\(Figures.percent(share, limit: change < 0 ? -maxChange : maxChange))"
                    + " vs \(baseline.version))"
                if share.magnitude > maxChange { complaints.append(limit) }
            }
        }
        let isSkipped = min == nil && !isCompared
        let note = !complaints.isEmpty ? "; expected \(complaints.joined(separator: ", "))" : ""
        let first = maxChange != nil && !isCompared ? "; no current version to compare with" : ""
        return Finding(
            verdict: !complaints.isEmpty ? .fails : isSkipped ? .skipped : .holds,
            observed: observed, limit: limits.joined(separator: ", "),
            sentence: observed + note + first)
    }
}
