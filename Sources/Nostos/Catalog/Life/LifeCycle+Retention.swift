// The moves of the pointer, and the versions that are kept.

/// The facts of a table that `publish` takes over.
struct PublishedTable: Sendable, Hashable {
    var rowCount: Int
    var size: Int
    var digest: String
    var publishedAt: Int64
    var warningCount = 0
}

/// The rules by which a version is published: the job file's `publish:`.
struct PublishRules: Sendable, Hashable {
    var promote: Bool
    var keepVersions: Int
    var dropDelay: Int64
    var maxAge: Int64?
    var owner: String?
    var description: String?
}

extension JobState {
    /// Moves the pointer.
    ///
    /// The version that was current is a good previous one from then on, unless it failed its
    /// checks and was promoted by force: then it is rejected again.
    mutating func makeCurrent(_ index: Int, at time: Int64) {
        if let currentNumber, let old = self.index(of: currentNumber) {
            let failure = versions[old].failedChecks
            versions[old].state = failure == nil ? .previous : .rejected
            versions[old].reason = failure
        }
        versions[index].state = .current
        versions[index].promotedAt = time
        currentNumber = versions[index].number
    }

    /// Drops the versions beyond the rules: all good versions but the newest `keepVersions`, which
    /// include the current one if it is good.
    ///
    /// Candidates, versions that were rolled back, and versions that failed their checks are
    /// counted separately, so that no kind pushes out another. As many of each are kept.
    mutating func retire(at time: Int64) {
        let isCurrentGood = current.map { $0.failedChecks == nil } ?? false
        retire(beyond: keepVersions - (isCurrentGood ? 1 : 0), at: time) { $0.state == .previous }
        retire(beyond: keepVersions, at: time) { $0.state == .candidate }
        retire(beyond: keepVersions, at: time) { $0.isRolledBack }
        retire(beyond: keepVersions, at: time) { $0.state == .rejected && !$0.isRolledBack }
        forgetOldHistory()
    }

    private mutating func retire(
        beyond count: Int, at time: Int64, _ isOfKind: (VersionRecord) -> Bool
    ) {
        let there = versions.indices.filter { versions[$0].hasTable && isOfKind(versions[$0]) }
        for index in there.dropLast(count) {
            retire(index, reason: versions[index].reason, after: time + dropDelay)
        }
    }

    mutating func retire(_ index: Int, reason: String?, after time: Int64) {
        versions[index].state = .dropped
        versions[index].reason = reason
        versions[index].dropAfter = time
    }

    /// Forgets the oldest versions that have no table, beyond ``maxHistory``.
    mutating func forgetOldHistory() {
        let bare = versions.filter {
            switch $0.state {
            case .failed, .rejected, .dropped: !$0.hasTable
            default: false
            }
        }
        guard bare.count > Self.maxHistory else { return }
        let forgotten = Set(bare.dropLast(Self.maxHistory).map(\.number))
        versions.removeAll { forgotten.contains($0.number) }
    }
}

extension VersionRecord {
    /// The version's table lies in `tables/`.
    mutating func keep(_ table: PublishedTable) {
        rowCount = table.rowCount
        size = table.size
        digest = table.digest
        warningCount = table.warningCount > 0 ? table.warningCount : nil
        publishedAt = table.publishedAt
        hasTable = true
    }
}
