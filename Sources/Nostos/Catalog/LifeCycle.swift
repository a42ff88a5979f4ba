// The life cycle of CONTRACT §3 as functions from state to state: no file, no clock, no catalog.
//
//     loading -> checking -> candidate -> current -> previous -> dropped
//     aside: failed (the run broke), rejected (a check failed, or rolled back)
//
// Each verb checks before it changes anything: when it throws, the value is as before.

extension JobState {
    /// Begins a version: its number is given away for ever, whatever becomes of the run.
    mutating func begin(at time: Int64) -> Int {
        let number = nextNumber
        nextNumber += 1
        versions.append(VersionRecord(number: number, startedAt: time))
        forgetOldHistory()
        return number
    }

    /// The run has written its table and checks it now.
    mutating func startChecking(_ number: Int) throws(CatalogError) {
        let index = try unfinished(number, verb: "check")
        versions[index].state = .checking
    }

    /// The run broke.
    mutating func fail(_ number: Int, reason: String) throws(CatalogError) {
        let index = try unfinished(number, verb: "fail")
        versions[index].state = .failed
        versions[index].reason = reason
        forgetOldHistory()
    }

    /// A check of the run's table failed.
    ///
    /// A table that lies in `tables/` stays for those who want to look, as that of a version that
    /// was rolled back does, until newer rejected ones push it out.
    mutating func reject(
        _ number: Int, reason: String, _ table: PublishedTable? = nil
    ) throws(CatalogError) {
        let index = try unfinished(number, verb: "reject")
        versions[index].state = .rejected
        versions[index].reason = reason
        if let table {
            versions[index].keep(table)
            retire(at: table.publishedAt)
        }
        forgetOldHistory()
    }

    /// The table lies in `tables/`: the version becomes current, or waits as a candidate while the
    /// job is held or when its promotion is by hand.
    ///
    /// What is then beyond ``keepVersions`` is dropped.
    mutating func publish(_ number: Int, _ table: PublishedTable, _ rules: PublishRules)
        throws(CatalogError)
    {
        let index = try unfinished(number, verb: "publish")
        keepVersions = max(1, rules.keepVersions)
        dropDelay = min(max(0, rules.dropDelay), Self.maxDropDelay)
        versions[index].keep(table)
        versions[index].maxAge = rules.maxAge.map { min(max(0, $0), Self.maxDropDelay) }
        versions[index].state = .candidate
        if rules.promote && hold == nil { makeCurrent(index, at: table.publishedAt) }
        retire(at: table.publishedAt)
    }

    /// Makes an older or a waiting version the current one, whether the job is held or not.
    ///
    /// The version that was current stays a good one. Promoting the version whose rollback set the
    /// hold undoes that rollback: the hold goes too.
    mutating func promote(_ number: Int, at time: Int64) throws(CatalogError) {
        let index = try readable(number, verb: "promote")
        guard versions[index].state != .current else {
            throw refusal("promote", index, "nothing to do")
        }
        if hold?.rolledBack == number { hold = nil }
        versions[index].reason = nil
        makeCurrent(index, at: time)
        retire(at: time)
    }

    /// Goes back to a good version, by default the newest; the version that was current becomes
    /// `rejected` and the job is held, so that nothing brings it back but a promotion by hand.
    mutating func rollBack(to target: Int?, reason: String, by actor: String, at time: Int64)
        throws(CatalogError)
    {
        guard let currentNumber, let bad = index(of: currentNumber) else {
            throw .noPrevious(job: name)
        }
        guard let number = target ?? previous.first?.number else { throw .noPrevious(job: name) }
        let index = try readable(number, verb: "roll back to")
        guard versions[index].state == .previous else {
            throw refusal("roll back to", index, "only a previous version can take over")
        }
        makeCurrent(index, at: time)
        versions[bad].state = .rejected
        versions[bad].reason = reason
        if hold == nil {
            hold = Hold(reason: reason, by: actor, at: time, rolledBack: currentNumber)
        }
        retire(at: time)
    }

    /// Later versions stop at `candidate` from now on.
    mutating func setHold(reason: String, by actor: String, at time: Int64) throws(CatalogError) {
        if let hold { throw .held(job: name, hold) }
        hold = Hold(reason: reason, by: actor, at: time, rolledBack: nil)
    }

    /// Later versions are promoted again; nothing is promoted by this.
    mutating func release() throws(CatalogError) {
        guard hold != nil else { throw .notHeld(job: name) }
        hold = nil
    }

    /// Gives a version up; its table may be deleted from `time` on.
    mutating func drop(_ number: Int, reason: String?, after time: Int64) throws(CatalogError) {
        let index = try known(number)
        switch versions[index].state {
        case .current: throw refusal("drop", index, "promote another version first")
        case .loading, .checking: throw refusal("drop", index, "its run is under way")
        case .unknown: throw refusal("drop", index, "a newer Nostos wrote it")
        case .dropped: throw .goneVersion(job: name, version: number)
        case .candidate, .previous, .rejected, .failed: break
        }
        retire(index, reason: reason, after: time)
        forgetOldHistory()
    }

    /// The tables of these dropped versions are deleted.
    mutating func free(_ numbers: [Int]) {
        for number in numbers {
            guard let index = index(of: number), versions[index].state == .dropped else { continue }
            versions[index].hasTable = false
        }
        forgetOldHistory()
    }
}

/// What `publish` learns of the table.
struct PublishedTable: Sendable, Hashable {
    var rowCount: Int
    var size: Int
    var digest: String
    var publishedAt: Int64
}

/// How a published version takes its place: the job file's `publish:`.
struct PublishRules: Sendable, Hashable {
    var promote: Bool
    var keepVersions: Int
    var dropDelay: Int64
    var maxAge: Int64?
}

extension JobState {
    private mutating func makeCurrent(_ index: Int, at time: Int64) {
        if let currentNumber, let old = self.index(of: currentNumber) {
            versions[old].state = .previous
        }
        versions[index].state = .current
        versions[index].promotedAt = time
        currentNumber = versions[index].number
    }

    /// Drops what is beyond the rules: of the good versions all but the current and the newest
    /// `keepVersions - 1` previous ones; candidates and rejected ones count apart, so that they
    /// never push a good one out, and are kept as many.
    private mutating func retire(at time: Int64) {
        for (state, count) in [
            (VersionState.previous, keepVersions - 1), (.candidate, keepVersions),
            (.rejected, keepVersions),
        ] {
            let there = versions.indices.filter {
                versions[$0].state == state && versions[$0].hasTable
            }
            for index in there.dropLast(count) {
                retire(index, reason: versions[index].reason, after: time + dropDelay)
            }
        }
        forgetOldHistory()
    }

    private mutating func retire(_ index: Int, reason: String?, after time: Int64) {
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

    /// The index of a version whose run is under way.
    private func unfinished(_ number: Int, verb: String) throws(CatalogError) -> Int {
        let index = try known(number)
        guard versions[index].state.isUnfinished else {
            throw refusal(verb, index, "its run has ended")
        }
        return index
    }

    /// The index of a version whose table can be served.
    private func readable(_ number: Int, verb: String) throws(CatalogError) -> Int {
        let index = try known(number)
        if versions[index].state == .dropped { throw .goneVersion(job: name, version: number) }
        guard versions[index].state.isReadable, versions[index].hasTable else {
            throw refusal(verb, index, "it has no table that can be served")
        }
        return index
    }

    private func known(_ number: Int) throws(CatalogError) -> Int {
        if let index = index(of: number) { return index }
        throw wasUsed(number)
            ? .goneVersion(job: name, version: number)
            : .unknownVersion(job: name, version: number)
    }

    private func refusal(_ verb: String, _ index: Int, _ hint: String) -> CatalogError {
        let version = versions[index]
        return .refused(
            verb: verb, job: name, version: version.number, state: version.state, hint: hint)
    }
}

extension VersionRecord {
    /// The version's table lies in `tables/`.
    fileprivate mutating func keep(_ table: PublishedTable) {
        rowCount = table.rowCount
        size = table.size
        digest = table.digest
        publishedAt = table.publishedAt
        hasTable = true
    }
}
