import Nostos

extension Run {
    /// The gate before publication: all checks on the finished table, against the current version.
    ///
    /// - Throws: ``RunError`` of kind `rejected` when a check failed that is no mere warning.
    func check(_ place: RunPlace, _ jobChecks: JobChecks) throws {
        guard !job.checks.isEmpty else { return }
        let clock = Stopwatch()
        try tell(.checking(rows: 0))
        let table = try TableReader(opening: place.tablePath)
        let baseline = try catalog.flatMap { try Baseline(of: job.name, in: $0) }
        let results = try jobChecks.results(table, against: baseline) { rows in
            try tell(.checking(rows: rows))
        }
        checks = results.map { $0.masked(by: mask) }
        stages.append(
            RunStage(
                name: "check", rows: table.info.rowCount, bytes: table.info.size,
                microseconds: clock.microseconds))
        try tell(.checked(checks))
        guard let reason = rejection else { return }
        let stays = baseline.map { "; \($0.version) stays current" } ?? ""
        throw RunError(.rejected, "\(job.name) \(place.version) rejected: \(reason)\(stays)")
    }

    /// Which checks failed, such as `2 of 9 checks failed: row_count, missing language`; nil when
    /// none did.
    var rejection: String? {
        let failed = checks.filter { $0.status == .failed }
        guard !failed.isEmpty else { return nil }
        let labels = failed.prefix(10).map(\.label).joined(separator: ", ")
        let more = failed.count > 10 ? " and \(failed.count - 10) more" : ""
        return "\(failed.count) of \(Figures.count(checks.count, "check")) failed: \(labels)\(more)"
    }
}

extension CheckResult {
    /// The same without secrets.
    fileprivate func masked(by mask: SecretMask) -> CheckResult {
        CheckResult(
            name: name, field: field, severity: severity, status: status,
            observed: observed.map(mask.mask), limit: limit.map(mask.mask),
            keys: keys.map(mask.mask), sentence: mask.mask(sentence))
    }
}
