import Nostos

/// `changed`: at most `max` percent of the current version's keys were added, removed or changed.
///
/// Records are compared in the fields that both versions have; what became of the fields themselves
/// is `schema`'s.
struct ChangedCheck {
    let max: Double
    let severity: CheckSpec.Severity

    /// Compares the table with the current version's, in O(rows of both).
    ///
    /// Calls `report` with the number of keys passed, at intervals; `report` may throw to stop.
    func finding(
        _ table: TableReader, against baseline: Baseline?, report: (Int) throws -> Void
    ) throws -> Finding {
        guard let baseline, baseline.rowCount > 0 else { return .firstVersion }
        var diff: TableDiff
        do throws(DiffError) {
            guard case .success(let old) = baseline.table else { return .notEvaluated(baseline) }
            diff = try TableDiff(from: old, to: table, countsFields: false)
        } catch {
            return .notEvaluated("\(error)")
        }
        var offenders = Offenders(table.info.schema.key)
        var count = 0
        do {
            while let change = try diff.next() {
                if change != .unchanged { offenders.add(diff.key) }
                count += 1
                if count % ProgressInterval.rows == 0 { try report(count) }
            }
        } catch let error as TableError {
            return .notEvaluated("\(error)")
        }
        return finding(diff.summary, offenders)
    }

    private func finding(_ summary: DiffSummary, _ offenders: Offenders) -> Finding {
        let share = Double(summary.differences) * 100 / Double(summary.from)
        let observed = Figures.percent(share, limit: max)
        var parts: [String] = []
        for (count, what) in [
            (summary.added, "added"), (summary.removed, "removed"), (summary.changed, "changed"),
        ] where count > 0 {
            parts.append("\(Figures.count(count)) \(what)")
        }
        let details = parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))"
        return Finding(
            verdict: share <= max ? .holds : .fails, observed: observed,
            limit: "at most \(Figures.percent(stated: max))",
            keys: share <= max ? [] : offenders.keys,
            sentence: "\(observed) of keys changed (\(Figures.limit(max, severity)))\(details)")
    }
}

extension Finding {
    /// The current version's table cannot be opened.
    static func notEvaluated(_ baseline: Baseline) -> Finding {
        guard case .failure(let error) = baseline.table else { return .firstVersion }
        return .notEvaluated("\(error)")
    }
}
