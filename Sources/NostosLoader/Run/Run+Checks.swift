import Nostos

extension Run {
    /// The gate before publication: all checks on the finished table, against the current version.
    ///
    /// - Throws: ``RunError`` of kind `rejected` when a check failed that is no mere warning.
    func check(_ place: RunPlace, _ jobChecks: JobChecks) throws {
        let table = try TableReader(opening: place.tablePath)
        let baseline = try catalog.flatMap { try Baseline(of: job.name, in: $0) }
        let emptiness = try emptiness(table, baseline)
        guard !job.checks.isEmpty || emptiness != nil else { return }
        let clock = Stopwatch()
        try tell(.checking(rows: 0))
        let results = try jobChecks.results(table, against: baseline, repeated: repeated) { rows in
            try tell(.checking(rows: rows))
        }
        checks = (results + (emptiness.map { [$0] } ?? [])).map { $0.masked(by: mask) }
        stages.append(
            RunStage(
                name: "check", rows: table.info.rowCount, bytes: table.info.size,
                microseconds: clock.microseconds))
        try tell(.checked(checks))
        guard let reason = rejection else { return }
        let stays = baseline.map { "; \($0.version) stays current" } ?? ""
        throw RunError(.rejected, "\(job.name) \(place.version) rejected: \(reason)\(stays)")
    }

    /// The failure of a version without keys that would replace one with keys; nil for others.
    ///
    /// A job's first version, and one after an empty one, has only a warning.
    private func emptiness(
        _ table: TableReader, _ baseline: Baseline?
    ) throws(CancellationError) -> CheckResult? {
        guard table.info.rowCount == 0, !job.publish.allowsEmpty else { return nil }
        guard let baseline, baseline.rowCount > 0 else {
            try warn("the sources gave no rows: \(job.name) has no key")
            return nil
        }
        return CheckResult(
            name: "not_empty", severity: .error, status: .failed, observed: "0 keys",
            limit: "at least 1",
            sentence: "the sources gave no rows, and version \(baseline.version) has "
                + "\(Figures.count(baseline.rowCount, "key")); where that is right: "
                + "publish: {allow_empty: true}")
    }

    /// The failed checks, such as `2 of 9 checks failed: row_count, missing language`; nil when
    /// none failed.
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
